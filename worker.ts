/**
 * The one entry. A request walks from here through handleFetch, Remix and a route, and back through handleFetch, which
 * commits the session.
 */
import { type AppLoadContext, createRequestHandler, logDevReady, type ServerBuild } from "@remix-run/cloudflare";
import * as serverBuild from "@remix-run/dev/server-build";
import { asPageRequest } from "~/lib/cross-origin-page";
import { isInspectorOn, startInspection } from "~/lib/inspector";
import { createNonce, withSecurityHeaders } from "~/lib/security-headers";
import { serverError } from "~/lib/server-error";
import {
  createSessionStorage,
  deleteExpiredSessions,
  getConfig,
  handleFetch,
  SuperflareSession,
  withOriginChecked,
} from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import { withSecondCopy, withUnavailableActions } from "~/lib/unavailable";
import type { Env } from "~/load-context";

const build = serverBuild as unknown as ServerBuild;
const isDevelopment = process.env.NODE_ENV === "development";
// Tells `remix dev` that the new code is up. Not broadcastDevReady: a Worker cannot fetch at module scope.
if (isDevelopment) logDevReady(build);

const remixHandler = createRequestHandler(withUnavailableActions(build), process.env.NODE_ENV);

/** The class of the Durable Object store. Without a binding to it, it costs nothing. */
export { SessionObject } from "~/lib/session";

export default {
  async fetch(request, env, ctx) {
    const nonce = createNonce();
    const response = await respond(request, env, ctx, nonce).catch((error: unknown) =>
      serverError(error, { isDevelopment, nonce }),
    );
    return withSecurityHeaders(response, { request, isDevelopment, nonce });
  },

  /** Called by the cron trigger in wrangler.toml, for the D1 store. */
  async scheduled(_controller, env) {
    if (env.SESSION_DB) await deleteExpiredSessions(env.SESSION_DB, Math.floor(Date.now() / 1000));
  },
} satisfies ExportedHandler<Env>;

async function respond(incoming: Request, env: Env, ctx: ExecutionContext, nonce: string): Promise<Response> {
  const { request, again } = await withSecondCopy(incoming);
  const inspection = startInspection(request, isInspectorOn(env.SESSION_INSPECTOR, isDevelopment));
  const config = getConfig({ request, env, ctx });
  const sessionStorage = inspection.timed(createSessionStorage<SessionData, SessionFlashData>(config));
  const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
  const loadContext: AppLoadContext = {
    session,
    userSessions: sessionStorage.userSessions,
    env,
    ctx,
    nonce,
    isInspectorOn: inspection.isOn,
  };
  const pageRequest = asPageRequest(request);

  const response = await handleFetch(
    {
      config,
      session,
      getSessionCookie: () => sessionStorage.commitSession(session.getSession()),
      destroySession: sessionStorage.destroySession,
      whenUnavailable: (session) =>
        remixHandler(withOriginChecked(again()), { ...loadContext, session, isUnavailable: true }),
      whenCrossOrigin: pageRequest && (() => remixHandler(pageRequest, { ...loadContext, isCrossOrigin: true })),
      onOutcome: inspection.onOutcome,
    },
    () => remixHandler(withOriginChecked(request), loadContext),
  );
  return inspection.finish(response);
}
