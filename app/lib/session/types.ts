/**
 * The shape of a session and of a session storage, as Remix 2 and React Router 7 and 8 have them. Written down here so
 * that the folder imports nothing, and runs under each of them (rules 1.1, 1.4).
 */

/** For an app that has no types of its own. */
export type SessionData = Record<string, Any>;

type FlashKey<Key extends string> = `__flash_${Key}__`;

export interface Session<Data = SessionData, FlashData = Data> {
  /** Empty for a session that has not been committed yet. */
  readonly id: string;
  /** All values and all flashes, the latter as `__flash_name__`. */
  readonly data: Partial<Data & { [Key in keyof FlashData as FlashKey<Key & string>]: FlashData[Key] }>;
  has(name: (keyof Data | keyof FlashData) & string): boolean;
  /** A flash is removed when it is read. */
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

// biome-ignore lint/suspicious/noExplicitAny: a session of any app's data, typed by whichever package
type Any = any;

/** A Session of any data, whichever package made it. */
export interface AnySession {
  readonly id: string;
  readonly data: Any;
  has(name: Any): boolean;
  get(name: Any): Any;
  set(name: Any, value: Any): void;
  flash(name: Any, value: Any): void;
  unset(name: Any): void;
}

/** The data types of a Session, so that `new SuperflareSession(session)` can take them from it. */
export type DataOf<S extends { data: unknown }> = {
  [Key in keyof S["data"] as Key extends FlashKey<string> ? never : Key]-?: S["data"][Key];
};
export type FlashDataOf<S extends { data: unknown }> = string extends keyof S["data"]
  ? SessionData
  : { [Key in keyof S["data"] as Key extends FlashKey<infer Name> ? Name : never]-?: S["data"][Key] };

export interface CommitOptions {
  /** Seconds until the cookie expires. `undefined`, if it is given, makes a cookie that ends with the browser. */
  maxAge?: number | undefined;
  expires?: Date | undefined;
}

export interface SessionStorage<Data = SessionData, FlashData = Data> {
  getSession(cookieHeader?: string | null): Promise<Session<Data, FlashData>>;
  /** Stores the session and resolves to its `Set-Cookie` line. */
  commitSession(session: Session<Data, FlashData>, options?: CommitOptions): Promise<string>;
  /** Ends the session and resolves to the line that removes its cookie. */
  destroySession(session: Session<Data, FlashData>): Promise<string>;
}

/** What a storage of this folder remembers of its session beside the data, and what the wrapper asks of the commit. */
export interface Backstage {
  /** The session as the cookie names it. None for a new one. */
  known?: Known | undefined;
  /** The store did not answer: what the session holds is unknown, and must not be replaced (rule 4.6). */
  isUnread?: boolean;
  /** It is unread because it got a new id a moment ago. */
  isMoved?: boolean;
  /** The cookie is due to be issued again although nothing changed (rule 2.6). */
  isRenewalDue?: boolean;
  /** Characters of the value of the cookie that the request came with. */
  length?: number;
  /** The data as JSON, when the storage has it as a text: saves the wrapper from writing it again. */
  json?: string;
  /** In the stores with records: each value as it was read, to send only what has changed. */
  stored?: StoredValues | undefined;
  ending?: Ending | undefined;
  /** Flashes that this request set: a newer message, even if its text is the same as an older one's (rule 3.8). */
  newFlashes?: ReadonlySet<string>;
}

export interface Known {
  /** 128 random bits, base64url (rule 6.3). */
  id: string;
  /** Seconds since 1970. The absolute timeout counts from here, the idle timeout from `renewedAt`. */
  createdAt: number;
  renewedAt: number;
  /** Seconds. This session's own idle timeout, where `commitSession` was given a lifetime (rule 1.5). */
  idle?: number | undefined;
  /** The cookie has no Max-Age. */
  endsWithBrowser?: boolean | undefined;
}

/** The session gets a new id (rule 6.1), or is over (rule 6.2). */
export interface Ending {
  kind: "regenerate" | "destroy";
  /** The absolute timeout starts again, as at a sign-in. */
  newLifetime: boolean;
}

/** Each value as a JSON text of its own: `{ theme: '"dark"' }`. */
export type StoredValues = Record<string, string>;

// A symbol: routes don't see it, an app's data cannot collide with it, and JSON and `data` leave it out.
const backstage = Symbol("backstage");

/** Undefined for a session that a storage of another package made. */
export function backstageOf(session: object): Backstage | undefined {
  return (session as { [backstage]?: Backstage })[backstage];
}

/** Where Session keeps a flash: in its data, under a key of its own. */
export const flashKey = (name: string) => `__flash_${name}__`;
export const isFlashKey = (key: string) => key.startsWith("__flash_") && key.endsWith("__") && key.length >= 10;
export const flashName = (key: string) => key.slice("__flash_".length, -"__".length);

/** A Session like Remix's own. Where its storage has the data as JSON, it is parsed when somebody asks for it. */
class PlainSession implements AnySession {
  readonly [backstage]: Backstage;
  #data: Record<string, unknown> | undefined;

  constructor(
    readonly id: string,
    state: Backstage,
    data: object | undefined,
  ) {
    this[backstage] = state;
    this.#data = data && { ...data };
  }

  get data() {
    this.#data ??= JSON.parse(this[backstage].json ?? "{}") as Record<string, unknown>;
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
    delete this.data[key];
    return value;
  }

  set(name: string, value: unknown) {
    // Not an assignment, so that "__proto__" is a key like any other.
    Object.defineProperty(this.data, name, { value, writable: true, enumerable: true, configurable: true });
  }

  flash(name: string, value: unknown) {
    this.data[flashKey(name)] = value;
  }

  unset(name: string) {
    delete this.data[name];
  }
}

/** @param data left out where `state.json` has it */
export function createSession<Data = SessionData, FlashData = Data>(
  data?: Partial<Data>,
  id = "",
  state: Backstage = {},
): Session<Data, FlashData> {
  return new PlainSession(id, state, data) as unknown as Session<Data, FlashData>;
}
