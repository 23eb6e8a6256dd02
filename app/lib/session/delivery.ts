/**
 * Decides whether a flash was delivered (rules 3.3 and 3.4). It is a message for a person, so only a response that can
 * show it uses it up. Any other response leaves it pending.
 */
import { listOf } from "./list";

/** Browsers, and libraries such as Turbo, announce with these that they load something ahead. */
const SPECULATION_HEADERS = ["Sec-Purpose", "X-Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];
const SPECULATIONS = new Set(["prefetch", "prerender", "preview"]);

/**
 * Tells whether this is a prefetch, a prerender or a preview. Its response may never be seen, or only after the message
 * was shown elsewhere, so a flash in it could be lost or shown twice.
 *
 * Sec-Purpose is a structured field (RFC 9651), such as `prefetch;prerender`. Older browsers send the other names.
 */
export const isSpeculative = ({ headers }: Request) =>
  SPECULATION_HEADERS.some((name) => tokensOf(headers.get(name)).some((token) => SPECULATIONS.has(token)));

/** Returns the tokens of a structured list without parameters: `a;b="x, y", c` has `a` and `c`. */
const tokensOf = (header: string | null) =>
  listOf(header).map((member) => (member.split(";")[0] ?? "").trim().toLowerCase());

/** A browser shows these, or gives them to a script that may. An image or a style sheet shows no message. */
const SHOWABLE = new Set(["document", "iframe", "frame", "fencedframe", "embed", "object", "empty"]);

/** Tells whether this response to this request, which is not speculative, can show a message to a person. */
export function wasDelivered(request: Request, response: Response): boolean {
  if (request.method === "HEAD" || request.method === "OPTIONS") return false;
  if (request.signal?.aborted) return false; // the visitor has left
  const destination = request.headers.get("Sec-Fetch-Dest");
  if (destination && !SHOWABLE.has(destination)) return false;

  const { status } = response;
  if (status < 200 || status === 204 || status === 205) return false; // no body
  if (status >= 300 && status < 400) return false; // the page comes with the next request, or from a cache
  // An error page counts, because it is rendered with the data of its loaders.
  return !isFrameworkRedirect(request, response);
}

/**
 * Single fetch (Remix 2, React Router 7 and 8) answers 202 instead of a 3xx, which fetch() would follow, and so does React
 * Router with server components.
 */
function isFrameworkRedirect({ url }: Request, { status, headers }: Response): boolean {
  if (status !== 202) return false;
  const { pathname } = new URL(url);
  if (pathname.endsWith(".rsc")) return headers.get("Content-Type")?.startsWith("text/x-component") === true;
  if (!pathname.endsWith(".data")) return false;
  return headers.has("X-Remix-Response") || headers.get("Content-Type")?.startsWith("text/x-script") === true;
}
