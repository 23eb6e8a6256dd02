/**
 * Refuses requests that another site makes with the visitor's cookie (CSRF; OWASP ASVS 5, 3.5.1). SameSite=Lax is not
 * enough: it trusts the other hosts of the same site, and lets WebSockets through.
 */

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Tells whether the request's method asks for no change (RFC 9110, 9.2.1). */
export const isSafe = ({ method }: Request) => SAFE_METHODS.has(method);

/**
 * Tells whether another origin's page sent this request, which may change something or opens a WebSocket (rule 7.1).
 *
 * Browsers send Sec-Fetch-Site; older ones send Origin, which is compared with the request's URL. X-Forwarded-Host and
 * the like are ignored, because the sender can forge them. A request with neither header does not come from a browser.
 */
export function isCrossOrigin(request: Request): boolean {
  const { headers } = request;
  if (isSafe(request) && headers.get("Upgrade")?.toLowerCase() !== "websocket") return false;
  const site = headers.get("Sec-Fetch-Site");
  // "none" means that the visitor did it, such as by reloading the answer to a form.
  if (site) return site !== "same-origin" && site !== "none";
  const origin = headers.get("Origin");
  return origin !== null && !isOwnOrigin(origin, new URL(request.url));
}

/** An `https` page of the same host is ours as well: a proxy ended TLS in front of the Worker (rule 7.3). */
function isOwnOrigin(origin: string, { host, protocol }: URL): boolean {
  return origin === `${protocol}//${host}` || (protocol === "http:" && origin === `https://${host}`);
}

/**
 * Tells whether browsers send the visitor's Lax cookie with this request. If not, a session made for it would replace the
 * visitor's own.
 */
export function bringsLaxCookies(request: Request): boolean {
  const { headers } = request;
  const site = headers.get("Sec-Fetch-Site");
  if (site ? site !== "cross-site" : !isCrossOrigin(request)) return true;
  return (
    isSafe(request) && headers.get("Sec-Fetch-Mode") === "navigate" && headers.get("Sec-Fetch-Dest") === "document"
  );
}

/**
 * Hides the Origin header from the check of Remix and React Router, which asks for it by `get`. That check compares it with
 * X-Forwarded-Host or Host, skips resource routes, and answers 500 or 400. After handleFetch's check it could only refuse
 * this site's visitors, behind a proxy or from a page that sends no referrer (`Origin: null`).
 *
 * Loaders and actions get a copy of the request, which has the header.
 */
export function withoutOriginHeader(request: Request): Request {
  // A script may send a GET with a body, and "Content-Length: 0" is one. The frameworks' own copy of it would throw.
  if (request.body && /^(GET|HEAD)$/.test(request.method)) return new Request(request, { body: null });
  if (isSafe(request)) return request;
  // Both have the one body. A plain copy would take it, so that whoever drains the request finds it empty. Node needs `duplex`.
  const copy = new Request(request, { body: request.body, duplex: "half" } as RequestInit);
  const { headers } = copy;
  const get = (name: string) => (name.toLowerCase() === "origin" ? null : Headers.prototype.get.call(headers, name));
  Object.defineProperty(headers, "get", { value: get });
  // The object must stay the same one.
  return Object.defineProperty(copy, "headers", { value: headers });
}
