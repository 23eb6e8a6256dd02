/**
 * What worker.ts hands to every loader and action as `context`. Declared once, so that a misspelt session key or a
 * value of the wrong type does not compile in any route.
 */
import type { SuperflareSession } from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";

/** The Worker's bindings and secrets. Each name here stands in wrangler.toml or .dev.vars. */
export interface Env {
  SESSION_SECRET: string;
}

declare module "@remix-run/cloudflare" {
  interface AppLoadContext {
    session: SuperflareSession<SessionData, SessionFlashData>;
    env: Env;
    ctx: ExecutionContext;
    /** What an inline script of this response must carry: see app/lib/security-headers.ts. */
    nonce: string;
  }

  // Loaders return plain objects, and their types arrive in components as they are, `undefined` included.
  interface Future {
    v3_singleFetch: true;
  }
}
