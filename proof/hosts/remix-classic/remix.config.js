/** @type {import("@remix-run/dev").AppConfig} */
export default {
  server: "./worker.ts",
  serverBuildPath: "./build/index.js",
  serverModuleFormat: "esm",
  serverPlatform: "neutral",
  serverConditions: ["workerd", "worker", "browser"],
  serverMainFields: ["browser", "module", "main"],
  serverDependenciesToBundle: "all",
};
