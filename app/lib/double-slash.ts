/**
 * A path like "//evil.example/login" is an address of this site, but in a link or a redirect it is another site's. With this,
 * no page has such a path, so each may link to its own.
 * To lift: copy the file, and call it before everything else. It needs nothing.
 */

/** Returns the redirect to the same path with one slash, or nothing for any other path. */
export function withoutDoubleSlash(request: Request): Response | undefined {
  // After parsing, because browsers treat "/\evil.example" and "/.//evil.example" in the same way.
  const { pathname, search } = new URL(request.url);
  if (!pathname.startsWith("//")) return undefined;
  return new Response(null, { status: 308, headers: { Location: pathname.replace(/^\/+/, "/") + search } });
}
