/**
 * SuperflareSession wraps a Session of any storage for loaders and actions. It is named after Superflare, the toolkit
 * whose documentation first described this pattern.
 */
import { ConfigError } from "./errors";
import { isFlashKey, type Unread, withoutFlashes } from "./raw-session";
import { SessionTracker } from "./tracker";
import type { AnySession, CommitOptions, DataOf, FlashDataOf, Session, SessionData, Storable } from "./types";

type Name<T> = keyof T & string;

/** handleFetch finds the tracker here. It is a symbol, so that routes don't see it. */
export const tracker = Symbol("tracker");

const wrapped = new WeakSet<object>();

class WrappedSession<Data = SessionData, FlashData = Data> {
  readonly [tracker]: SessionTracker;

  constructor(session: AnySession) {
    // One wrapper would not see what is written through the other.
    if (tracker in session || wrapped.has(session))
      throw new ConfigError("new SuperflareSession() takes a session of a storage that has no wrapper yet.");
    wrapped.add(session);
    this[tracker] = new SessionTracker(session);
  }

  /**
   * Returns the session's id. It is empty until the first commit, and from `regenerate` or `destroy` to the response.
   */
  get id(): string {
    const { id } = this[tracker].use();
    return this[tracker].ending ? "" : id;
  }

  /**
   * Tells why a visitor who sent a cookie looks anonymous (4.6): the store is `unavailable`, or the session was `replaced`,
   * which means that it got a new id a moment ago and this browser does not have it yet. A write of such a request is
   * answered "not saved"; `destroy` works.
   */
  get unread(): Unread | undefined {
    this[tracker].use();
    return this[tracker].state?.read.unread;
  }

  /** Returns all values, without flashes. It is frozen: use `set`. A mutation inside a value is stored. */
  get data(): Readonly<Partial<Data>> {
    return Object.freeze(withoutFlashes(this[tracker].use().data)) as Readonly<Partial<Data>>;
  }

  /** Tells whether there is a value or a flash of this name, without using up the flash. */
  has(name: Name<Data> | Name<FlashData>): boolean {
    return !isFlashKey(name) && (this[tracker].use().has(name) || this[tracker].hasFlash(name));
  }

  /** Returns the value of this name, or else the flash, as `getFlash` does (3.4). A mutation of the value is stored. */
  get<Key extends Name<Data> | Name<FlashData>>(
    name: Key,
  ): (Key extends keyof Data ? Data[Key] : never) | (Key extends keyof FlashData ? FlashData[Key] : never) | undefined {
    const { data } = this[tracker].use();
    const isValue = Object.hasOwn(data, name) && !isFlashKey(name);
    return isValue ? data[name] : (this[tracker].readFlash(name) as never);
  }

  /**
   * Stores the value.
   *
   * @throws SessionError "not-storable" if the key or the value would not survive JSON (4.2), "closed" after the
   *   response (4.4)
   */
  set<Key extends Name<Data>>(name: Key, value: Storable<Data, Key>): void {
    this[tracker].set(name, value);
  }

  /** Removes the value and the flash of this name. @throws SessionError "closed" after the response */
  unset(name: Name<Data> | Name<FlashData>): void {
    this[tracker].unset(name);
  }

  /**
   * Stores a message for the next page until a response has shown it. It replaces one of the same name. Throws as
   * `set`.
   */
  flash<Key extends Name<FlashData>>(name: Key, value: Storable<FlashData, Key>): void {
    this[tracker].flash(name, value);
  }

  /**
   * Returns the flash of this name. A response that shows a page uses it up (flashes.ts); this request can read it again.
   *
   * @throws SessionError "closed" if it is first read after the response, since the next page would show it again
   */
  getFlash<Key extends Name<FlashData>>(name: Key): FlashData[Key] | undefined {
    return this[tracker].readFlash(name) as FlashData[Key] | undefined;
  }

  /** Keeps this flash, or all that the request reads, for the next page too. */
  keepFlash(name?: Name<FlashData>): void {
    this[tracker].keepFlash(name);
  }

  /** Tells whether the data differs from before the request. Setting the same value again is no change. */
  isDirty(): boolean {
    return this[tracker].isDirty();
  }

  /** Returns the wrapped Session, for its storage. Direct writes to it are stored too. */
  getSession(): Session<Data, FlashData> {
    return this[tracker].use();
  }

  /**
   * Gives the session a new id and keeps its data. Stores with records end the old id at once (6.1). Call it at sign-in
   * and whenever rights grow, so that an id planted in the browser before is worthless (OWASP ASVS 5, 7.2.4).
   *
   * @param options.newLifetime restarts the absolute timeout, as a sign-in should; otherwise the session keeps its age
   * @param options.lifetime how long the session lasts from now on, as `commitSession` takes it (1.5): `{ maxAge: 3600
   *   }`, or `{ maxAge: undefined }` for a cookie that ends with the browser
   * @throws ConfigError at the commit with another package's storage, unless `adaptStorage` is in front of it
   */
  regenerate({ newLifetime = false, lifetime }: { newLifetime?: boolean; lifetime?: CommitOptions } = {}): void {
    this[tracker].regenerate(newLifetime, lifetime);
  }

  /** Ends the session and removes its cookie (6.2). A later `set` or `flash` starts a new one. Throws as `regenerate`. */
  destroy(): void {
    this[tracker].destroy();
  }
}

export type SuperflareSession<Data = SessionData, FlashData = Data> = WrappedSession<Data, FlashData>;

// biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
export type AnySuperflareSession = SuperflareSession<any, any>;

/** The types are inferred from the session, unless you name them. */
export const SuperflareSession: {
  new <S extends AnySession>(session: S): SuperflareSession<DataOf<S>, FlashDataOf<S>>;
  new <Data = SessionData, FlashData = Data>(session: AnySession): SuperflareSession<Data, FlashData>;
} = WrappedSession;
