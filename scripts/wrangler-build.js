/**
 * wrangler's `[build] command`: makes a bare `npx wrangler deploy` ship a fresh production build. Under `wrangler dev` it
 * leaves an existing build alone: `remix dev` (npm run dev) or `npm start` has made it, and another build would replace it.
 */
import { existsSync } from "node:fs";

const isDev = process.env.WRANGLER_COMMAND === "dev";
if (!isDev || !existsSync("build/index.js")) await import("./build.js");
if (isDev) (await import("./migrate-local.js")).default();
