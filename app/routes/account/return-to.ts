/**
 * A page that needs sign-in: an anonymous visitor is sent to sign in, and then back to that page, once.
 *
 * The path is kept in the session, not in a link or a field, where anybody could put one. Two tabs share it: the sign-in
 * leads to the page that asked last.
 */
import type { AppLoadContext } from "@remix-run/cloudflare";
import { redirect } from "@remix-run/cloudflare";
import { refuseForm } from "~/lib/refused-form";
import { safeRedirect } from "~/lib/safe-redirect";
import { isSpeculative } from "~/lib/session";
import { now, type Session, unavailable } from "./session";

type Context = Pick<AppLoadContext, "session" | "config" | "submitted">;

const SIGN_IN = "/account";
/** Seconds. After a longer pause the visitor has forgotten the page as well. */
const MAX_AGE = 10 * 60;
/** Characters. The cookie store has room for little more. */
const MAX_LENGTH = 1_000;

/**
 * For a loader: returns the signed-in user, or throws the redirect to sign-in. Throws a 503 if the session could not be
 * read, because signing in would not help.
 *
 * It returns undefined if the action of this request has refused a form: a redirect would lose what was typed. So the page
 * must have a state without a user.
 */
export function requireUser({ request, context }: { request: Request; context: Context }): string | undefined {
  const { session, config, submitted } = context;
  const user = session.get("user");
  if (user !== undefined || submitted) return user;
  if (session.unread) throw unavailable();
  // Remix's own request: its URL is that of the page, also in a client-side navigation.
  const { pathname, search } = new URL(request.url);
  const path = pathname + search;
  if (isVisit(config.request) && path.length <= MAX_LENGTH) session.set("returnTo", { path, at: now() });
  // A prefetched redirect would skip the visit that remembers the path.
  throw redirect(SIGN_IN, { status: 303, headers: { "Cache-Control": "no-store" } });
}

/**
 * For an action, after `formFields`: returns the response that refuses the form of an anonymous visitor, with what was
 * typed. The error is under `sign-in`, the id of the page's link to sign in.
 */
export function requireUserToSend({ session, submitted }: Omit<Context, "config">) {
  // What cannot be stored, handleFetch answers: it draws the form again (rule 4.6).
  if (session.get("user") !== undefined || session.unread) return undefined;
  return refuseForm(403, { "sign-in": "You need to sign in to send this. Your text is still here." }, submitted);
}

/** The path that a sign-in leads to, or undefined. Always a path of this origin: what the session holds is checked again. */
export function returnPath(session: Session): string | undefined {
  const kept = session.get("returnTo");
  const path = kept && now() - kept.at < MAX_AGE ? safeRedirect(kept.path, "") : "";
  return path || undefined;
}

/** For the sign-in, before `regenerate`: the path that it leads to. Forgets it. */
export function takeReturnPath(session: Session): string {
  const path = returnPath(session) ?? SIGN_IN;
  session.unset("returnTo");
  return path;
}

/** Whether somebody goes to this page: not a prefetch, an image, a frame, or a script that fetches it. */
function isVisit(request: Request): boolean {
  if (request.method !== "GET" || isSpeculative(request)) return false;
  const destination = request.headers.get("Sec-Fetch-Dest");
  // An old browser sends no destination, and other programs don't either.
  if (!destination) return request.headers.get("Accept")?.includes("text/html") === true;
  // A client-side navigation fetches the page's data.
  const isData = new URL(request.url).pathname.endsWith(".data");
  return destination === (isData ? "empty" : "document");
}
