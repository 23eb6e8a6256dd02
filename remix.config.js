/**
 * The classic Remix compiler, and not Vite: `remix dev` with `wrangler dev` runs worker.ts in workerd with real
 * bindings, while Remix's Vite server runs the app in Node and never executes worker.ts (docs/decisions.md).
 *
 * @type {import("@remix-run/dev").AppConfig}
 */
export default {
  server: "./worker.ts",
  serverBuildPath: "./build/index.js",
  serverModuleFormat: "esm",
  serverPlatform: "neutral",
  serverConditions: ["workerd", "worker", "browser"],
  serverMainFields: ["browser", "module", "main"],
  serverDependenciesToBundle: "all",
  serverMinify: process.env.NODE_ENV === "production",
  ignoredRouteFiles: ["**/*.test.*"],
  future: {
    v3_fetcherPersist: true,
    // A page that has to ask for its routes cannot keep what was typed if that fails: app/lib/keep-page.ts.
    v3_lazyRouteDiscovery: false,
    v3_relativeSplatPath: true,
    // One `.data` request a navigation, so that all loaders of a page share one session and one commit.
    // The documentation says Vite only; it works here, and the browser tests hold it to that.
    v3_singleFetch: true,
    v3_throwAbortReason: true,
    // `true` crashes the classic build; the explicit `false` silences the reminder to turn it on.
    v3_routeConfig: false,
  },
};
