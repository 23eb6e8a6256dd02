/**
 * A session and its storage have this shape in Remix 2 and React Router 7 and 8. It is written down here so that the
 * folder imports nothing (rules 1.1, 1.4).
 */

import { closedError } from "./errors";

// biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
type Any = any;

/** An app without types of its own gets these. */
export type SessionData = Record<string, Any>;

type FlashKey<Key extends string> = `__flash_${Key}__`;

export interface Session<Data = SessionData, FlashData = Data> {
  /** It is empty until the first commit. */
  readonly id: string;
  /** It holds all values, and all flashes as `__flash_name__`. */
  readonly data: Partial<Data & { [Key in keyof FlashData as FlashKey<Key & string>]: FlashData[Key] }>;
  has(name: (keyof Data | keyof FlashData) & string): boolean;
  /** Removes a flash that it reads. */
  get<Key extends (keyof Data | keyof FlashData) & string>(
    name: Key,
  ):
    | (Key extends keyof Data ? Data[Key] : undefined)
    | (Key extends keyof FlashData ? FlashData[Key] : undefined)
    | undefined;
  set<Key extends keyof Data & string>(name: Key, value: Data[Key]): void;
  flash<Key extends keyof FlashData & string>(name: Key, value: FlashData[Key]): void;
  unset(name: keyof Data & string): void;
}

/** A Session of any data and any package. */
export interface AnySession {
  readonly id: string;
  readonly data: Any;
  has(name: Any): boolean;
  get(name: Any): Any;
  set(name: Any, value: Any): void;
  flash(name: Any, value: Any): void;
  unset(name: Any): void;
}

/** `new SuperflareSession(session)` infers its data types with these. */
export type DataOf<S extends { data: unknown }> = {
  [Key in keyof S["data"] as Key extends FlashKey<string> ? never : Key]-?: S["data"][Key];
};
export type FlashDataOf<S extends { data: unknown }> = string extends keyof S["data"]
  ? SessionData
  : { [Key in keyof S["data"] as Key extends FlashKey<infer Name> ? Name : never]-?: S["data"][Key] };

export interface CommitOptions {
  /** The cookie expires after so many seconds. An explicit `undefined` makes it end with the browser. */
  maxAge?: number | undefined;
  expires?: Date | undefined;
  /** The server ends the session this many seconds after its last renewal. Otherwise `maxAge` decides. */
  idleTimeout?: number | undefined;
}

export interface SessionStorage<Data = SessionData, FlashData = Data> {
  getSession(cookieHeader?: string | null): Promise<Session<Data, FlashData>>;
  /** Stores the session and resolves to its `Set-Cookie` line. */
  commitSession(session: Session<Data, FlashData>, options?: CommitOptions): Promise<string>;
  /** Ends the session and resolves to the line that removes its cookie. */
  destroySession(session: Session<Data, FlashData>): Promise<string>;
}

/** State that stores keep on a session besides its data, and instructions from handleFetch for the commit. */
export interface SessionState {
  /** The claims of the visitor's cookie. A new session has none. */
  claims?: Claims | undefined;
  /**
   * The data is unknown because the store failed, or because the id was replaced a moment ago (`moved`). It must not be
   * overwritten (4.6).
   */
  unread?: "unread" | "moved";
  /** The cookie is to be renewed even if nothing changed (rule 2.6). */
  isRenewalDue?: boolean;
  /** The number of characters in the request's cookie value. */
  length?: number;
  /** The data as it was read, in JSON. It is parsed on first use if the session was made without data. */
  json?: string;
  /** The cookie store made it, so its commit stores nothing on a server. */
  isInCookie?: boolean;
  /** Each value as it was read from a record, so that a commit sends only the changes. */
  stored?: StoredValues | undefined;
  /** The commit may return an empty line if the visitor's cookie need not change (rule 2.6). */
  mayOmitCookie?: boolean;
  ending?: Ending | undefined;
  /** The response was sent, so nothing would store a write (rule 4.4). */
  isClosed?: boolean;
  /** Flashes that this request set. Each is a newer message, even with the text of an older one (rule 3.8). */
  newFlashes?: ReadonlySet<string> | undefined;
  former?: FormerSession;
}

