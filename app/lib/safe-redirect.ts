/**
 * Where a form may send the visitor afterwards. A `redirectTo` field comes from the page and so from anyone: followed
 * blindly, this site's own address would open another site (an open redirect).
 * To lift: copy the file; it needs nothing.
 */

// Browsers drop tabs and newlines from a URL and read "\" as "/", so "/\t/evil" and "/\evil" both leave the origin.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused.
const neverInAPath = /[\u0000-\u0020\u007f\\]/;

/**
 * Returns `to` as a path of this origin (path, query and fragment, normalised), or `fallback` if it is anything else:
 * missing, another origin, another scheme, or a path that a browser would read as a host.
 */
export function safeRedirect(to: unknown, fallback = "/"): string {
  if (typeof to !== "string" || !to.startsWith("/") || neverInAPath.test(to)) return fallback;

  const origin = "https://this-origin.invalid";
  const url = URL.canParse(to, origin) ? new URL(to, origin) : undefined;
  // Looked at again after parsing, because dot segments collapse: "/.//evil" is a harmless path that becomes "//evil".
  if (url?.origin !== origin || url.pathname.startsWith("//")) return fallback;

  return url.pathname + url.search + url.hash;
}
