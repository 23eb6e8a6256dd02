/**
 * Where a form may send the visitor afterwards. Anyone can set a `redirectTo` field. Followed blindly, it makes a link to
 * this site open another one (an open redirect).
 * To lift: copy the file; it needs nothing.
 */

// Browsers drop tabs and newlines from a URL and read "\" as "/", so "/\t/evil" and "/\evil" both leave the origin.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern is there to find them
const neverInAPath = /[\u0000-\u0020\u007f\\]/;

/** Characters. A longer one may not fit into a header, where proxies allow less than Cloudflare. */
const MAX_LENGTH = 2_000;

/**
 * Returns `to` as a path of this origin (path, query and fragment, normalised). Returns `fallback` for anything else: a
 * missing value, another origin, another scheme, a path that a browser would read as a host, or one that is too long.
 */
export function safeRedirect(to: unknown, fallback = "/"): string {
  if (typeof to !== "string" || !to.startsWith("/") || neverInAPath.test(to)) return fallback;

  const origin = "https://this-origin.invalid";
  const url = URL.canParse(to, origin) ? new URL(to, origin) : undefined;
  // Checked again after parsing, because dot segments collapse: the harmless "/.//evil" becomes "//evil".
  if (url?.origin !== origin || url.pathname.startsWith("//")) return fallback;

  const path = url.pathname + url.search + url.hash;
  return path.length > MAX_LENGTH ? fallback : path;
}
