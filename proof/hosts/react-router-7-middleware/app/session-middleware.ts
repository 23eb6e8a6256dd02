import { createContext, type MiddlewareFunction } from "react-router";
import type { SessionData, SessionFlashData } from "~/journey";
import { getConfig, handleFetch, SuperflareSession } from "~/lib/session";
import { createSessionStorage } from "~/lib/session/stores";

/** `context.get(sessionContext)` in a loader, an action or a middleware. */
export const sessionContext = createContext<SuperflareSession<SessionData, SessionFlashData>>();

/** What the Worker was called with. `request` still has its Origin header, unlike that of the middleware's arguments. */
export const workerContext = createContext<{ request: Request; env: Env; ctx: ExecutionContext }>();

/** For the root route: `export const middleware = [sessionMiddleware]`. */
export const sessionMiddleware: MiddlewareFunction<Response> = async ({ context }, next) => {
  const { request, env, ctx } = context.get(workerContext);
  const config = getConfig({ request, env, ctx });
  const sessionStorage = createSessionStorage<SessionData, SessionFlashData>(config);
  const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
  context.set(sessionContext, session);
  return await handleFetch(
    { config, session, getSessionCookie: () => sessionStorage.commitSession(session.getSession()) },
    next,
  );
};
