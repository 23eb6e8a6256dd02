import { vitePlugin as remix } from "@remix-run/dev";
import { createRequest, sendResponse } from "@remix-run/node-fetch-server";
import { defineConfig, type Plugin } from "vite";
import { getPlatformProxy } from "wrangler";

declare module "@remix-run/cloudflare" {
  interface Future {
    v3_singleFetch: true;
  }
}

/**
 * In place of cloudflareDevProxyVitePlugin, whose getLoadContext never sees the response: here `remix vite:dev` runs
 * app/worker.ts, in Node, with the bindings of wrangler.toml. Durable Objects do not run in it.
 */
function workerInDevelopment(): Plugin {
  return {
    name: "worker-in-development",
    async configureServer(server) {
      const { env, ctx } = await getPlatformProxy();
      return () => {
        server.middlewares.use(async (req, res, next) => {
          try {
            req.url = req.originalUrl;
            const { createFetch } = await server.ssrLoadModule("./app/worker.ts");
            const build = await server.ssrLoadModule("virtual:remix/server-build");
            const fetch = createFetch(build, "development");
            await sendResponse(res, await fetch(createRequest(req, res), env, ctx));
          } catch (error) {
            next(error);
          }
        });
      };
    },
  };
}

export default defineConfig({
  plugins: [workerInDevelopment(), remix({ future: { v3_singleFetch: true } })],
  resolve: { alias: { "~": new URL("./app", import.meta.url).pathname } },
  ssr: {
    resolve: { conditions: ["workerd", "worker", "browser"], externalConditions: ["workerd", "worker"] },
  },
});
