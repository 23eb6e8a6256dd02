/**
 * What happens to a session during one request. SuperflareSession is its face for routes; handleFetch closes it and asks
 * what has to be committed.
 */
import { assertStorable, SessionError } from "./errors";
import type { Flash } from "./flash";
import { type AnySession, backstageOf, createSession, type Ending, flashKey, flashName, isFlashKey } from "./types";

/** What a request has changed, the weightiest of it. It decides what the visitor is told if it cannot be kept (rule 4.6). */
export type Change = "none" | "renewal" | "flash" | "values" | "identity";

type Values = Record<string, unknown>;

export class SessionTracker {
  #session: AnySession;
  /** The data before anybody used it, as JSON if JSON can hold it. Compared at the end to detect any change (2.1, 2.3). */
  readonly #before: string | Values;
  readonly #flashes = new Map<string, Flash>();
  /** Flashes that came with the request and that it has read. */
  readonly #shownFlashes = new Set<string>();
  readonly #keptFlashes = new Set<string>();
  #isSpeculative = () => false;
  #isClosed = false;
  #remove: (key: string) => void;
  /** A storage of this folder made the session: it ends the old one and stores the new one in one step. */
  readonly isOurs: boolean;
  /** Whether the app used the session. Only then is the response personal, and may the session be renewed. */
  wasUsed = false;
  ending: Ending | undefined;

  constructor(session: AnySession) {
    this.#session = session;
    const state = backstageOf(session);
    this.isOurs = state !== undefined;
    this.#before = state?.json ?? toJson(session.data) ?? copyOf(session.data);
    this.#remove = (key) => session.unset(key);
  }

  /** Every use of the session starts here. The first one notes what it holds before anything can change. */
  use(): AnySession {
    if (this.wasUsed) return this.#session;
    // The response may be public by now, since nothing marked it as personal (P5).
    this.assertOpen("it cannot be read for the first time");
    this.wasUsed = true;
    const data: Values = this.#session.data;
    for (const key of Object.keys(data)) {
      if (isFlashKey(key)) this.#flashes.set(flashName(key), { value: data[key], isNew: false, isShown: false });
    }
    return this.#session;
  }

  write(name: string, value: unknown): void {
    this.#assertWritable(name);
    assertStorable(name, value);
    this.#session.set(name, value);
  }

  unset(name: string): void {
    this.#assertWritable(name);
    this.#session.unset(name);
    this.#session.unset(flashKey(name));
    this.#flashes.delete(name);
  }

  flash(name: string, value: unknown): void {
    this.#assertWritable(name);
    assertStorable(name, value);
    // Not the session's own flash(): another package may keep flashes elsewhere, and all of them have set().
    this.#session.set(flashKey(name), value);
    this.#flashes.set(name, { value, isNew: true, isShown: false });
  }

