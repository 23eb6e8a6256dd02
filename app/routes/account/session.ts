/** What the account keeps in the session. */
import { type AppLoadContext, data } from "@remix-run/cloudflare";

export type AccountData = {
  /** Who is signed in. The D1 and Durable Object stores list a user's sessions by this key. */
  user: string;
  /** The browser that signed in, as its user knows it: "Firefox on Linux". */
  device: string;
  /** The browser that signed in can bind its session to the device: bound-device.ts. */
  canBeBound: boolean;
  /** When the user last proved who they are, in seconds since 1970: prove-it.ts. */
  provedAt: number;
  /** The page that sent this visitor to sign in, and when, in seconds since 1970: return-to.ts. */
  returnTo: { path: string; at: number };
  /** The note of /account/note. */
  note: string;
};

export type Session = AppLoadContext["session"];

/**
 * Throw it if `session.unread`: the visitor looks anonymous (rule 4.6), but must not be asked to sign in. It shows the error
 * page, with a status that says to try again.
 */
export const unavailable = () => data(null, { status: 503, headers: { "Retry-After": "10" } });

/** Seconds since 1970. */
export const now = () => Math.floor(Date.now() / 1000);
