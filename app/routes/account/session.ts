/** What the account keeps in the session, and why a session may look empty. */
import { type AppLoadContext, data } from "@remix-run/cloudflare";
import { IN_FLIGHT } from "~/lib/session/stores/record-store";
import { stateOf } from "~/lib/session/types";

export type AccountData = {
  /** Who is signed in. The D1 and Durable Object stores list a user's sessions by this key. */
  user: string;
  /** The browser that signed in, as its user knows it: "Firefox on Linux". */
  device: string;
  /** When the user last proved who they are, in seconds since 1970: prove-it.ts. */
  provedAt: number;
  /** The page that sent this visitor to sign in, and when, in seconds since 1970: return-to.ts. */
  returnTo: { path: string; at: number };
  /** The note of /account/note. */
  note: string;
};

export type Session = AppLoadContext["session"];

/**
 * A visitor whose session could not be read looks anonymous (rule 4.6), but must not be asked to sign in. "unread": the
 * store does not answer. "moved": the session has just got a new id, by a sign-in or a proof, and this browser does not
 * have the new cookie yet.
 *
 * This is the only place that looks into the session's internals, because the folder has no public way to ask yet.
 */
export const unreadReason = (session: Session) => stateOf(session.getSession())?.unread;

/** The error of a form whose session was "moved". */
export const JUST_SIGNED_IN =
  "You have just signed in, and this browser does not have the new session yet. Reload the page. " +
  `If you are still signed out, sign in again in ${IN_FLIGHT} seconds.`;

/** Throw it to show the error page, with a status that says to try again. */
export const unavailable = () => data(null, { status: 503, headers: { "Retry-After": "10" } });

/** Seconds since 1970. */
export const now = () => Math.floor(Date.now() / 1000);
