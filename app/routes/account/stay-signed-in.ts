/**
 * "Stay signed in": a checkbox at sign-in. Without it the cookie ends with the browser, and the server ends the session after
 * 30 to 60 minutes without a request: browsers that reopen their tabs bring such cookies back, so the browser alone is not
 * enough.
 *
 * The session remembers it, also after renewals and `regenerate` (rule 1.5). Needs `commitSession(session,
 * context.lifetime)` in worker.ts, and `context.lifetime` in load-context.ts.
 */
import type { AppLoadContext } from "@remix-run/cloudflare";

const HOUR = 3_600;

/** How long the session lasts. Call it at sign-in, with whether the box was checked. */
export function staySignedIn(context: Pick<AppLoadContext, "lifetime">, isChecked: boolean) {
  context.lifetime = isChecked ? { maxAge: 30 * 24 * HOUR } : { maxAge: undefined, idleTimeout: HOUR };
}
