/** The errors of the session, told apart by `code`; and the check that refuses what a store could not give back. */

export type SessionErrorCode =
  /** A value that would not come back from storage as it went in (rule 4.2). */
  | "not-storable"
  /** More than the store holds (rule 4.3). */
  | "too-large"
  /** A write, or a first read, after the response was sent (rule 4.4). */
  | "closed"
  /** The store does not answer (rule 4.6). */
  | "store-error"
  /** The session was ended while this request ran (rule 4.10). */
  | "gone"
  /** The session got a new id while this request ran. The change was kept under that id (rule 8.2). */
  | "moved";

export class SessionError extends Error {
  override name = "SessionError";

  constructor(
    readonly code: SessionErrorCode,
    message: string,
    /** What may be logged beside the code: names and numbers, never values. */
    readonly details: Record<string, string | number | string[]> = {},
  ) {
    super(message);
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** Says by how much, and which keys to look at first (rule 4.3). */
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

/** What a storage has thrown, which may be of another package. @throws what is no failure of a store: a ConfigError */
export function asSessionError(error: unknown): SessionError {
  if (error instanceof SessionError) return error;
  if (error instanceof Error && error.name === "ConfigError") throw error;
  // Not its message: databases quote keys and values in theirs.
  const reason = error instanceof Error ? error.name : typeof error;
  return new SessionError("store-error", "The session's storage failed.", { reason });
}

/** For a commit that would replace a session whose data could not be read, and so lose it (rule 4.6). */
export const unread = (reason: string) =>
  new SessionError("store-error", "The session could not be read, so it is not replaced.", { reason });

// SQLite cuts a JSON key at its first NUL, so that "user\0note" would overwrite "user".
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/**
 * Promises that the key and the value survive every store: a key without control characters; null, booleans, finite
 * numbers, strings, arrays and plain objects of these (rule 4.2).
 *
 * @throws SessionError "not-storable", which names the key, and the path of the bad value as an author would write it:
 *   `cart.items[2].addedAt`
 */
export function assertStorable(key: string, value: unknown): void {
  if (key === "" || CONTROL_CHARACTER.test(key)) {
    const problem = key === "" ? "it is empty" : "it has a control character";
    throw notStorable(`under the key ${JSON.stringify(key)}`, key, problem);
  }
  assertJson(value, key, []);
}

function assertJson(value: unknown, path: string, ancestors: readonly unknown[]): void {
  const problem = findProblem(value, ancestors);
  if (problem) throw notStorable(path, path, problem);
  if (typeof value !== "object" || value === null) return;

  const inside = [...ancestors, value];
  if (Array.isArray(value)) {
    // Not forEach, which skips the holes of a sparse array; JSON makes them null.
    for (let index = 0; index < value.length; index++) assertJson(value[index], `${path}[${index}]`, inside);
  } else {
    for (const [key, entry] of Object.entries(value)) assertJson(entry, `${path}.${key}`, inside);
  }
}

function notStorable(what: string, path: string, problem: string): SessionError {
  return new SessionError("not-storable", `A session cannot store ${what}: ${problem}.`, { path });
}

function findProblem(value: unknown, ancestors: readonly unknown[]): string | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : `it is ${value}, which JSON turns into null`;
    case "undefined":
      return "it is undefined, which JSON drops; leave it out, or unset it";
    case "object":
      break;
    default:
      return `it is a ${typeof value}, which JSON does not have`;
  }
  if (value === null) return undefined;
  if (ancestors.includes(value)) return "it contains itself";
  if (ancestors.length === 100) return "it is nested more than 100 deep";

  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype) {
    const kind = value.constructor?.name || "class instance";
    return `it is a ${kind}, which would not come back as one; store a string, a number or a plain object`;
  }
  if (Object.getOwnPropertySymbols(value).length > 0) return "it has a key that is a symbol, which JSON drops";
  if (Array.isArray(value) && Object.keys(value).length > value.length) {
    return "it is an array with named properties, which JSON drops";
  }
  if ("toJSON" in value) return "it has a toJSON of its own, so that something else would come back";
}
