/**
 * SuperflareSession wraps a Session, whichever storage made it. This is the part that loaders and actions use. The name
 * comes from Superflare, the toolkit in whose documentation this pattern was first described.
 */
import { SessionTracker } from "./tracker";
import {
  type AnySession,
  createSession,
  type DataOf,
  type FlashDataOf,
  isFlashKey,
  type Session,
  type SessionData,
} from "./types";

type Name<T> = keyof T & string;

/** Where handleFetch finds the tracker. A symbol, so that routes don't see it. */
export const tracker = Symbol("tracker");

class TrackedSession<Data = SessionData, FlashData = Data> {
  readonly [tracker]: SessionTracker;

  constructor(session: AnySession = createSession() as AnySession) {
    this[tracker] = new SessionTracker(session);
  }

  /** The session's id. Empty for one that was not committed yet, or that is about to get a new id. */
  get id(): string {
    const { id } = this[tracker].use();
    return this[tracker].ending ? "" : id;
  }

  /**
   * All values, without flashes. Frozen, because an assignment could not be stored: use `set`. A value inside may be
   * mutated; that is stored.
   */
  get data(): Readonly<Partial<Data>> {
    const values = Object.entries(this[tracker].use().data).filter(([key]) => !isFlashKey(key));
    return Object.freeze(Object.fromEntries(values)) as Readonly<Partial<Data>>;
  }

  /** Whether there is a value or a flash of this name. Uses no flash up. */
  has(name: Name<Data> | Name<FlashData>): boolean {
    return !isFlashKey(name) && (this[tracker].use().has(name) || this[tracker].hasFlash(name));
  }

  /**
   * The value of this name; if there is none, the flash of this name, as `getFlash` reads it (3.4). A value that is
   * mutated in place before the response is stored.
   */
  get<Key extends Name<Data> | Name<FlashData>>(
    name: Key,
  ): (Key extends keyof Data ? Data[Key] : never) | (Key extends keyof FlashData ? FlashData[Key] : never) | undefined {
    const { data } = this[tracker].use();
    const isValue = Object.hasOwn(data, name) && !isFlashKey(name);
    return (isValue ? data[name] : this[tracker].readFlash(name)) as never;
  }

  /**
   * Stores the value.
   *
   * @throws SessionError "not-storable" if the key or the value would not survive JSON (4.2), "closed" after the
   *   response (4.4)
   */
  set<Key extends Name<Data>>(name: Key, value: Data[Key]): void {
    this[tracker].write(name, value);
  }

  /** Removes the value of this name, and a pending flash of this name. */
  unset(name: Name<Data> | Name<FlashData>): void {
    this[tracker].unset(name);
  }

  /**
   * Stores the value until a response has shown it: a message for the next page. A second flash of the same name
   * replaces the first.
   *
   * @throws SessionError as `set`
   */
  flash<Key extends Name<FlashData>>(name: Key, value: FlashData[Key]): void {
    this[tracker].flash(name, value);
  }

  /**
   * The flash of this name. Reading uses it up if the response then shows a page (flash.ts); within the request it can
   * be read again.
   *
   * @throws SessionError "closed" if it is first read after the response was sent: the next page would show it again
   */
  getFlash<Key extends Name<FlashData>>(name: Key): FlashData[Key] | undefined {
    return this[tracker].readFlash(name) as FlashData[Key] | undefined;
  }

  /** Has the next page show this flash once more, or all flashes that this request reads. */
  keepFlash(name?: Name<FlashData>): void {
    this[tracker].keepFlash(name);
  }

  /** Whether the data differs from what it was before the request. Setting what is already there is no change. */
  isDirty(): boolean {
    return this[tracker].isDirty();
  }

  /** The wrapped Session, for its storage. Writes on it are detected and stored as well. */
  getSession(): Session<Data, FlashData> {
    return this[tracker].use() as Session<Data, FlashData>;
  }

  /**
   * Gives the session a new id and keeps its data; the old id is dead at once in the stores that keep records (6.1).
   * Call it when somebody signs in or gains rights, so that an id planted in the browser before is worth nothing
   * (OWASP ASVS 5, 7.2.4).
   *
   * @param options.newLifetime starts the absolute timeout again, as a sign-in does; otherwise the session keeps its age
   */
  regenerate({ newLifetime = false }: { newLifetime?: boolean } = {}): void {
    this[tracker].regenerate(newLifetime);
  }

  /**
   * Ends the session: all data goes, and the cookie (6.2). What is set after it, such as the flash of a "signed out"
   * message, starts a new session.
   */
  destroy(): void {
    this[tracker].destroy();
  }
}

export type SuperflareSession<Data = SessionData, FlashData = Data> = TrackedSession<Data, FlashData>;

// biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
export type AnySuperflareSession = SuperflareSession<any, any>;

/** Takes its types from the session, or is told them. */
export const SuperflareSession: {
  new <S extends AnySession>(session: S): SuperflareSession<DataOf<S>, FlashDataOf<S>>;
  new <Data = SessionData, FlashData = Data>(session: AnySession): SuperflareSession<Data, FlashData>;
} = TrackedSession;
