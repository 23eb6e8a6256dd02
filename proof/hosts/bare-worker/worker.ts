import { app } from "./app/app";
import type { SessionData, SessionFlashData } from "./app/journey";
import { getConfig, handleFetch, type SessionEnv, SuperflareSession } from "./app/lib/session";
import { createSessionStorage } from "./app/lib/session/stores";

export { SessionObject } from "./app/lib/session/stores";

export default {
  async fetch(request, env, ctx) {
    const config = getConfig({ request, env, ctx });
    const sessionStorage = createSessionStorage<SessionData, SessionFlashData>(config);
    const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
    return await handleFetch(
      { config, session, getSessionCookie: () => sessionStorage.commitSession(session.getSession()) },
      () => app(request, session),
    );
  },
} satisfies ExportedHandler<SessionEnv>;
