/**
 * The one entry. A request walks from here through handleFetch, Remix and a route, and back through handleFetch, which
 * commits the session.
 */
import { type AppLoadContext, createRequestHandler, logDevReady, type ServerBuild } from "@remix-run/cloudflare";
import * as serverBuild from "@remix-run/dev/server-build";
import { crossOriginPage } from "~/lib/cross-origin-page";
import { createNotSavedPage } from "~/lib/not-saved";
import { createNonce, withSecurityHeaders } from "~/lib/security-headers";
import { serverError } from "~/lib/server-error";
import {
  createSessionStorage,
  deleteExpiredSessions,
  getConfig,
  handleFetch,
  SuperflareSession,
  withoutOriginHeader,
} from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import type { Env } from "~/load-context";
import { type Inspection, isInspectorOn, startInspection } from "./app/routes/inspector/inspector";

const build = serverBuild as unknown as ServerBuild;
const isDevelopment = process.env.NODE_ENV === "development";
// Tells `remix dev` that the new code runs. Not broadcastDevReady: a Worker cannot fetch at module scope.
if (isDevelopment) logDevReady(build);

const remixHandler = createRequestHandler(build, process.env.NODE_ENV);
const notSavedPage = createNotSavedPage(build, process.env.NODE_ENV);

/** The class of the Durable Object store; the plain one is in "~/lib/session". Costs nothing without a binding. */
export { LiveSessionObject as SessionObject } from "~/lib/session-extras/live";

export default {
  async fetch(request, env, ctx) {
    const nonce = createNonce();
    const inspection = startInspection({ request, env, ctx }, isInspectorOn(env.SESSION_INSPECTOR, isDevelopment));
    const response = await respond(request, env, ctx, { nonce, inspection })
      .then(inspection.finish)
      .catch((error: unknown) => serverError(error, { isDevelopment, nonce }));
    return withSecurityHeaders(response, { request, isDevelopment, nonce });
  },

  /** Run by the cron trigger in wrangler.toml, for the D1 store. */
  async scheduled(_controller, env) {
    if (env.SESSION_DB) await deleteExpiredSessions(env.SESSION_DB, Math.floor(Date.now() / 1000));
  },
} satisfies ExportedHandler<Env>;

type ThisApp = { nonce: string; inspection: Inspection };

/** The session: the lines to copy. Those below "This app's own" can stay out. */
async function respond(request: Request, env: Env, ctx: ExecutionContext, { nonce, inspection }: ThisApp) {
  const config = getConfig({ request, env, ctx });
  const sessionStorage = createSessionStorage<SessionData, SessionFlashData>(config);
  const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
  const loadContext: AppLoadContext = {
    session,
    env,
    ctx,
    // This app's own: what its pages read.
    userSessions: sessionStorage.userSessions,
    nonce,
    version: isDevelopment ? undefined : build.assets.version,
    isInspectorOn: inspection.isOn,
    requestedUrl: request.url,
  };
  // This app's own, too: the inspector shows what routes call.
  inspection.watch(session, config);
  return await handleFetch(
    {
      config,
      session,
      getSessionCookie: () => sessionStorage.commitSession(session.getSession(), loadContext.lifetime),
      // This app's own: pages in place of handleFetch's lines of text, and facts for the inspector.
      refused: crossOriginPage(request, nonce),
      notSaved: notSavedPage(request, loadContext),
      report: inspection.report,
    },
    () => remixHandler(withoutOriginHeader(request), loadContext),
  );
}
