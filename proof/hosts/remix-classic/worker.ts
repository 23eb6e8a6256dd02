import { createRequestHandler, logDevReady, type ServerBuild } from "@remix-run/cloudflare";
import * as serverBuild from "@remix-run/dev/server-build";
import type { SessionData, SessionFlashData } from "~/journey";
import { getConfig, handleFetch, type SessionEnv, SuperflareSession, withoutOriginHeader } from "~/lib/session";
import { createSessionStorage } from "~/lib/session/stores";

export { SessionObject } from "~/lib/session/stores";

const build = serverBuild as unknown as ServerBuild;
if (process.env.NODE_ENV === "development") logDevReady(build);
const remixHandler = createRequestHandler(build, process.env.NODE_ENV);

declare module "@remix-run/cloudflare" {
  interface AppLoadContext {
    session: SuperflareSession<SessionData, SessionFlashData>;
    env: SessionEnv;
    ctx: ExecutionContext;
  }
}

export default {
  async fetch(request, env, ctx) {
    const config = getConfig({ request, env, ctx });
    const sessionStorage = createSessionStorage<SessionData, SessionFlashData>(config);
    const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
    const loadContext = { session, env, ctx };
    return await handleFetch(
      { config, session, getSessionCookie: () => sessionStorage.commitSession(session.getSession()) },
      () => remixHandler(withoutOriginHeader(request), loadContext),
    );
  },
} satisfies ExportedHandler<SessionEnv>;
