/** Reads a `Cookie` header and writes `Set-Cookie` lines, for values that need no escaping (RFC 6265bis). */

export interface CookieSettings {
  name: string;
  /** It is false only over http on this machine. */
  secure: boolean;
}

/** Browsers silently drop a longer line. The name, value and attributes count. */
export const MAX_COOKIE_BYTES = 4096;

/** A visitor has one or two cookies of a name. More are somebody's attempt to make us open them all (P6). */
const MAX_VALUES = 8;

/**
 * Returns the values of that name, in order: a browser sends several if paths or domains differ. Only a semicolon ends
 * one. Two `Cookie` headers that a proxy joins with a comma are not told apart, since another host of the domain could put
 * a comma and a session of its own into a cookie's value, past `__Host-`.
 */
export function cookieValues(header: string | null | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  return header
    .split(";")
    .filter((pair) => cookieName(pair) === name)
    .slice(0, MAX_VALUES)
    .map((pair) => trimmed(pair.slice(pair.indexOf("=") + 1)));
}

/** Returns the name in a `Set-Cookie` line, or in one pair of a `Cookie` header. */
export function cookieName(line: string): string {
  return trimmed(line.slice(0, Math.max(0, line.indexOf("="))));
}

/** Not trim(), which takes other signs for spaces: a browser guards `__Host-` only at the very beginning of a name. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && " \t".includes(text.charAt(start))) start++;
  while (start < end && " \t".includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
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

/**
 * Tells whether this line removes the cookie. Max-Age wins over Expires, the last one of each counts, and one that is not
 * understood does not (RFC 6265bis, Max-Age and Expires).
 */
export function isRemoval(line: string): boolean {
  const attributes = line
    .split(";")
    .slice(1)
    .map((attribute) => [cookieName(attribute).toLowerCase(), attribute.slice(attribute.indexOf("=") + 1).trim()]);
  const isValid = (name: string, value: string) => (name === "max-age" ? /^-?\d+$/ : /\d:\d\d?:\d/).test(value);
  const { "max-age": maxAge, expires } = Object.fromEntries(
    attributes.filter(([name = "", value = ""]) => isValid(name, value)),
  );
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  return expires !== undefined && Date.parse(expires) <= Date.now();
}

/** Tells whether the response has a line for the cookie of this name. */
export const sendsCookie = ({ headers }: Response, name: string) =>
  linesOf(headers).some((line) => cookieName(line) === name);

// Some versions of the platform's types lack the method.
export const linesOf = (headers: Headers) =>
  headers.has("Set-Cookie") ? (headers as Headers & { getSetCookie(): string[] }).getSetCookie() : [];

/** Tells whether the response removes the cookie of this name. */
export const removesCookie = ({ headers }: Response, name?: string) =>
  linesOf(headers).some((line) => cookieName(line) === name && isRemoval(line));

/** Returns the `Set-Cookie` lines of all other cookies. */
export const otherCookies = ({ headers }: Response, names: (string | undefined)[]) =>
  linesOf(headers).filter((line) => !names.includes(cookieName(line)));