  readFlash(name: string): unknown {
    const key = flashKey(name);
    const isPending = this.use().has(key);
    const known = this.#flashes.get(name);
    if (!isPending) return known?.value;
    const value = this.#session.get(key);
    const isNew = isNewFlash(known, value);
    if (!isNew && this.#isSpeculative()) return undefined;
    this.assertOpen(`the flash "${name}" cannot be read`);
    if (!isNew) this.#shownFlashes.add(name);
    this.#flashes.set(name, { value, isNew, isShown: true });
    this.#session.unset(key);
    return value;
  }

  hasFlash(name: string): boolean {
    return this.use().has(flashKey(name)) || this.#flashes.has(name);
  }

  keepFlash(name = "*"): void {
    this.assertOpen();
    this.use();
    this.#keptFlashes.add(name);
  }

  regenerate(newLifetime: boolean): void {
    this.assertOpen();
    this.use();
    const { kind = "regenerate", newLifetime: wasNew = false } = this.ending ?? {};
    this.ending = { kind, newLifetime: wasNew || newLifetime };
  }

  destroy(): void {
    this.assertOpen();
    this.use();
    this.#flashes.clear();
    this.#removeAll();
    this.ending = { kind: "destroy", newLifetime: true };
  }

  isDirty(): boolean {
    if (!this.wasUsed) return false;
    return this.ending !== undefined || this.#hasNewFlash() || this.#changedKeys().length > 0;
  }

  assertOpen(what = "it cannot be changed"): void {
    if (!this.#isClosed) return;
    throw new SessionError(
      "closed",
      `The session's response has been sent, so ${what} any more. Do it before the loader or action returns, and ` +
        "not in deferred data, in waitUntil, or after a promise that nobody awaits.",
    );
  }

  /** Flashes wait for another response if this one may never be seen. Asked when the first of them is read. */
  holdFlashesIf(isSpeculative: () => boolean): void {
    this.#isSpeculative = isSpeculative;
  }

  /**
   * Ends the request: a write throws from here on. What the session holds after it is what has to be committed. A
   * failed request commits no change of values; returns whether it had made one (4.5).
   */
  close({ isDelivered, isFailure }: { isDelivered: () => boolean; isFailure: boolean }): boolean {
    this.#isClosed = true;
    if (!this.wasUsed) return false;
    this.#settleFlashes(isDelivered);
    const hasDropped = isFailure && this.#revert();
    // The wrapped session is closed as well: nobody would store what is written to it from now on.
    const { unset } = this.#session;
    this.#remove = (key) => unset.call(this.#session, key);
    const refuse = () => this.assertOpen();
    const { data } = this.#session;
    // Values alone can still be read: to read a flash is to use it up.
    const get = (name: string) => (Object.hasOwn(data, name) ? data[name] : this.#session.has(name) && refuse());
    Object.assign(this.#session, { set: refuse, unset: refuse, flash: refuse, get });
    return hasDropped;
  }

  /** After `close`. */
  change(): Change {
    if (!this.wasUsed) return "none";
    const changed = this.#changedKeys();
    const hasNewValues = !changed.every(isFlashKey);
    // Whoever comes without a session has nothing to end (2.2); but a sign-in is a new identity from the start (4.6).
    if (this.ending && (this.#hadSession() || hasNewValues)) return "identity";
    if (hasNewValues) return "values";
    return changed.length > 0 || this.#hasNewFlash() ? "flash" : "none";
  }

  /** The cookie is due to be issued again. Only a session that the app used is renewed (2.6, 5.2). */
  isRenewalDue(): boolean {
    return this.wasUsed && backstageOf(this.#session)?.isRenewalDue === true;
  }

  /** The wrapped session, which its storage is told what to do with. */
  forCommit(): AnySession {
    const state = backstageOf(this.#session);
    if (state) {
      state.ending = this.ending;
      state.newFlashes = new Set([...this.#flashes].flatMap(([name, { isNew }]) => (isNew ? [flashKey(name)] : [])));
    }
    return this.#session;
  }

  /** For a storage of another package: takes the data over into a session without an id, which it stores as a new one. */
  renew(): void {
    this.#session = createSession({ ...this.#session.data }) as AnySession;
  }

  /**
   * Leaves out of the commit what can be lost first: this request's flashes (4.3), then what was set after `destroy`
   * (6.2). False if there is nothing of the kind.
   */
  shed(): boolean {
    const newFlashes = [...this.#flashes].filter(([, { isNew }]) => isNew).map(([name]) => name);
    for (const name of newFlashes) {
      this.#flashes.delete(name);
      this.#remove(flashKey(name));
    }
    if (newFlashes.length > 0) return true;
    // Without a session that has ended, nothing outweighs what would be lost.
    const isSignOut = this.ending?.kind === "destroy" && this.#hadSession();
    if (!isSignOut || Object.keys(this.#session.data).length === 0) return false;
    this.#removeAll();
    return true;
  }

  /** What the session held when the request began, without flashes. What is done to it is not stored. */
  original(): AnySession {
    const values = Object.entries(parse(this.#before)).filter(([key]) => !isFlashKey(key));
    return createSession(Object.fromEntries(values)) as AnySession;
  }

  /** The names of what has changed: `theme`, and for a flash `flash success`. */
  changedNames(): string[] {
    return this.#changedKeys().map((key) => (isFlashKey(key) ? `flash ${flashName(key)}` : key));
  }

  /** The flashes that are pending, and those that this request has read. Uses none of them up. */
  flashes(): Values {
    this.use();
    return Object.fromEntries([...this.#flashes].map(([name, { value }]) => [name, value]));
  }

  #assertWritable(name: string): void {
    this.assertOpen(`"${name}" cannot be changed`);
    this.use();
    if (isFlashKey(name)) {
      throw new SessionError("not-storable", `"${name}" is a key that the session uses for flashes. Choose another.`);
    }
  }

  /** Also one with the text of an older one, where the storage tells the two apart (3.8). */
  #hasNewFlash(): boolean {
    if (!backstageOf(this.#session)?.stored) return false;
    for (const { isNew, isShown } of this.#flashes.values()) if (isNew && !isShown) return true;
    return false;
  }

  #hadSession(): boolean {
    return this.#session.id !== "" || this.#before !== "{}";
  }

  #removeAll(): void {
    for (const key of Object.keys(this.#session.data)) this.#remove(key);
  }

  /** Puts back the flashes that were read, also with `get` on the raw session, but that no page has shown. */
  #settleFlashes(isDelivered: () => boolean): void {
    const data: Values = this.#session.data;
    for (const key of Object.keys(data).filter(isFlashKey)) {
      const value = data[key];
      const known = this.#flashes.get(flashName(key));
      this.#flashes.set(flashName(key), { value, isNew: isNewFlash(known, value), isShown: false });
    }
    let delivered: boolean | undefined;
    const isKept = (name: string) => {
      delivered ??= isDelivered();
      return !delivered || this.#keptFlashes.has(name) || this.#keptFlashes.has("*");
    };
    for (const [name, flash] of this.#flashes) {
      if (this.#session.has(flashKey(name))) continue;
      if (!flash.isNew) this.#shownFlashes.add(name);
      if (isKept(name)) this.#session.set(flashKey(name), flash.value);
      this.#flashes.set(name, { ...flash, isShown: !isKept(name) });
    }
    for (const name of this.#shownFlashes) if (isKept(name)) this.#shownFlashes.delete(name);
  }

  /** Takes back what a failed request has changed: values, new flashes, a new id. Not the end, nor what it has shown. */
  #revert(): boolean {
    const isRegenerated = this.ending?.kind === "regenerate";
    const isSignOut = this.ending?.kind === "destroy";
    if (isRegenerated) this.ending = undefined;
    const before = isSignOut ? {} : parse(this.#before);
    const wasShown = (key: string) => isFlashKey(key) && this.#shownFlashes.has(flashName(key));
    const changed = isSignOut ? Object.keys(this.#session.data) : this.#changedKeys();
    const dropped = changed.filter((key) => !wasShown(key));
    for (const key of dropped) {
      if (Object.hasOwn(before, key)) this.#session.set(key, before[key]);
      else this.#remove(key);
    }
    for (const name of this.#shownFlashes) this.#remove(flashKey(name));
    for (const [name, { isNew }] of this.#flashes) if (isNew) this.#flashes.delete(name);
    return isRegenerated || dropped.length > 0;
  }

  #changedKeys(): string[] {
    const now: Values = this.#session.data;
    // Untouched data is the same text.
    if (this.#before === toJson(now)) return [];
    const before = parse(this.#before);
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].filter((key) => !isSame(before, now, key));
  }
}

/** The same value as the one that came with the request is the same message. `flash` notes when it is not. */
const isNewFlash = (known: Flash | undefined, value: unknown) => !known || known.isNew || known.value !== value;

const parse = (before: string | Values): Values => (typeof before === "string" ? JSON.parse(before) : before);

/** What JSON can hold of each value, and the rest as it is. */
function copyOf(data: Values): Values {
  const copies = Object.entries(data).map(([key, value]) => {
    const json = toJson(value);
    return [key, json === undefined ? value : JSON.parse(json)];
  });
  return Object.fromEntries(copies);
}

/** Nothing for data that JSON cannot hold. */
function toJson(data: unknown): string | undefined {
  try {
    return JSON.stringify(data);
  } catch {
    return undefined;
  }
}

/** Whatever the order of the keys in it. What JSON cannot hold is the same if it is the same object. */
function isSame(before: Values, now: Values, key: string): boolean {
  if (!(Object.hasOwn(before, key) && Object.hasOwn(now, key))) return false;
  const [a, b] = [toJson(before[key]), toJson(now[key])];
  if (a === undefined || b === undefined) return before[key] === now[key];
  // In another order, an object's text has the same length.
  return a === b || (typeof now[key] === "object" && a.length === b.length && inOrder(a) === inOrder(b));
}

/** The same text for the same data, whatever the order of its keys. */
function inOrder(json: string): string {
  return JSON.stringify(JSON.parse(json), (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
