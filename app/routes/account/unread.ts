/**
 * A visitor whose session could not be read looks anonymous (rule 4.6). To ask them to sign in would be wrong, and no use
 * while the store does not answer. For pages and actions that need their user.
 */
import { type AppLoadContext, data } from "@remix-run/cloudflare";
import { IN_FLIGHT } from "~/lib/session/stores/record-store";
import { stateOf } from "~/lib/session/types";

/** Whether the visitor came with a session that could not be read. */
export const isUnread = (session: AppLoadContext["session"]) => stateOf(session.getSession())?.unread !== undefined;

/**
 * Whether the visitor came with an id that was replaced a moment ago: by a sign-in or a proof whose answer this browser has
 * not got yet, or never will, as after a second click without JavaScript.
 */
export const isReplaced = (session: AppLoadContext["session"]) => stateOf(session.getSession())?.unread === "moved";

export const REPLACED =
  "Your session got a new id a moment ago, and this browser did not send it. Open the page again. If you are not " +
  `signed in there, wait ${IN_FLIGHT} seconds and sign in again`;

/** To throw: the error page, with a status that says to try again. */
export const unavailable = () => data(null, { status: 503, headers: { "Retry-After": "10" } });
