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
  /** The data as JSON before the first use. Compared at the end to detect any change (2.1, 2.3). */
  #before: string | undefined;
  readonly #flashes = new Map<string, Flash>();
  readonly #keptFlashes = new Set<string>();
  #isSpeculative = () => false;
  #isClosed = false;
  #remove: (key: string) => void;
  /** Whether the app used the session. Only then is the response personal, and may the session be renewed. */
  wasUsed = false;
  ending: Ending | undefined;

  constructor(session: AnySession) {
    this.#session = session;
    this.#remove = (key) => session.unset(key);
  }

  /** Every use of the session starts here. The first one notes what it holds before anything can change. */
  use(): AnySession {
    if (this.wasUsed) return this.#session;
    // The response may be public by now, since nothing marked it as personal (P5).
    this.assertOpen("it cannot be read for the first time");
    this.wasUsed = true;
    const data: Values = this.#session.data;
    this.#before = backstageOf(this.#session)?.json ?? toJson(data);
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
    this.ending ??= { kind: "regenerate", newLifetime };
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
    for (const method of ["set", "unset", "flash"]) Reflect.set(this.#session, method, refuse);
    return hasDropped;
  }

  /** After `close`. */
  change(): Change {
    if (!this.wasUsed) return "none";
    const changed = this.#changedKeys();
    // Whoever comes without a session has nothing to end (2.2); but a sign-in is a new identity from the start (4.6).
    const isNew = this.#session.id === "" && this.#before === "{}";
    if (this.ending && (!isNew || (this.ending.kind === "regenerate" && changed.length > 0))) return "identity";
    if (changed.length === 0) return this.#hasNewFlash() ? "flash" : "none";
    return changed.every(isFlashKey) ? "flash" : "values";
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
    if (this.ending?.kind !== "destroy" || Object.keys(this.#session.data).length === 0) return false;
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

  #hasNewFlash(): boolean {
    for (const { isNew, isShown } of this.#flashes.values()) if (isNew && !isShown) return true;
    return false;
  }

  #removeAll(): void {
    for (const key of Object.keys(this.#session.data)) this.#remove(key);
  }

  /** Puts back the flashes that were read, also with `get` on the raw session, but that no page has shown. */
  #settleFlashes(isDelivered: () => boolean): void {
    for (const [key, value] of Object.entries(this.#session.data as Values)) {
      if (!isFlashKey(key)) continue;
      const known = this.#flashes.get(flashName(key));
      this.#flashes.set(flashName(key), { value, isNew: isNewFlash(known, value), isShown: false });
    }
    let delivered: boolean | undefined;
    for (const [name, flash] of this.#flashes) {
      const key = flashKey(name);
      if (this.#session.has(key)) continue;
      delivered ??= isDelivered();
      const isKept = !delivered || this.#keptFlashes.has(name) || this.#keptFlashes.has("*");
      if (isKept) this.#session.set(key, flash.value);
      this.#flashes.set(name, { ...flash, isShown: !isKept });
    }
  }

  /** Takes back what a failed request has changed: values, new flashes, a new id. Not the end, nor what it has shown. */
  #revert(): boolean {
    const had = this.#changedKeys().length;
    const isRegenerated = this.ending?.kind === "regenerate";
    if (isRegenerated) this.ending = undefined;
    const before = this.ending ? [] : Object.entries(parse(this.#before));
    const wasShown = (key: string) => isFlashKey(key) && this.#flashes.get(flashName(key))?.isShown;
    this.#removeAll();
    for (const [key, value] of before) if (!wasShown(key)) this.#session.set(key, value);
    for (const [name, { isNew }] of this.#flashes) if (isNew) this.#flashes.delete(name);
    return isRegenerated || had > this.#changedKeys().length;
  }

  #changedKeys(): string[] {
    const now: Values = this.#session.data;
    if (this.#before === undefined) return ["(not JSON)"];
    // Untouched data is the same text.
    if (this.#before === toJson(now)) return [];
    const before = parse(this.#before);
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].filter((key) => !isSame(before, now, key));
  }
}

/** The same value as the one that came with the request is the same message. `flash` notes when it is not. */
const isNewFlash = (known: Flash | undefined, value: unknown) => !known || known.isNew || known.value !== value;

const parse = (json = "{}"): Values => JSON.parse(json);

/** Nothing for data that JSON cannot hold. */
function toJson(data: unknown): string | undefined {
  try {
    return JSON.stringify(data);
  } catch {
    return undefined;
  }
}

/** Whatever the order of the keys in it. A value that JSON cannot hold is never the same. */
function isSame(before: Values, now: Values, key: string): boolean {
  if (!(key in before && key in now)) return false;
  const [a, b] = [toJson(before[key]), toJson(now[key])];
  return a !== undefined && b !== undefined && (a === b || inOrder(a) === inOrder(b));
}

/** The same text for the same data, whatever the order of its keys. */
function inOrder(json: string): string {
  return JSON.stringify(JSON.parse(json), (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
