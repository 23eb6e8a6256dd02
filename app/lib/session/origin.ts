/**
 * Refuses requests that another site makes in the visitor's name, with the visitor's cookie (CSRF; OWASP ASVS 5, 3.5.1).
 * SameSite=Lax does not: other hosts of the same site are not another site to it.
 */

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether the request's method asks for nothing to be changed (RFC 9110, 9.2.1). */
export const isSafe = ({ method }: Request) => SAFE_METHODS.has(method);

/**
 * Whether a request that may change something was made by a page of another origin (rule 7.1).
 *
 * Browsers say so themselves in Sec-Fetch-Site; older ones name the page's origin, which is held against the URL that
 * the request really came to. X-Forwarded-Host and its like count for nothing, since whoever sends the request can send
 * them too. A request with neither header is not from a browser, and carries nobody's cookie but its own.
 */
export function isCrossOriginWrite(request: Request): boolean {
  if (isSafe(request)) return false;
  const site = request.headers.get("Sec-Fetch-Site");
  // "none" is a person's own doing, such as reloading the answer to a form.
  if (site) return site !== "same-origin" && site !== "none";
  const origin = request.headers.get("Origin");
  return origin !== null && origin !== new URL(request.url).origin;
}

/**
 * The request for Remix, which has a check of its own: it holds the Origin against X-Forwarded-Host or Host, covers no
 * resource routes, and answers 500. Where handleFetch has decided, it would only turn away visitors of this very site,
 * behind a proxy or from a page that sends no referrer (`Origin: null`); so it is given nothing to check.
 */
export function withOriginChecked(request: Request): Request {
  if (isSafe(request)) return request;
  const checked = new Request(request);
  checked.headers.delete("Origin");
  return checked;
}
