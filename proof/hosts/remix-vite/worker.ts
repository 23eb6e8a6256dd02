import type { ServerBuild } from "@remix-run/cloudflare";
import { createFetch } from "./app/worker";
// @ts-expect-error Made by `npm run build`, without types.
import * as build from "./build/server";

export { SessionObject } from "./app/lib/session";

export default { fetch: createFetch(build as unknown as ServerBuild, "production") };
