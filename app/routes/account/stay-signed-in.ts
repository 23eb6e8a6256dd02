/**
 * "Stay signed in": a checkbox at sign-in. Without it the cookie ends with the browser, and the server ends the session after
 * 30 to 60 minutes without a request: browsers that reopen their tabs bring such cookies back, so the browser alone is not
 * enough.
 *
 * The session remembers it, also after renewals and `regenerate` (rule 1.5).
 */
import type { CommitOptions } from "~/lib/session";

const HOUR = 3_600;

/** How long the session lasts, for `session.regenerate`. */
export function staySignedIn(isChecked: boolean): CommitOptions {
  return isChecked ? { maxAge: 30 * 24 * HOUR } : { maxAge: undefined, idleTimeout: HOUR };
}
