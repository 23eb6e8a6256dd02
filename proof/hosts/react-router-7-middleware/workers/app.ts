import { createRequestHandler, RouterContextProvider } from "react-router";
import type { SessionData, SessionFlashData } from "~/journey";
import { getConfig, handleFetch, SuperflareSession, withoutOriginHeader } from "~/lib/session";
import { createSessionStorage } from "~/lib/session/stores";
import { sessionContext } from "~/session-context";

export { SessionObject } from "~/lib/session/stores";

const requestHandler = createRequestHandler(() => import("virtual:react-router/server-build"), import.meta.env.MODE);

export default {
  async fetch(request, env, ctx) {
    const config = getConfig({ request, env, ctx });
    const sessionStorage = createSessionStorage<SessionData, SessionFlashData>(config);
    const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
    const loadContext = new RouterContextProvider();
    loadContext.set(sessionContext, session);
    return await handleFetch(
      { config, session, getSessionCookie: () => sessionStorage.commitSession(session.getSession()) },
      () => requestHandler(withoutOriginHeader(request), loadContext),
    );
  },
} satisfies ExportedHandler<Env>;
