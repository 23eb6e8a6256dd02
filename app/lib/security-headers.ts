/**
 * The security headers of everything that the Worker answers; static files have theirs in public/_headers. From OWASP
 * ASVS 5, 3.4. To lift: copy the file, make a nonce for each request, and give it to Remix's `<Scripts nonce>`.
 */

/** 128 random bits. New for each response: who could guess it could run a script. */
export function createNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/**
 * The response, with a Content-Security-Policy that lets run only our own scripts and those with this nonce, and the
 * headers that keep browsers from sniffing, framing, leaking the address and falling back to http.
 */
export function withSecurityHeaders(
  response: Response,
  { nonce, request, isDevelopment }: { nonce: string; request: Request; isDevelopment: boolean },
): Response {
  const secured = new Response(response.body, response);
  for (const [name, value] of Object.entries(headersFor(nonce, isDevelopment))) secured.headers.set(name, value);
  // A browser ignores it over http, and on localhost it would lock other projects of this machine to https.
  if (new URL(request.url).protocol === "https:") {
    secured.headers.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  }
  return secured;
}

function headersFor(nonce: string, isDevelopment: boolean): Record<string, string> {
  const policy = {
    "default-src": "'none'",
    "script-src": `'self' 'nonce-${nonce}'`,
    "style-src": `'self' 'nonce-${nonce}'`,
    "img-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    // The second is `remix dev`, which tells the page to reload.
    "connect-src": isDevelopment ? "'self' ws://localhost:* ws://127.0.0.1:*" : "'self'",
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
    // Within the site the whole address, to others the origin alone: a path can say much about its visitor.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
  };
}
