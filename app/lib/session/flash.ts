/**
 * When does a flash count as delivered? The one place that decides it (rules 3.3 and 3.4).
 *
 * A flash is a message for a person. Only a response that can show it uses it up: one with a body that a page is made
 * of, for a request that somebody is waiting for. Everything else leaves it for the next response.
 */

/** A flash during one request. */
export interface Flash {
  value: unknown;
  /** This request set it. */
  isNew: boolean;
  /** This request read it, so it is used up if the response is delivered. */
  isShown: boolean;
}

/**
 * Whether the browser fetches this only in case somebody goes there. The response may never be seen, or only after the
 * message was shown elsewhere; so a flash is not even read for it, or it would be shown twice.
 *
 * Sec-Purpose is a structured field (RFC 9651): `prefetch`, `prefetch;prerender`, `prefetch;anonymous-client-ip`.
 * The other names are those of older browsers and of Safari's previews.
 */
export function isSpeculative({ headers }: Request): boolean {
  return ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"].some((name) =>
    listTokens(headers.get(name)).some((token) => /^(prefetch|prerender|preview)$/.test(token)),
  );
}

/** The tokens of a structured list, without parameters: `a;b="x, y", c` has `a` and `c`. */
function listTokens(value: string | null): string[] {
  if (!value) return [];
  const withoutStrings = value.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return withoutStrings.split(",").map((member) => (member.split(";")[0] ?? "").trim().toLowerCase());
}

/** What a browser asks for to show it, or to hand it to a script that may. An image or a style sheet cannot show text. */
const SHOWABLE = new Set(["document", "iframe", "frame", "fencedframe", "embed", "object", "empty"]);

/** Whether this response to this request can show a message to a person. */
export function wasDelivered(request: Request, response: Response): boolean {
  if (request.method === "HEAD" || request.method === "OPTIONS" || isSpeculative(request)) return false;
  if (request.signal?.aborted) return false; // the visitor has left
  const destination = request.headers.get("Sec-Fetch-Dest");
  if (destination && !SHOWABLE.has(destination)) return false;

  const { status } = response;
  if (status < 200 || status === 204 || status === 205) return false; // no body
  if (status >= 300 && status < 400) return false; // the page comes with the next request, or from a cache
  // An error page counts: if its loaders read the message, it is drawn with their data.
  return !isSingleFetchRedirect(request, response);
}

/** Single fetch (Remix 2, React Router 7 and 8) answers 202 where a document would be redirected: fetch() follows a 3xx. */
function isSingleFetchRedirect({ url }: Request, { status, headers }: Response): boolean {
  if (status !== 202 || !new URL(url).pathname.endsWith(".data")) return false;
  return headers.has("X-Remix-Response") || headers.get("Content-Type")?.startsWith("text/x-script") === true;
}
