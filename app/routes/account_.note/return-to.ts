/**
 * A page that needs sign-in: an anonymous visitor is sent to sign in, and afterwards back to the very address, once.
 *
 * The address is kept in the session, not in a link, where anybody could put one. The sign-in page's own address has only
 * a random mark, so that a sign-in in another tab does not lead here. Needs safe-redirect.ts, cookie-check.ts,
 * refused-form.ts, unread.ts, session/flash.ts, a key `returnTo` in the session's data, and in the load context
 * `requestedUrl`, which worker.ts sets, `submitted` (form-fields.ts) and `needsSignIn`.
 */
import { type AppLoadContext, redirect } from "@remix-run/cloudflare";
import { refuseForm } from "~/lib/refused-form";
import { safeRedirect } from "~/lib/safe-redirect";
import { SPECULATION_HEADERS } from "~/lib/session/flash";
import { isReplaced, isUnread, unavailable } from "~/routes/account/unread";

type Context = Pick<AppLoadContext, "session" | "config" | "submitted">;
type Args = { request: Request; context: Context };

export type ReturnTo = { mark: string; to: string; at: number };

const SIGN_IN = "/account";
const MARK = "return";
/** Seconds. After a longer pause the visitor has forgotten the page as well. */
const LIFETIME = 10 * 60;
/** Characters. The cookie store has room for little more. */
const MAX_LENGTH = 1_000;

/**
 * For a loader: the signed-in user. Otherwise throws the redirect to sign-in, or a 503 if the session could not be read.
 *
 * Returns nothing if the page has to show a form again that `requireUserToSend` has refused: a redirect would lose what
 * was typed. So the page needs a state for nobody.
 */
export function requireUser({ request, context }: Args): string | undefined {
  const { session } = context;
  const user = session.get("user");
  if (user !== undefined || context.submitted) return user;
  if (isUnread(session)) throw unavailable();
  const to = addressOf(context.config.request.url);
  const canReturn = safeRedirect(to, "") === to && to.length <= MAX_LENGTH;
  // Not from the prefetch cache: the visit itself has to come here.
  if (!canReturn || !isVisit(request, context.config.request.url))
    throw redirect(SIGN_IN, { status: 303, headers: { "Cache-Control": "no-store" } });

  const mark = crypto.randomUUID().slice(0, 8);
  session.set("returnTo", { mark, to, at: now() });
  throw redirect(`${SIGN_IN}?${MARK}=${mark}`, 303);
}

/**
 * For an action, after `formFields`: the response that says that the form needs sign-in, with what was typed. Nothing
 * if somebody is signed in. The error is under `sign-in`, the id of the link to sign in that the page shows with it.
 */
export function requireUserToSend(context: Context) {
  if (context.session.get("user") !== undefined) return undefined;
  const [status, errors] = isReplaced(context.session)
    ? [409, { "": "Your session got a new id a moment ago. What you typed is still here: send it again" }]
    : isUnread(context.session)
      ? [503, { "": "This was not saved: the service that stores it is not responding. Please try again in a moment." }]
      : [403, { "sign-in": "Sign in to send this. What you typed is still here" }];
  return refuseForm(status, errors, context.submitted);
}

/** For the sign-in: where it leads. Call it before `regenerate`. Forgets the address, whether or not it is meant. */
export function takeReturnTo({ request, context: { session } }: Args, fallback = SIGN_IN): string {
  const kept = session.get("returnTo");
  if (!kept) return fallback;
  session.unset("returnTo");
  const isMeant = new URL(request.url).searchParams.get(MARK) === kept.mark;
  return isMeant && now() - kept.at < LIFETIME ? safeRedirect(kept.to, fallback) : fallback;
}

/** The page's address, as it was written: Remix gives `?a=b%20c` to a loader as `?a=b+c`. */
function addressOf(requestedUrl: string): string {
  const { pathname, search } = new URL(requestedUrl);
  return pathname.replace(/_root\.data$|\.data$/, "") + search;
}

/**
 * Whether somebody goes to this page: a document, or a client-side navigation of this site. Not a prefetch, an image, a
 * frame or another site's fetch, and not a fetcher, which loads data for another page.
 */
function isVisit({ method, headers }: Request, requestedUrl: string): boolean {
  if (method !== "GET") return false;
  if (SPECULATION_HEADERS.some((name) => headers.has(name))) return false;
  const { pathname, searchParams } = new URL(requestedUrl);
  const destination = headers.get("Sec-Fetch-Dest");
  // `_routes` names the routes that are loaded: a fetcher's one, or the few of a page whose routes say what to reload.
  if (pathname.endsWith(".data")) {
    const isOwn = (headers.get("Sec-Fetch-Site") ?? "same-origin") === "same-origin";
    return isOwn && !searchParams.has("_routes") && destination === "empty";
  }
  if (destination) return destination === "document";
  return headers.get("Accept")?.includes("text/html") === true;
}

const now = () => Math.floor(Date.now() / 1000);
