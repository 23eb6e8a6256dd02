/** Reads a `Cookie` header and writes `Set-Cookie` lines, for values that need no escaping (RFC 6265bis). */

export interface CookieSettings {
  name: string;
  /** It is false only over http on this machine. */
  secure: boolean;
}

/** Browsers silently drop a longer line. The name, value and attributes count. */
export const MAX_COOKIE_BYTES = 4096;

/** Returns all values of that name, in order: a browser sends several if paths or domains differ. */
export function cookieValues(header: string | null | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  return header
    .split(";")
    .filter((pair) => cookieName(pair) === name)
    .map((pair) => pair.slice(pair.indexOf("=") + 1).trim());
}

/** Returns the name in a `Set-Cookie` line, or in one pair of a `Cookie` header. */
export function cookieName(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf("="))).trim();
}

/**
 * Makes a `Set-Cookie` line. A `maxAge` of 0 seconds removes the cookie; without one, it ends with the browser.
 *
 * It is Lax, not Strict, because a link in an email must find the visitor signed in. HttpOnly hides it from scripts,
 * even injected ones. Without a Domain, other hosts of the domain never see it.
 */
export function setCookieLine({ name, secure }: CookieSettings, value: string, maxAge?: number): string {
  const lifetime = maxAge === undefined ? "" : `; Max-Age=${maxAge}`;
  return `${name}=${value}${lifetime}; Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

/** Tells whether this line removes the cookie. Max-Age wins over Expires (RFC 6265bis, section 5.7). */
export function isRemoval(line: string): boolean {
  // The last one counts.
  const maxAge = [...line.matchAll(/;\s*max-age\s*=\s*(-?\d+)/gi)].pop()?.[1];
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = [...line.matchAll(/;\s*expires\s*=\s*([^;]+)/gi)].pop()?.[1];
  return expires !== undefined && Date.parse(expires) <= Date.now();
}
