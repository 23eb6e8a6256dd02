/**
 * The security headers of every response of the Worker (OWASP ASVS 5, 3.4). Static files have theirs in public/_headers.
 * To lift: copy the file, make a nonce for each request, and pass it to Remix's `<Scripts nonce>`.
 */

/** Returns 128 random bits. Make a new nonce for each response: anyone who can guess it can run a script. */
export function createNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/**
 * Returns the response with a Content-Security-Policy that allows only our own scripts and those with this nonce, and with
 * headers against content sniffing, framing, leaked URLs and downgrades to http.
 */
export function withSecurityHeaders(
  response: Response,
  { nonce, request, isDevelopment }: { nonce: string; request: Request; isDevelopment: boolean },
): Response {
  const secured = new Response(response.body, response);
  for (const [name, value] of Object.entries(headersFor(nonce, isDevelopment))) secured.headers.set(name, value);
  // Browsers ignore it over http. On localhost it would force every other project on this machine to https. Not
  // `includeSubDomains`, which would bind hosts that are not ours: docs/deploy.md.
  if (new URL(request.url).protocol === "https:") {
    secured.headers.set("Strict-Transport-Security", "max-age=31536000");
  }
  return secured;
}

function headersFor(nonce: string, isDevelopment: boolean): Record<string, string> {
  const policy = {
    // Not 'none': Firefox applies it to what a page fetches ahead (`<link rel="prefetch">`). What this app never loads is named.
    "default-src": "'self'",
    "object-src": "'none'",
    "frame-src": "'none'",
    "media-src": "'none'",
    "worker-src": "'none'",
    "script-src": `'self' 'nonce-${nonce}'`,
    "style-src": `'self' 'nonce-${nonce}'`,
    "img-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    // The WebSocket is `remix dev`, which tells the page to reload. No host: wrangler would rewrite `localhost` in it.
    "connect-src": isDevelopment ? "'self' ws:" : "'self'",
    "form-action": "'self'",
    // An injected <base> would send every relative script and form elsewhere.
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
  };
  return {
    "Content-Security-Policy": Object.entries(policy)
      .map(([name, sources]) => `${name} ${sources}`)
      .join("; "),
    "X-Content-Type-Options": "nosniff",
    // The full URL within the site, only the origin to others: a path can reveal a lot about its visitor.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
  };
}
