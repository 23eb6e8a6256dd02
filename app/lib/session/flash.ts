/**
 * When a flash counts as delivered (rules 3.3 and 3.4). It is a message for a person: only a response that can show it
 * uses it up. Any other leaves it for the next response.
 */
import { listOf } from "./response";

/** With which browsers say that they load something ahead. */
export const SPECULATION_HEADERS = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

/**
 * Whether this is a prefetch, a prerender or a preview. The response may never be seen, or only after the message was
 * shown elsewhere: a flash in it could be lost, or shown twice.
 *
 * Sec-Purpose is a structured field (RFC 9651), such as `prefetch;prerender`; the other names are those of older
 * browsers.
 */
export function isSpeculative({ headers }: Request): boolean {
  return SPECULATION_HEADERS.some((name) =>
    tokensOf(headers.get(name)).some((token) => /^(prefetch|prerender|preview)$/.test(token)),
  );
}

/** The tokens of a structured list, without parameters: `a;b="x, y", c` has `a` and `c`. */
const tokensOf = (header: string | null) =>
  listOf(header).map((member) => (member.split(";")[0] ?? "").trim().toLowerCase());

/** What a browser shows, or hands to a script that may. An image or a style sheet shows no message. */
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
  // An error page counts: it is drawn with the data of its loaders.
  return !isSingleFetchRedirect(request, response);
}

/** Single fetch (Remix 2, React Router 7 and 8) answers 202 instead of a 3xx, which fetch() would follow. */
function isSingleFetchRedirect({ url }: Request, { status, headers }: Response): boolean {
  if (status !== 202 || !new URL(url).pathname.endsWith(".data")) return false;
  return headers.has("X-Remix-Response") || headers.get("Content-Type")?.startsWith("text/x-script") === true;
}
