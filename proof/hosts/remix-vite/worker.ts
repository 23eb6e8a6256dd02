import type { ServerBuild } from "@remix-run/cloudflare";
import { createFetch } from "./app/worker";
// biome-ignore lint/suspicious/noTsIgnore: once it is built, there is no error with `allowJs`, and one without.
// @ts-ignore: `npm run build` makes it.
import * as build from "./build/server";

export { SessionObject } from "./app/lib/session/stores";

export default { fetch: createFetch(build as unknown as ServerBuild, "production") };
