/**
 * The shape of a session and of its storage, the same in Remix 2 and React Router 7 and 8. Written down here so that
 * the folder imports nothing (rules 1.1, 1.4).
 */

import { closedError } from "./errors";

// biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
type Any = any;

/** For an app that has no types of its own. */
export type SessionData = Record<string, Any>;

type FlashKey<Key extends string> = `__flash_${Key}__`;

export interface Session<Data = SessionData, FlashData = Data> {
  /** Empty for a session that has not been committed yet. */
  readonly id: string;
  /** All values and all flashes, the latter as `__flash_name__`. */
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

/** A Session of any data, from any package. */
export interface AnySession {
  readonly id: string;
  readonly data: Any;
  has(name: Any): boolean;
  get(name: Any): Any;
  set(name: Any, value: Any): void;
  flash(name: Any, value: Any): void;
  unset(name: Any): void;
}

/** The data types of a Session, so that `new SuperflareSession(session)` infers them. */
export type DataOf<S extends { data: unknown }> = {
  [Key in keyof S["data"] as Key extends FlashKey<string> ? never : Key]-?: S["data"][Key];
};
export type FlashDataOf<S extends { data: unknown }> = string extends keyof S["data"]
  ? SessionData
  : { [Key in keyof S["data"] as Key extends FlashKey<infer Name> ? Name : never]-?: S["data"][Key] };

export interface CommitOptions {
  /** Seconds until the cookie expires. An explicit `undefined` makes a cookie that ends with the browser. */
  maxAge?: number | undefined;
  expires?: Date | undefined;
  /** Seconds without a renewal until the server ends the session, if it is not to be `maxAge`. */
  idleTimeout?: number | undefined;
}

export interface SessionStorage<Data = SessionData, FlashData = Data> {
  getSession(cookieHeader?: string | null): Promise<Session<Data, FlashData>>;
  /** Stores the session and resolves to its `Set-Cookie` line. */
  commitSession(session: Session<Data, FlashData>, options?: CommitOptions): Promise<string>;
  /** Ends the session and resolves to the line that removes its cookie. */
  destroySession(session: Session<Data, FlashData>): Promise<string>;
}

/** What a storage of this folder notes on its session beside the data, and what the wrapper asks of the commit. */
export interface SessionState {
  /** What the visitor's cookie says. None for a new session. */
  claims?: Claims | undefined;
  /**
   * Why the data is unknown: the store failed, or the id was replaced a moment ago. It must not be overwritten (4.6).
   */
  unread?: "unread" | "moved";
  /** Renew the cookie although nothing changed (rule 2.6). */
  isRenewalDue?: boolean;
  /** Characters of the request's cookie value. */
  length?: number;
  /** The data as it was read, as JSON. Parsed when somebody asks for it, if the session was made without the data. */
  json?: string;
  /** The cookie store made it: its commit stores nothing on a server. */
  isInCookie?: boolean;
  /** In the stores with records: each value as it was read, to send only what has changed. */
  stored?: StoredValues | undefined;
  /** An empty line is enough, if the visitor's cookie need not change (rule 2.6). */
  mayOmitCookie?: boolean;
  ending?: Ending | undefined;
  /** The response was sent: nobody would store a write (rule 4.4). */
  isClosed?: boolean;
  /** Flashes that this request set: a newer message, even with the text of an older one (rule 3.8). */
  newFlashes?: ReadonlySet<string> | undefined;
  former?: FormerSession;
}

/** What adopt.ts notes about the session of the former storage (rule 1.6). */
export interface FormerSession {
  /** The name of its cookie. A route that removes it signs out (2.4). */
  cookie: string;
  /** The visitor came with a session of that storage, so `destroy` has something to end (2.2). */
  hasSession: boolean;
  /** If a store of this folder made it: the session keeps its age. */
  claims?: Claims | undefined;
  /** The line that removes its cookie, to send beside the session's own. */
  removal?: string;
}

/** What the sealed cookie says about its session. */
export interface Claims {
  /** 128 random bits, base64url (rule 6.3). */
  id: string;
  /** Seconds since 1970. The absolute timeout counts from here, the idle timeout from `renewedAt`. */
  createdAt: number;
  renewedAt: number;
  /** Seconds. This session's own idle timeout, from the options of `commitSession` (rule 1.5). */
  idle?: number | undefined;
  /** The cookie has no Max-Age. */
  endsWithBrowser?: boolean | undefined;
}

/** The session gets a new id (rule 6.1), or is over (rule 6.2). */
export interface Ending {
  kind: "regenerate" | "destroy";
  /** The absolute timeout starts again, as at a sign-in. */
  newLifetime: boolean;
  /** How long the session lasts from now on, unless `commitSession` is told. */
  lifetime?: CommitOptions | undefined;
}

/** Each value as a JSON text of its own: `{ theme: '"dark"' }`. A user's sessions are found by `user`. */
export type StoredValues = Record<string, string> & { user?: string };

// A symbol: routes don't see it, and an app's data cannot collide with it.
const STATE = Symbol("state");

/** Undefined for a session of another package's storage. */
export const stateOf = (session: object) => (session as { [STATE]?: SessionState })[STATE];

/** The key of a flash in the session's data. */
export const flashKey = (name: string) => `__flash_${name}__`;
export const isFlashKey = (key: string) => key.startsWith("__flash_") && key.endsWith("__") && key.length >= 10;
export const flashName = (key: string) => key.slice("__flash_".length, -"__".length);

export const withoutFlashes = (data: object) =>
  Object.fromEntries(Object.entries(data).filter(([key]) => !isFlashKey(key)));

/** A Session like Remix's own. */
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
    // Not an assignment, so that "__proto__" is a key like any other.
    Object.defineProperty(this.data, name, { value, writable: true, enumerable: true, configurable: true });
  }

  flash(name: string, value: unknown) {
    this.set(flashKey(name), value);
  }

  unset(name: string) {
    this.#assertOpen();
    delete this.data[name];
  }

  // A flag, not methods that throw: those would make each request's session an object of a new shape, which is slow.
  #assertOpen() {
    if (this[STATE].isClosed) throw closedError();
  }
}

/** @param data left out where `state.json` has it */
export function createSession<Data = SessionData, FlashData = Data>(
  data?: Partial<Data>,
  id = "",
  state: SessionState = data ? {} : { json: "{}" },
): Session<Data, FlashData> {
  return new PlainSession(data, id, state) as unknown as Session<Data, FlashData>;
}
