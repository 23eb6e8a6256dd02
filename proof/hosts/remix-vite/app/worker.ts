import { createRequestHandler, type ServerBuild } from "@remix-run/cloudflare";
import type { SessionData, SessionFlashData } from "~/journey";
import { getConfig, handleFetch, type SessionEnv, SuperflareSession, withoutOriginHeader } from "~/lib/session";
import { createSessionStorage } from "~/lib/session/stores";

declare module "@remix-run/cloudflare" {
  interface AppLoadContext {
    session: SuperflareSession<SessionData, SessionFlashData>;
    env: SessionEnv;
    ctx: ExecutionContext;
  }
}

/** The Worker, for worker.ts and for the development server in vite.config.ts. */
export function createFetch(build: ServerBuild, mode: "production" | "development") {
  const remixHandler = createRequestHandler(build, mode);
  return async (request: Request, env: SessionEnv, ctx: ExecutionContext): Promise<Response> => {
    const config = getConfig({ request, env, ctx });
    const sessionStorage = createSessionStorage<SessionData, SessionFlashData>(config);
    const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
    const loadContext = { session, env, ctx };
    return await handleFetch(
      { config, session, getSessionCookie: () => sessionStorage.commitSession(session.getSession()) },
      () => remixHandler(withoutOriginHeader(request), loadContext),
    );
  };
}
