/**
 * The one entry. A request walks from here through handleFetch, Remix and a route, and back through handleFetch, which
 * commits the session.
 */
import { type AppLoadContext, createRequestHandler, logDevReady, type ServerBuild } from "@remix-run/cloudflare";
import * as serverBuild from "@remix-run/dev/server-build";
import { createNonce, withSecurityHeaders } from "~/lib/security-headers";
import { serverError } from "~/lib/server-error";
import { createSessionStorage, getConfig, handleFetch, SuperflareSession, withOriginChecked } from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import type { Env } from "~/load-context";

const build = serverBuild as unknown as ServerBuild;
const isDevelopment = process.env.NODE_ENV === "development";
// Tells `remix dev` that the new code is up. Not broadcastDevReady: a Worker cannot fetch at module scope.
if (isDevelopment) logDevReady(build);

const remixHandler = createRequestHandler(build, process.env.NODE_ENV);

export default {
  async fetch(request, env, ctx) {
    const nonce = createNonce();
    const response = await respond(request, env, ctx, nonce).catch((error: unknown) =>
      serverError(error, { isDevelopment, nonce }),
    );
    return withSecurityHeaders(response, { request, isDevelopment, nonce });
  },
} satisfies ExportedHandler<Env>;

async function respond(request: Request, env: Env, ctx: ExecutionContext, nonce: string): Promise<Response> {
  const config = getConfig({ request, env, ctx });
  const sessionStorage = createSessionStorage<SessionData, SessionFlashData>(config);
  const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
  const loadContext: AppLoadContext = { session, env, ctx, nonce };

  return await handleFetch(
    {
      config,
      session,
      getSessionCookie: () => sessionStorage.commitSession(session.getSession()),
      destroySession: sessionStorage.destroySession,
    },
    () => remixHandler(withOriginChecked(request), loadContext),
  );
}
