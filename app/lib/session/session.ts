/**
 * SuperflareSession wraps a Remix Session, whichever storage made it, and knows at the end of a request whether
 * anything has changed. `handleFetch` asks it, and commits. Needs nothing but Remix.
 */
import { createSession, type Session, type SessionData } from "@remix-run/cloudflare";
import { SessionError } from "./errors";
import { assertStorable } from "./storable";

type Name<T> = keyof T & string;

/** Where Remix keeps a flash: in the data, under a key of its own. */
const flashKey = (name: string) => `__flash_${name}__`;
const isFlashKey = (key: string) => /^__flash_.*__$/s.test(key);
const flashName = (key: string) => key.slice("__flash_".length, -"__".length);
const withoutFlashes = (data: object) => Object.fromEntries(Object.entries(data).filter(([key]) => !isFlashKey(key)));

/** For handleFetch alone: not part of what routes see. Assigned below, where the private fields are in reach. */
export let lifecycle: {
  /** Keeps all flashes for a later request: this one cannot show any. */
  holdFlash(session: AnySuperflareSession): void;
  /** Ends the request: from here on a write throws, and undelivered flashes are pending again. Asks only if there are any. */
  close(session: AnySuperflareSession, wasDelivered: () => boolean): void;
  wasRead(session: AnySuperflareSession): boolean;
  /** Which of regenerate() and destroy() was called, if any. After both, everything is gone: "destroyed". */
  retired(session: AnySuperflareSession): "regenerated" | "destroyed" | undefined;
  /** Takes the data over into a session without an id, which its storage stores as a new one. */
  renew(session: AnySuperflareSession): void;
  /** What the session held when the request began, without flashes. Nothing that is done to it is kept. */
  original(session: AnySuperflareSession): AnySuperflareSession;
  /** The names of what differs from when the request began: `theme`, and for a flash `flash success`. */
  changes(session: AnySuperflareSession): string[];
  /** The flashes that are pending, and those that this request has read. Consumes nothing. */
  flashes(session: AnySuperflareSession): Record<string, unknown>;
};

// biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
export type AnySuperflareSession = SuperflareSession<any, any>;

export class SuperflareSession<Data = SessionData, FlashData = Data> {
  #session: Session<Data, FlashData>;
  /** The data as it came, as JSON: whatever has changed by the end, by whichever way, is found by comparing (2.1, 2.3). */
  readonly #before: string | undefined;
  /** Flashes that this request has read, so that a second loader reads the same (3.2). */
  readonly #shown = new Map<string, unknown>();
  /** Flashes that this request has unset: the only ones that are not pending again after a response without a page. */
  readonly #dropped = new Set<string>();
  readonly #kept = new Set<string>();
  #isHoldingFlash = false;
  #isClosed = false;
  #retired: "regenerated" | "destroyed" | undefined;
  #wasRead = false;

  constructor(session: Session<Data, FlashData>) {
    this.#session = session;
    this.#before = toJson(session.data);
  }

  /** The id in the store. Empty, as Remix has it, for a session that was not committed yet. */
  get id(): string {
    this.#wasRead = true;
    return this.#retired ? "" : this.#session.id;
  }

