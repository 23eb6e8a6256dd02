/**
 * Refuses requests that another site makes in the visitor's name, with the visitor's cookie (CSRF; OWASP ASVS 5, 3.5.1).
 * SameSite=Lax does not: other hosts of the same site are not another site to it, and a WebSocket is no navigation.
 */

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether the request's method asks for nothing to be changed (RFC 9110, 9.2.1). */
export const isSafe = ({ method }: Request) => SAFE_METHODS.has(method);

/**
 * Whether a page of another origin made a request that may change something, or that opens a WebSocket (rule 7.1).
 *
 * Browsers say so themselves in Sec-Fetch-Site; older ones name the page's origin, which is compared with the URL that
 * the request really came to. X-Forwarded-Host and its like count for nothing, since whoever sends the request can send
 * them too. A request with neither header is not from a browser, and carries nobody's cookie but its own.
 */
export function isCrossOrigin(request: Request): boolean {
  if (isSafe(request) && !isWebSocket(request)) return false;
  const site = request.headers.get("Sec-Fetch-Site");
  // "none" is a person's own doing, such as reloading the answer to a form.
  if (site) return site !== "same-origin" && site !== "none";
  const origin = request.headers.get("Origin");
  return origin !== null && origin !== new URL(request.url).origin;
}

const isWebSocket = ({ headers }: Request) => headers.get("Upgrade")?.toLowerCase() === "websocket";

/**
 * The request without its Origin header, for Remix and React Router. Their own check compares the Origin with
 * X-Forwarded-Host or Host, leaves resource routes out, and answers 500 or 400. After handleFetch has decided, it could
 * only turn away visitors of this very site: behind a proxy, or from a page that sends no referrer (`Origin: null`).
 */
export function withoutOriginHeader(request: Request): Request {
  if (isSafe(request)) return request;
  const copy = new Request(request);
  copy.headers.delete("Origin");
  return copy;
}
