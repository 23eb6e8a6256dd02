/**
 * What worker.ts hands to every loader and action as `context`. Declared once, so that a misspelt session key or a
 * value of the wrong type does not compile in any route.
 */
import type { SessionEnv, SuperflareSession, UserSessions } from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";

/** The Worker's bindings and secrets. Each name here stands in wrangler.toml or .dev.vars. */
export interface Env extends SessionEnv {
  SESSION_SECRET: string;
  /** "on" shows /inspector outside of development as well; "off" hides it there. */
  SESSION_INSPECTOR?: string;
}

declare module "@remix-run/cloudflare" {
  interface AppLoadContext {
    session: SuperflareSession<SessionData, SessionFlashData>;
    /** All sessions of this one's user, in the stores that can find them. */
    userSessions: UserSessions<SessionData> | undefined;
    env: Env;
    ctx: ExecutionContext;
    /** What an inline script of this response must carry: see app/lib/security-headers.ts. */
    nonce: string;
    /** Set for the answer to a form whose changes the session's store did not take: app/lib/unavailable.ts. */
    isUnavailable?: boolean;
    /** Set for the page that answers a form of another origin: app/lib/cross-origin-page.ts. */
    isCrossOrigin?: boolean;
    /** Whether there is a page /inspector, and a Server-Timing header: app/lib/inspector.ts. */
    isInspectorOn: boolean;
  }

  // Loaders return plain objects, and their types arrive in components as they are, `undefined` included.
  interface Future {
    v3_singleFetch: true;
  }
}