/** adopt.ts keeps this about the session of the former storage (rule 1.6). */
export interface FormerSession {
  /** A route that removes the cookie of this name signs out (2.4). */
  cookie: string;
  /** The visitor came with a session of that storage, so `destroy` has something to end (2.2). */
  hasSession: boolean;
  /** A session that a store of this folder made keeps its age. */
  claims?: Claims | undefined;
  /** This line removes its cookie, and is sent beside the session's own. */
  removal?: string;
}

/** The sealed cookie's claims about its session. */
export interface Claims {
  /** 128 random bits, base64url (rule 6.3). */
  id: string;
  /** Seconds since 1970. The absolute timeout counts from it, and the idle timeout from `renewedAt`. */
  createdAt: number;
  renewedAt: number;
  /** This session's own idle timeout in seconds, from the options of `commitSession` (rule 1.5). */
  idle?: number | undefined;
  /** The cookie has no Max-Age. */
  endsWithBrowser?: boolean | undefined;
}

/** The session gets a new id (rule 6.1), or is over (rule 6.2). */
export interface Ending {
  kind: "regenerate" | "destroy";
  /** The absolute timeout restarts, as at a sign-in. */
  newLifetime: boolean;
  /** The session's lifetime from now on, unless `commitSession` gets another. */
  lifetime?: CommitOptions | undefined;
}

/** Each value is a JSON text of its own: `{ theme: '"dark"' }`. `user` finds a user's sessions. */
export type StoredValues = Record<string, string> & { user?: string };

// It is a symbol, so routes don't see it and an app's data cannot collide with it.
const STATE = Symbol("state");

/** Returns undefined for a session of another package's storage. */
export const stateOf = (session: object) => (session as { [STATE]?: SessionState })[STATE];

/** Returns the key of a flash in the session's data. */
export const flashKey = (name: string) => `__flash_${name}__`;
export const isFlashKey = (key: string) => key.startsWith("__flash_") && key.endsWith("__") && key.length >= 10;
export const flashName = (key: string) => key.slice("__flash_".length, -"__".length);

export const withoutFlashes = (data: object) =>
  Object.fromEntries(Object.entries(data).filter(([key]) => !isFlashKey(key)));

/** It behaves as Remix's own Session. */
class PlainSession implements AnySession {
  readonly [STATE]: SessionState;
  readonly id: string;
  #data: Record<string, unknown> | undefined;

  constructor(data: object | undefined, id: string, state: SessionState) {
    this[STATE] = state;
    this.id = id;
    this.#data = data && { ...data };
  }

  get data() {
    this.#data ??= JSON.parse(this[STATE].json as string) as Record<string, unknown>;
    return this.#data;
  }

  has(name: string) {
    return Object.hasOwn(this.data, name) || Object.hasOwn(this.data, flashKey(name));
  }

  get(name: string) {
    if (Object.hasOwn(this.data, name)) return this.data[name];
    const key = flashKey(name);
    if (!Object.hasOwn(this.data, key)) return undefined;
    const value = this.data[key];
    this.unset(key);
    return value;
  }

  set(name: string, value: unknown) {
    this.#assertOpen();
    // An assignment would not make "__proto__" a key like any other.
    Object.defineProperty(this.data, name, { value, writable: true, enumerable: true, configurable: true });
  }

  flash(name: string, value: unknown) {
    this.set(flashKey(name), value);
  }

  unset(name: string) {
    this.#assertOpen();
    delete this.data[name];
  }

  // Replacing the methods instead would give each request's session a new object shape, which is slow.
  #assertOpen() {
    if (this[STATE].isClosed) throw closedError();
  }
}

/** @param data may be left out if `state.json` has it */
export function createSession<Data = SessionData, FlashData = Data>(
  data?: Partial<Data>,
  id = "",
  state: SessionState = data ? {} : { json: "{}" },
): Session<Data, FlashData> {
  return new PlainSession(data, id, state) as unknown as Session<Data, FlashData>;
}
