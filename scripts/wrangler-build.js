/**
 * wrangler's `[build] command`: a bare `npx wrangler deploy` ships a fresh production build. Under `wrangler dev` it
 * keeps its hands off a build that exists: there `remix dev` (npm run dev) or `npm start` has made it, and building
 * again would replace what is being edited.
 */
import { existsSync } from "node:fs";

const isDev = process.env.WRANGLER_COMMAND === "dev";
if (!isDev || !existsSync("build/index.js")) await import("./build.js");
if (isDev) await import("./migrate-local.js");
