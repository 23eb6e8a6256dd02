/** The app as it was: no session in the context, and a storage of its own. */
import { createRequestHandler, type ServerBuild } from "@remix-run/cloudflare";
import * as serverBuild from "@remix-run/dev/server-build";

const remixHandler = createRequestHandler(serverBuild as unknown as ServerBuild, process.env.NODE_ENV);

export default {
  fetch: (request: Request, env: { OLD_SECRET: string }) => remixHandler(request, { env } as never),
};
