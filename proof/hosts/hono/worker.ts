import { type Context, Hono } from "hono";
import type { SessionData, SessionFlashData } from "./app/journey";
import { getConfig, handleFetch, type SessionEnv, SuperflareSession } from "./app/lib/session";
import { createSessionStorage } from "./app/lib/session/stores";
import { routes } from "./app/routes";

export { SessionObject } from "./app/lib/session/stores";

type HonoEnv = {
  Bindings: SessionEnv;
  Variables: { session: SuperflareSession<SessionData, SessionFlashData> };
};

const app = new Hono<HonoEnv>();

app.use(async (c, next) => {
  const request = c.req.raw;
  const config = getConfig({ request, env: c.env, ctx: contextOf(c) });
  const sessionStorage = createSessionStorage<SessionData, SessionFlashData>(config);
  const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
  c.set("session", session);
  const response = await handleFetch(
    { config, session, getSessionCookie: () => sessionStorage.commitSession(session.getSession()) },
    async () => {
      await next();
      return c.res;
    },
  );
  // Without this line Hono would put the old response's cookies in place of the new one's.
  c.res = undefined;
  c.res = response;
});

app.route("/", routes);

/** In a test, `app.request("/")` has no context, and Hono throws if it is asked for. */
function contextOf(c: Context) {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}

export default app;
