/**
 * When has a flash been delivered? The one place that decides it (rules 3.3 and 3.4).
 *
 * A flash is a message for a person. It is used up only by a response that can show it: one with a body that a page is
 * made of, for a request that somebody waits for. Everything else leaves it for the next response.
 */

/**
 * Whether the browser fetches this only in case somebody goes there. What such a response holds may never be seen, or
 * be seen after the message was shown elsewhere; so a flash is not even read for it (it would be shown twice).
 *
 * Sec-Purpose is a structured field (RFC 9651): `prefetch`, `prefetch;prerender`, `prefetch;anonymous-client-ip`.
 * The other names are those of older browsers and of Safari's previews.
 */
export function isSpeculative(request: Request): boolean {
  return ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"].some((name) =>
    listTokens(request.headers.get(name)).some((token) => /^(prefetch|prerender|preview)$/.test(token)),
  );
}

/** The tokens of a structured list, without parameters: `a;b="x, y", c` has `a` and `c`. */
function listTokens(value: string | null): string[] {
  if (!value) return [];
  const withoutStrings = value.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return withoutStrings.split(",").map((member) => (member.split(";")[0] ?? "").trim().toLowerCase());
}

/** What a browser asks for to show it, or to hand it to a script that may. An image or a style sheet cannot show a text. */
const SHOWABLE = new Set(["document", "iframe", "frame", "fencedframe", "embed", "object", "empty"]);

/** Whether this response to this request can show a message to a person. */
export function wasDelivered(request: Request, response: Response): boolean {
  if (request.method === "HEAD" || request.method === "OPTIONS" || isSpeculative(request)) return false;
  const destination = request.headers.get("Sec-Fetch-Dest");
  if (destination && !SHOWABLE.has(destination)) return false;

  const { status } = response;
  if (status < 200 || status === 204 || status === 205) return false; // no body
  if (status >= 300 && status < 400) return false; // the page comes with the next request, or from a cache
  if (status >= 500) return false; // error pages are drawn without the app's data
  return !isSingleFetchRedirect(request, response);
}

/** Remix's single fetch answers 202 where a document would be redirected, since fetch() cannot see a 3xx. */
function isSingleFetchRedirect(request: Request, response: Response): boolean {
  return (
    response.status === 202 &&
    new URL(request.url).pathname.endsWith(".data") &&
    response.headers.has("X-Remix-Response")
  );
}