  /**
   * All values, without flashes. Frozen, since an assignment to it could not be kept: use `set`. A value inside may be
   * mutated, and is kept.
   */
  get data(): Readonly<Partial<Data>> {
    this.#wasRead = true;
    return Object.freeze(withoutFlashes(this.#session.data)) as Readonly<Partial<Data>>;
  }

  /** Whether there is a value or a flash of this name. Consumes nothing. */
  has(name: Name<Data> | Name<FlashData>): boolean {
    this.#wasRead = true;
    return !isFlashKey(name) && (this.#session.has(name) || this.#shown.has(name));
  }

  /**
   * The value of this name; where there is none, the flash of this name, read as by `getFlash` (3.4). A value that is
   * mutated in place before the response is kept.
   */
  get<Key extends Name<Data> | Name<FlashData>>(
    name: Key,
  ): (Key extends keyof Data ? Data[Key] : never) | (Key extends keyof FlashData ? FlashData[Key] : never) | undefined {
    this.#wasRead = true;
    const data = this.#session.data as Record<string, unknown>;
    const value = Object.hasOwn(data, name) && !isFlashKey(name) ? data[name] : this.#readFlash(name);
    return value as never;
  }

  /**
   * Keeps the value from now on.
   *
   * @throws SessionError "not-storable" if it would not survive JSON (4.2), "closed" after the response (4.4)
   */
  set<Key extends Name<Data>>(name: Key, value: Data[Key]): void {
    this.#assertWritable(name);
    assertStorable(value, name);
    this.#session.set(name, value);
  }

  /** Removes the value of this name, and a flash that is pending under it. */
  unset(name: Name<Data> | Name<FlashData>): void {
    this.#assertWritable(name);
    this.#session.unset(name as Name<Data>);
    this.#session.unset(flashKey(name) as Name<Data>);
    this.#shown.delete(name);
    this.#dropped.add(name);
  }

  /**
   * Keeps the value until a response has shown it: for a message to the next page. A second flash of the same name
   * before that takes the first one's place.
   *
   * @throws SessionError as `set`
   */
  flash<Key extends Name<FlashData>>(name: Key, value: FlashData[Key]): void {
    this.#assertWritable(name);
    assertStorable(value, name);
    // Not the session's own flash(): another package may keep flashes elsewhere, and all of them have set().
    this.#session.set(flashKey(name) as Name<Data>, value as never);
    this.#dropped.delete(name);
  }

  /**
   * The flash of this name. Reading uses it up, if the response then shows a page (flash-delivery.ts); within the
   * request it can be read again.
   *
   * @throws SessionError "closed" if it is first read after the response was sent: the next page would show it again
   */
  getFlash<Key extends Name<FlashData>>(name: Key): FlashData[Key] | undefined {
    this.#wasRead = true;
    return this.#readFlash(name) as FlashData[Key] | undefined;
  }

  /** Has this flash, or all that this request reads, shown once more by the next page. */
  keepFlash(name?: Name<FlashData>): void {
    this.#assertOpen();
    this.#kept.add(name ?? "*");
  }

  /** Whether the data differs from what it was when the request began. Setting what is already there is no change. */
  isDirty(): boolean {
    if (this.#retired) return true;
    const [before, now] = [this.#before, toJson(this.#session.data)];
    if (before === undefined || now === undefined) return true;
    // What nobody has touched is the same text. Only where it is not does the order of the keys have to be looked past.
    return now !== before && inOrder(now) !== inOrder(before);
  }

  /** The wrapped Session, for its storage. Writes on it are found and kept as well. */
  getSession(): Session<Data, FlashData> {
    this.#wasRead = true;
    return this.#session;
  }

  /**
   * Gives the session a new id and keeps its data; the old id is dead. Call it where somebody signs in or gains
   * rights, so that an id planted before is worth nothing (OWASP ASVS 5, 7.2.4). Needs handleFetch's `destroySession`.
   */
  regenerate(): void {
    this.#assertOpen();
    this.#retired ??= "regenerated";
  }

  /**
   * Ends the session: all data goes, and the cookie. What is set after it, such as the flash of a "signed out" message,
   * begins a new session. Needs handleFetch's `destroySession`.
   */
  destroy(): void {
    this.#assertOpen();
    for (const key of Object.keys(this.#session.data)) {
      this.#session.unset(key as Name<Data>);
      if (isFlashKey(key)) this.#dropped.add(flashName(key));
    }
    for (const name of this.#shown.keys()) this.#dropped.add(name);
    this.#shown.clear();
    this.#retired = "destroyed";
  }

  #readFlash(name: string): unknown {
    const key = flashKey(name) as Name<Data>;
    if (!this.#isHoldingFlash && this.#session.has(key)) {
      this.#assertOpen(`the flash "${name}" cannot be read`);
      this.#shown.set(name, this.#session.get(key));
      this.#session.unset(key);
    }
    return this.#shown.get(name);
  }

  #assertWritable(name: string): void {
    this.#assertOpen(`"${name}" cannot be changed`);
    if (isFlashKey(name)) {
      throw new SessionError("not-storable", `"${name}" is a name that the session keeps for flashes. Choose another.`);
    }
  }

  #assertOpen(what = "it cannot be changed"): void {
    if (!this.#isClosed) return;
    throw new SessionError(
      "closed",
      `The session's response has been sent, so ${what} any more. Do it before the loader or action returns, and ` +
        "not in deferred data, in waitUntil, or after an await that nobody waits for.",
    );
  }

  /** Flashes that were read, with `get` on the raw session too, but that no page has shown, are pending again. */
  #returnFlashes(wasDelivered: () => boolean): void {
    // Most sessions have none, and need not be parsed for it.
    const data = this.#before?.includes("__flash_") ? JSON.parse(this.#before) : {};
    const read = new Map(Object.entries(data).filter(([key]) => isFlashKey(key)));
    for (const [name, value] of this.#shown) read.set(flashKey(name), value);
    if (read.size === 0) return;

    const isReturned = !wasDelivered();
    for (const [key, value] of read) {
      const name = flashName(key);
      const isKept = this.#kept.has(name) || this.#kept.has("*");
      if ((isKept || isReturned) && !this.#dropped.has(name) && !this.#session.has(key as Name<Data>)) {
        this.#session.set(key as Name<Data>, value as never);
      }
    }
  }

  static {
    lifecycle = {
      holdFlash(session) {
        session.#isHoldingFlash = true;
      },
      close(session, wasDelivered) {
        session.#returnFlashes(wasDelivered);
        session.#isClosed = true;
        // The wrapped session as well: nobody would store what is written to it from now on.
        const refuse = () => session.#assertOpen();
        for (const method of ["set", "unset", "flash"]) Reflect.set(session.#session, method, refuse);
      },
      wasRead: (session) => session.#wasRead,
      retired: (session) => session.#retired,
      original(session) {
        return new SuperflareSession(createSession(withoutFlashes(JSON.parse(session.#before ?? "{}"))));
      },
      changes(session) {
        const before = JSON.parse(session.#before ?? "{}");
        const now: Record<string, unknown> = session.#session.data;
        return [...new Set([...Object.keys(before), ...Object.keys(now)])]
          .filter((key) => inOrder(toJson({ value: before[key] })) !== inOrder(toJson({ value: now[key] })))
          .map((key) => (isFlashKey(key) ? `flash ${flashName(key)}` : key));
      },
      flashes(session) {
        const pending = Object.entries(session.#session.data).filter(([key]) => isFlashKey(key));
        return Object.fromEntries([...pending.map(([key, value]) => [flashName(key), value]), ...session.#shown]);
      },
      renew(session) {
        session.#session = createSession({ ...session.#session.data });
      },
    };
  }
}

/** Nothing for data that JSON cannot hold. */
function toJson(data: object): string | undefined {
  try {
    return JSON.stringify(data);
  } catch {
    return undefined;
  }
}

/** The same text for the same data, whatever the order of its keys. */
function inOrder(json = "{}"): string {
  return JSON.stringify(JSON.parse(json), (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
