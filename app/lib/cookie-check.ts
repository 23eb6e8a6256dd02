/**
 * Tells visitors that their browser refuses the session's cookie. Without it, a form is accepted and its message never
 * shown: the page after it looks like a first visit.
 *
 * 1. The redirect after a *first* write, one that came without a session, leads to `?cookie=sent`. If the session comes
 *    back, that is all; the script takes the mark out of the address.
 * 2. If it does not, the cookie was refused, or it is gone already, as it is when such a page is reloaded after its message was
 *    shown. So that request is redirected to `?cookie=tested`, with a cookie that lasts a minute.
 * 3. If that one is missing too, the page says so. Otherwise the visitor is sent back to the address without the mark.
 *
 * So nobody is told so in error, it works without JavaScript, and whoever accepts cookies pays with a mark in one address.
 * What else could tell the page: the Referer (it comes again with a reload, and browsers shorten it), a cookie on the first
 * visit (everybody would get one), `navigator.cookieEnabled` (needs a script, and Chromium says true even if it blocks
 * all of them), a redirect after every first write (everybody would wait for it).
 */
import type { AppLoadContext, LoaderFunctionArgs, TypedResponse } from "@remix-run/cloudflare";
// From the package that the browser loads anyway: components use the paths below.
import { redirect, replace } from "@remix-run/react";
import { getConfig } from "./session";

const MARK = "cookie";
const SENT = "sent";
const TESTED = "tested";
const MARKED = new RegExp(`([?&])${MARK}=(?:${SENT}|${TESTED})(?:&|(?=#|$))`);

/**
 * Returns the redirect (303) after a write: the next request is a GET, whatever this one was, and the page can be reloaded
 * without writing again. With `replace`, the back button does not stop at the page before.
 */
export function redirectAfterWrite(
  session: AppLoadContext["session"],
  to: string,
  options: { replace?: boolean } = {},
): TypedResponse<never> {
  // The id that came with the request: `session.id` is empty after `regenerate` as well.
  const isFirstWrite = session.getSession().id === "" && session.isDirty();
  const answer = options.replace ? replace : redirect;
  return answer(isFirstWrite ? expectingCookie(to) : to, 303);
}

/** For the root loader. Returns whether the browser has refused the cookie. Throws the redirects of the test. */
export function isCookieRefused({ request, context: { session, env, ctx } }: LoaderFunctionArgs): boolean {
  const url = new URL(request.url);
  const mark = url.searchParams.get(MARK);
  if (mark !== SENT && mark !== TESTED) return false;
  if (session.id !== "") return false;

  const { cookie } = getConfig({ request, env, ctx });
  const name = `${cookie.name}-test`;
  // With the session's own attributes, because they may be the reason.
  const line = (maxAge: number) =>
    `${name}=1; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax${cookie.secure ? "; Secure" : ""}`;
  const goTo = (to: string, maxAge: number) => redirect(to, { status: 303, headers: { "Set-Cookie": line(maxAge) } });

  const path = url.pathname + url.search;
  if (request.headers.get("Cookie")?.includes(`${name}=1`)) throw goTo(withoutMark(path), 0);
  if (mark === SENT) throw goTo(withMark(path, TESTED), 60);
  return true;
}

/** Returns the path of a page that finds out whether the browser keeps a cookie. */
export function expectingCookie(path: string): string {
  return withMark(path, SENT);
}

/** Returns the path without the mark, for an address that is to be kept. The rest stays as it was written. */
export function withoutMark(path: string): string {
  if (!MARKED.test(path)) return path;
  return path.replace(MARKED, "$1").replace(/[?&](?=#|$)/, "");
}

function withMark(path: string, mark: string): string {
  const [, address = "", hash = ""] = /^([^#]*)(.*)$/.exec(withoutMark(path)) ?? [];
  return `${address}${address.includes("?") ? "&" : "?"}${MARK}=${mark}${hash}`;
}
