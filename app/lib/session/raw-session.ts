/** The session that the storages of this folder make. It behaves as Remix's own, and carries the storage's state. */
import type { Snapshot } from "./changes";
import { ConfigError } from "./errors";
import type { AnySession, CommitOptions, Session, SessionData } from "./types";

/** Routes do not see it. */
export interface SessionState {
  read: ReadState;
  plan: CommitPlan;
  former?: FormerSession;
}

/** What the storage found, as it was read or as the last commit of this request left it. */
export interface ReadState {
  /** The claims of the cookie that the visitor sent, whether its session is still there or not. */
  sent?: Claims | undefined;
  /** The claims of the session. A new one has none. */
  claims?: Claims | undefined;
  /** The browser has never got the id that replaced this one, so nobody uses the session any more (4.11). */
  isAbandoned?: boolean;
  /** The data is not known, so it must not be overwritten (4.6). */
  unread?: Unread | undefined;
  /** The cookie is to be renewed even if nothing changed (rule 2.6). */
  isRenewalDue?: boolean;
  /** The number of characters in the cookie's value. */
  length?: number;
  /** The values of the record, so that a commit sends only what changed. */
  stored?: StoredValues | undefined;
  /** The second in which the record was read. A write follows the session to an id that it got later (8.2). */
  at?: number;
  /** What the store keeps about the session in the visitor's cookie. */
  note?: string;
  /** The data of the last commit of this request, perhaps a route's own. */
  committed?: Snapshot | undefined;
}

/**
 * `unavailable`: the store failed. `replaced`: the session got a new id a moment ago, and this browser does not have it
 * yet.
 */
export type Unread = "unavailable" | "replaced";

/** What handleFetch asks of the commit. */
export interface CommitPlan {
  ending?: Ending | undefined;
  /** The keys of the flashes that this request set. Each is a newer message, even with the text of an older one (3.8). */
  newFlashes?: ReadonlySet<string>;
  /** The line may be empty if the visitor's cookie need not change (rule 2.6). */
  mayOmitCookie?: boolean;
}

/** The session gets a new id (rule 6.1), or is over (rule 6.2). */
export interface Ending {
  kind: "regenerate" | "destroy";
  /** After `destroy`, `regenerate` was called or a `user` was set: somebody else signs in. */
  isSignIn?: boolean;
  /** The absolute timeout restarts, as at a sign-in. */
  newLifetime: boolean;
  /** The session's lifetime from now on, unless `commitSession` gets another. */
  lifetime?: CommitOptions | undefined;
}

/** A storage in front of the storage keeps this about the session that came from before (session-extras/adopt.ts). */
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

/** Each value is a JSON text of its own: `{ theme: '"dark"' }`. `user` finds a user's sessions. */
export type StoredValues = Record<string, string> & { user?: string };

// It is a symbol, so routes don't see it and an app's data cannot collide with it.
const STATE = Symbol("state");

/** Returns undefined for a session of another package's storage. */
export const stateOf = (session: object) => (session as { [STATE]?: SessionState })[STATE];

/**
 * Returns the state for a commit. A session of another package has none yet, and is stored as a new one.
 *
 * @throws ConfigError for the wrapper, which compiles where the types are lost, and would store nothing (rule 4.13)
 */
export function rawStateOf(session: object): SessionState {
  if (!("getSession" in session)) return stateOf(session) ?? { read: {}, plan: {} };
  throw new ConfigError(
    "A storage takes `session.getSession()`, not the SuperflareSession itself: `commitSession(session.getSession())`.",
  );
}

/** Returns the key of a flash in the session's data. */
export const flashKey = (name: string) => `__flash_${name}__`;
export const isFlashKey = (key: string) => key.startsWith("__flash_") && key.endsWith("__") && key.length >= 10;
export const flashName = (key: string) => key.slice("__flash_".length, -"__".length);

export const withoutFlashes = (data: object) =>
  Object.fromEntries(Object.entries(data).filter(([key]) => !isFlashKey(key)));

/** Returns the flashes by name. */
export const flashesIn = (data: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => (isFlashKey(key) ? [[flashName(key), value]] : [])),
  );

class RawSession implements AnySession {
  readonly [STATE]: SessionState;
  readonly id: string;
  readonly data: Record<string, unknown>;

  constructor(data: object, id: string, state: SessionState) {
    this[STATE] = state;
    this.id = id;
    this.data = { ...data };
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
    // An assignment would not make "__proto__" a key like any other.
    Object.defineProperty(this.data, name, { value, writable: true, enumerable: true, configurable: true });
  }

  flash(name: string, value: unknown) {
    this.set(flashKey(name), value);
  }

  unset(name: string) {
    delete this.data[name];
  }
}

export function createSession<Data = SessionData, FlashData = Data>(
  data: Partial<Data> = {},
  id = "",
  read: ReadState = {},
  former?: FormerSession,
): Session<Data, FlashData> {
  const state: SessionState = { read, plan: {}, ...(former && { former }) };
  return new RawSession(data, id, state) as unknown as Session<Data, FlashData>;
}

/** From now on a write on the session throws, since nothing would store it, and so does reading a flash: that uses it up. */
export function refuseWrites(session: AnySession, why: () => Error): void {
  const refuse = () => {
    throw why();
  };
  const get = (name: string) => {
    if (Object.hasOwn(session.data, name)) return session.data[name];
    return session.has(name) ? refuse() : undefined;
  };
  Object.assign(session, { set: refuse, unset: refuse, flash: refuse, get });
}
