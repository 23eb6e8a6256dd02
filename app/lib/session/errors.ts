/** `code` tells the session's errors apart. `assertStorable` refuses values that a store could not give back. */

export type SessionErrorCode =
  | "not-storable" // A value would not come back from storage as it went in (4.2).
  | "too-large" // The session is larger than the store allows (4.3).
  | "closed" // A write or a first read came after the response (4.4).
  | "cross-site" // Another site sent the request, without the visitor's cookie (7.1).
  | "store-error" // The store failed or did not answer (4.6).
  | "gone" // The session ended while this request ran (4.10).
  | "replaced"; // The session got a new id before this request, or another user meanwhile (4.10).

/** The wiring is wrong. The message tells the app's owner what to do, and holds no secret. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

export class SessionError extends Error {
  override name = "SessionError";
  readonly code: SessionErrorCode;
  /** The log gets these names and numbers, never values. */
  readonly details: Record<string, string | number | string[]>;

  constructor(code: SessionErrorCode, message: string, details: SessionError["details"] = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** @param what the sentence about what is no longer possible */
export const closedError = (what = "it cannot be changed") =>
  new SessionError(
    "closed",
    `The session's response has been sent, so ${what} any more. Do it before the loader or action returns, ` +
      "not in deferred data, in waitUntil, or after a promise that nobody awaits.",
  );

export const crossSiteError = () =>
  new SessionError(
    "cross-site",
    "Another site sent this request, without the visitor's cookie. A session stored now would replace theirs. Redirect " +
      "to a page of your own, and change the session there.",
  );

/** A session that could not be read is not overwritten (rule 4.6). */
export const notReadError = (unread: "unavailable" | "replaced") =>
  unread === "replaced"
    ? new SessionError("replaced", "The session got a new id, which this request did not have.")
    : new SessionError("store-error", "The session could not be read, so it is not replaced.", { reason: "unread" });

export const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** Names the excess and the largest keys (rule 4.3). */
export function tooLarge(what: string, bytes: number, limit: number, data: object): SessionError {
  const largestKeys = Object.entries(data)
    .map(([key, value]) => ({ key, bytes: bytesOf(JSON.stringify(value)) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
    .map(({ key, bytes }) => `${key} (${bytes} bytes)`);
  return new SessionError(
    "too-large",
    `The session's ${what} is ${bytes - limit} bytes over the limit of ${limit}. Largest keys: ` +
      `${largestKeys.join(", ")}. Store less, or use a store that holds more.`,
    { excess: bytes - limit, largestKeys },
  );
}

// SQLite cuts a JSON key at its first NUL, so "user\0note" would overwrite "user".
// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for control characters
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** All sessions of the same `user` are listed and ended together, so it names one (rule 8.8). */
export const isUser = (value: unknown) => (typeof value === "string" && value !== "") || typeof value === "number";

/** @throws SessionError "not-storable" if this is a `user` who is none */
export function assertUser(key: string, value: unknown): void {
  if (key === "user" && !isUser(value))
    throw notStorable("this user", key, "it takes a text or a number that names one user; to sign out, unset it");
}

/**
 * Refuses a key or a value that some store would lose. A key has no control characters; a value is null, a boolean, a
 * finite number, a string, or an array or plain object of these (rule 4.2).
 *
 * @param path what errors call it
 * @throws SessionError "not-storable" with the path of the bad value: `cart.items[2].addedAt`
 */
export function assertStorable(key: string, value: unknown, path = key): void {
  const problem = path === "" ? "it is empty" : CONTROL_CHARACTER.test(key) && "it has a control character";
  if (problem) throw notStorable(`under the key ${JSON.stringify(path)}`, path, problem);
  assertJson(value, path, []);
}

function assertJson(value: unknown, path: string, ancestors: readonly unknown[]): void {
  const problem = problemOf(value, ancestors);
  if (problem) throw notStorable(path, path, problem);
  if (typeof value !== "object" || value === null) return;

  const inside = [...ancestors, value];
  if (Array.isArray(value)) {
    // forEach would skip the holes of a sparse array, which JSON turns into null.
    for (let index = 0; index < value.length; index++) assertJson(value[index], `${path}[${index}]`, inside);
  } else {
    for (const [key, entry] of Object.entries(value)) assertJson(entry, `${path}.${key}`, inside);
  }
}

const notStorable = (what: string, path: string, problem: string) =>
  new SessionError("not-storable", `A session cannot store ${what}: ${problem}.`, { path });

function problemOf(value: unknown, ancestors: readonly unknown[]): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (value === undefined) return "it is undefined, which JSON drops; leave it out, or unset it";
  if (typeof value === "number")
    return Number.isFinite(value) ? undefined : `it is ${value}, which JSON turns into null`;
  if (typeof value !== "object") return `it is a ${typeof value}, which JSON does not have`;
  if (ancestors.includes(value)) return "it contains itself";
  if (ancestors.length === 100) return "it is nested more than 100 deep";

  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype) {
    const kind = value.constructor?.name || "class instance";
    return `it is a ${kind}, which would not come back as one; store a string, a number or a plain object`;
  }
  const isArrayWithNames = Array.isArray(value) && Object.keys(value).length > value.length;
  if (isArrayWithNames || Object.getOwnPropertySymbols(value).length > 0)
    return "it has a key that is a symbol, or a name in an array, which JSON drops";
  return "toJSON" in value ? "it has a toJSON, so that something else would come back" : undefined;
}
