/** Reads a `Cookie` header and writes `Set-Cookie` lines, for values that need no escaping. RFC 6265bis. */

export interface CookieSettings {
  name: string;
  /** Left out only over http on this machine. */
  secure: boolean;
}

/** Browsers drop a longer line without a word. Counted in bytes, over name, value and attributes. */
export const MAX_COOKIE_BYTES = 4096;

/** All values of that name, in the header's order: a browser sends several where paths or domains differ. */
export function cookieValues(header: string | null | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  return header
    .split(";")
    .filter((pair) => cookieName(pair) === name)
    .map((pair) => pair.slice(pair.indexOf("=") + 1).trim());
}

/** The name in a `Set-Cookie` line, or in one pair of a `Cookie` header. */
export function cookieName(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf("="))).trim();
}

/**
 * A `Set-Cookie` line; a `maxAge` of 0 seconds removes the cookie.
 *
 * Lax, not Strict: a link from a mail must find the visitor signed in. HttpOnly: no script, an injected one included,
 * can read it. No Domain: other hosts of the domain never see it.
 */
export function setCookieLine({ name, secure }: CookieSettings, value: string, maxAge: number): string {
  return `${name}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}
