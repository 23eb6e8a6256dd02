/** The app as it was, with npm superflare. */
import { createCookieSessionStorage, createRequestHandler, type ServerBuild } from "@remix-run/cloudflare";
import * as serverBuild from "@remix-run/dev/server-build";
import { defineConfig, handleFetch, SuperflareSession } from "superflare";

const remixHandler = createRequestHandler(serverBuild as unknown as ServerBuild, process.env.NODE_ENV);
const config = defineConfig<Env>(({ env }) => ({ appKey: env.OLD_SECRET }));

interface Env {
  OLD_SECRET: string;
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext) {
    const { getSession, commitSession } = createCookieSessionStorage({
      cookie: { name: "__session", httpOnly: true, path: "/", sameSite: "lax", secrets: [env.OLD_SECRET] },
    });
    const session = new SuperflareSession(await getSession(request.headers.get("Cookie")));
    return handleFetch(
      { request, env, ctx, config, session, getSessionCookie: () => commitSession(session.getSession()) },
      () => remixHandler(request, { session, env, ctx } as never),
    );
  },
};
