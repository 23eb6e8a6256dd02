/**
 * SuperflareSession wraps a Session of any storage: the part that loaders and actions use. Named after Superflare, the
 * toolkit whose documentation first described this pattern.
 */
import { SessionTracker } from "./tracker";
import {
  type AnySession,
  type CommitOptions,
  type DataOf,
  type FlashDataOf,
  isFlashKey,
  type Session,
  type SessionData,
  withoutFlashes,
} from "./types";

type Name<T> = keyof T & string;

/** Where handleFetch finds the tracker. A symbol, so that routes don't see it. */
export const tracker = Symbol("tracker");

class WrappedSession<Data = SessionData, FlashData = Data> {
  readonly [tracker]: SessionTracker;

  constructor(session: AnySession) {
    this[tracker] = new SessionTracker(session);
  }

  /** The session's id. Empty until the first commit, and from `regenerate` or `destroy` until the response. */
  get id(): string {
    const { id } = this[tracker].use();
    return this[tracker].ending ? "" : id;
  }

  /** All values, without flashes. Frozen: use `set`. A value inside may be mutated; that is stored. */
  get data(): Readonly<Partial<Data>> {
    return Object.freeze(withoutFlashes(this[tracker].use().data)) as Readonly<Partial<Data>>;
  }

  /** Whether there is a value or a flash of this name. Does not use up the flash. */
  has(name: Name<Data> | Name<FlashData>): boolean {
    return !isFlashKey(name) && (this[tracker].use().has(name) || this[tracker].hasFlash(name));
  }

  /** The value of this name, or else the flash, as `getFlash` reads it (3.4). A value mutated in place is stored. */
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
  set<Key extends Name<Data>>(name: Key, value: Data[Key]): void {
    this[tracker].set(name, value);
  }

  /** Removes the value and the flash of this name. @throws SessionError "closed" after the response */
  unset(name: Name<Data> | Name<FlashData>): void {
    this[tracker].unset(name);
  }

  /**
   * A message for the next page: stored until a response has shown it. Replaces one of the same name. Throws as `set`.
   */
  flash<Key extends Name<FlashData>>(name: Key, value: FlashData[Key]): void {
    this[tracker].flash(name, value);
  }

  /**
   * The flash of this name. Used up if the response shows a page (flash.ts); can be read again within the request.
   *
   * @throws SessionError "closed" if it is first read after the response: the next page would show it again
   */
  getFlash<Key extends Name<FlashData>>(name: Key): FlashData[Key] | undefined {
    return this[tracker].readFlash(name) as FlashData[Key] | undefined;
  }

  /** Leaves this flash, or all that the request reads, for the next page as well. */
  keepFlash(name?: Name<FlashData>): void {
    this[tracker].keepFlash(name);
  }

  /** Whether the data differs from what it was before the request. Setting the same value again is no change. */
  isDirty(): boolean {
    return this[tracker].isDirty();
  }

  /** The wrapped Session, for its storage. Direct writes to it are stored as well. */
  getSession(): Session<Data, FlashData> {
    return this[tracker].use();
  }

  /**
   * Gives the session a new id and keeps its data. The stores with records end the old id at once (6.1). Call it at
   * sign-in and whenever rights grow, so that an id planted in the browser before is worthless (OWASP ASVS 5, 7.2.4).
   *
   * @param options.newLifetime restarts the absolute timeout, as a sign-in should; otherwise the session keeps its age
   * @param options.lifetime how long the session lasts from now on, as `commitSession` takes it (1.5): `{ maxAge: 3600 }`, or
   *   `{ maxAge: undefined }` for a cookie that ends with the browser. With another package's storage, pass it to
   *   `commitSession`
   */
  regenerate({ newLifetime = false, lifetime }: { newLifetime?: boolean; lifetime?: CommitOptions } = {}): void {
    this[tracker].regenerate(newLifetime, lifetime);
  }

  /** Ends the session and removes its cookie (6.2). What you set after it, such as a flash, starts a new session. */
  destroy(): void {
    this[tracker].destroy();
  }
}

export type SuperflareSession<Data = SessionData, FlashData = Data> = WrappedSession<Data, FlashData>;

// biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
export type AnySuperflareSession = SuperflareSession<any, any>;

/** Infers its types from the session, unless you name them. */
export const SuperflareSession: {
  new <S extends AnySession>(session: S): SuperflareSession<DataOf<S>, FlashDataOf<S>>;
  new <Data = SessionData, FlashData = Data>(session: AnySession): SuperflareSession<Data, FlashData>;
} = WrappedSession;
