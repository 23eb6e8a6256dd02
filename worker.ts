/** The one entry: a request walks from here through handleFetch, Remix and a route, and back through handleFetch. */
import { type AppLoadContext, createRequestHandler, logDevReady, type ServerBuild } from "@remix-run/cloudflare";
import * as serverBuild from "@remix-run/dev/server-build";
import { crossOriginPage } from "~/lib/cross-origin-page";
import { withoutDoubleSlash } from "~/lib/double-slash";
import { createNotSavedPage } from "~/lib/not-saved";
import { createNonce, withSecurityHeaders } from "~/lib/security-headers";
import { serverError } from "~/lib/server-error";
import { drainOnThisMachine, getConfig, SuperflareSession, withoutOriginHeader } from "~/lib/session";
import { createSessionStorage, deleteExpiredSessions } from "~/lib/session/stores";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import { bindToDevice, handleBoundFetch } from "~/lib/session-extras/device-binding";
import type { Env } from "~/load-context";
import { inspect } from "~/routes/inspector/inspect";

const build = serverBuild as unknown as ServerBuild;
const isDevelopment = process.env.NODE_ENV === "development";
// Tells `remix dev` that the new code runs. Not broadcastDevReady: a Worker cannot fetch at module scope.
if (isDevelopment) logDevReady(build);
const remixHandler = createRequestHandler(build, process.env.NODE_ENV);
const notSavedPage = createNotSavedPage(build, process.env.NODE_ENV);

/** The class of the Durable Object store; the plain one is in "~/lib/session/stores". Costs nothing without a binding. */
export { SessionObject } from "~/lib/session-extras/live";

export default {
  async fetch(request, env, ctx) {
    const nonce = createNonce();
    const answer = respond(request, env, ctx, nonce);
    const response = await answer.catch((error: unknown) => serverError(error, { isDevelopment, nonce }));
    // Again, for what handleFetch did not answer.
    await drainOnThisMachine(request, response);
    return withSecurityHeaders(response, { request, isDevelopment, nonce });
  },

  /** Run by the cron trigger in wrangler.toml, for the D1 store. */
  async scheduled(_controller, env) {
    if (env.SESSION_DB) await deleteExpiredSessions(env.SESSION_DB, Math.floor(Date.now() / 1000));
  },
} satisfies ExportedHandler<Env>;

async function respond(request: Request, env: Env, ctx: ExecutionContext, nonce: string): Promise<Response> {
  const redirect = withoutDoubleSlash(request);
  if (redirect) return redirect;
  const config = getConfig({ request, env, ctx });
  const sessionStorage = bindToDevice(createSessionStorage<SessionData, SessionFlashData>(config), config);
  const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
  const loadContext = { session, userSessions: sessionStorage.userSessions, config, env, nonce };
  const getSessionCookie = () => sessionStorage.commitSession(session.getSession());
  return await handleBoundFetch({ config, session, getSessionCookie, ...answersOf(loadContext) }, () =>
    remixHandler(withoutOriginHeader(request), loadContext),
  );
}

/** This app's own: pages in place of handleFetch's lines of text, and what the inspector notes. */
const answersOf = (context: AppLoadContext) => ({
  refused: crossOriginPage(context),
  notSaved: notSavedPage(context),
  report: inspect(context),
});
