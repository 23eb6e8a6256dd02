/** Tracks a session during one request. SuperflareSession is its face for routes, and handleFetch commits it. */
import { changedKeys, type Snapshot, snapshotOf, type Values, valuesIn } from "./changes";
import { assertStorable, assertUser, closedError, crossSiteError, isUser, SessionError } from "./errors";
import { Flashes } from "./flashes";
import { type Ending, isFlashKey, refuseWrites, type SessionState, stateOf } from "./raw-session";
import type { AnySession, CommitOptions } from "./types";

/** The weightiest change of a request decides the answer if it cannot be stored (rule 4.6). */
export type Change = "none" | "renewal" | "flash" | "values" | "identity";

export class SessionTracker {
  /** The page is loaded ahead, so it shows no message of an earlier request (3.3). */
  isSpeculative = false;
  isReadOnly = false;
  /** Undefined for a session of another package's storage. */
  readonly state: SessionState | undefined;
  /** The app called `set`, `unset` or `flash`, even if nothing changed. inspect.ts shows it. */
  wasWritten = false;
  ending: Ending | undefined;
  readonly #session: AnySession;
  /** The data before the request. */
  readonly #before: Snapshot;
  /** The app used the session. Only then is the response personal and the session renewed. */
  #flashes: Flashes | undefined;
  #isClosed = false;
  /** Works after `close` too. */
  readonly #remove: (key: string) => void;

  constructor(session: AnySession) {
    this.#session = session;
    this.state = stateOf(session);
    this.#before = snapshotOf(session.data);
    const { unset } = session;
    this.#remove = (key) => unset.call(session, key);
  }

  get wasUsed(): boolean {
    return this.#flashes !== undefined;
  }

  /** The request must not replace the session that it cannot see (7.1). */
  makeReadOnly(): void {
    this.isReadOnly = true;
    refuseWrites(this.#session, crossSiteError);
  }

  /** Returns the session for use by the app. */
  use(): AnySession {
    this.#use();
    return this.#session;
  }

  set(name: string, value: unknown): void {
    this.#assertWritable(name);
    assertStorable(name, value);
    assertUser(name, value);
    this.#session.set(name, value);
  }

  unset(name: string): void {
    const flashes = this.#assertWritable(name);
    this.#session.unset(name);
    flashes.unset(name);
  }

  flash(name: string, value: unknown): void {
    this.#assertWritable(name).set(name, value);
  }

  readFlash(name: string): unknown {
    return this.#use().read(name, this.isSpeculative);
  }

  hasFlash(name: string): boolean {
    return this.#use().has(name);
  }

  keepFlash(name?: string): void {
    this.#assertChangeable();
    this.#use().keep(name);
  }

  regenerate(newLifetime: boolean, lifetime?: CommitOptions): void {
    this.#assertChangeable();
    this.#use();
    this.ending = {
      kind: this.ending?.kind ?? "regenerate",
      isSignIn: this.ending?.kind === "destroy",
      newLifetime: newLifetime || this.ending?.newLifetime === true,
      lifetime: lifetime ?? this.ending?.lifetime,
    };
  }

  destroy(): void {
    this.#assertChangeable();
    this.#use();
    this.#removeAll();
    this.#flashes = new Flashes(this.#session);
    this.ending = { kind: "destroy", newLifetime: true };
  }

  isDirty(): boolean {
    if (!this.#flashes) return false;
    const data = { ...this.#session.data };
    for (const key of this.#flashes.readKeys) delete data[key];
    return this.ending !== undefined || this.#hasNewFlash() || changedKeys(this.#before, data).length > 0;
  }

  /**
   * Ends the request. Writes throw from now on, and the session holds the data to commit. Without a response the
   * handler threw. A failed request changes no values (4.5); the result tells whether a change was dropped.
   *
   * @param isDelivered the response shows the flashes that were read
   */
  close(response?: Response, isDelivered = false): boolean {
    this.#isClosed = true;
    if (!this.#flashes) return false;
    const shown = this.#flashes.settle(isDelivered, this.#remove);
    const hasDropped = (!response || response.status >= 500) && this.#revert(shown);
    refuseWrites(this.#session, closedError);
    return hasDropped;
  }

  /** Call it after `close`. */
  change(): Change {
    if (!this.wasUsed) return "none";
    const changed = this.changedKeys();
    const hasNewValues = changed.length > 0 && !changed.every(isFlashKey);
    // A visitor without a session has nothing to end (2.2), but a sign-in is a new identity from the start (4.6).
    if (this.ending && (hasNewValues || this.#hasToEnd(this.ending))) return "identity";
    if (changed.includes("user")) return "identity";
    if (hasNewValues) return "values";
    if (changed.length > 0 || this.#hasNewFlash()) return "flash";
    return this.state?.read.isRenewalDue ? "renewal" : "none";
  }

  /** Returns the wrapped session, with instructions for its storage's commit. */
  prepareCommit(mayOmitCookie = false): AnySession {
    if (this.ending && Object.hasOwn(this.#session.data, "user")) this.ending.isSignIn = true;
    if (this.state) {
      const newFlashes = new Set(this.#flashes?.newKeys);
      Object.assign(this.state.plan, { ending: this.ending, newFlashes, mayOmitCookie });
    }
    return this.#session;
  }

  /**
   * Drops this request's flashes (4.3), then the values set after `destroy` (6.2). It returns false if there are
   * neither.
   */
  makeRoom(): boolean {
    const newFlashes = this.#flashes?.newKeys ?? [];
    newFlashes.forEach(this.#remove);
    if (newFlashes.length > 0) return true;
    const isSignOut = this.ending?.kind === "destroy" && !this.ending.isSignIn && this.#hasToEnd(this.ending);
    if (!isSignOut || Object.keys(this.#session.data).length === 0) return false;
    this.#removeAll();
    return true;
  }

  /** Returns a copy of the data from before the request. */
  get before(): Values {
    return valuesIn(this.#before);
  }

  /** What a route has committed itself may have been undone since then, which is a change as well. */
  changedKeys(): string[] {
    const { data } = this.#session;
    const { committed } = this.state?.read ?? {};
    const keys = changedKeys(this.#before, data);
    return committed ? [...new Set([...keys, ...changedKeys(committed, data)])] : keys;
  }

  /** Refuses a user that was written on the raw session. Throws as `set`. */
  assertUser(): void {
    const { data } = this.#session;
    const isWrong = Object.hasOwn(data, "user") && !isUser(data.user);
    if (isWrong && this.changedKeys().includes("user")) assertUser("user", data.user);
  }

  #use(): Flashes {
    // Nothing has marked the response as personal, so it may be public by now (P5).
    if (!this.#flashes && this.#isClosed) throw closedError("it cannot be read for the first time");
    this.#flashes ??= new Flashes(this.#session);
    return this.#flashes;
  }

  #assertChangeable(what?: string): void {
    if (this.#isClosed) throw closedError(what);
    if (this.isReadOnly) throw crossSiteError();
  }

  #assertWritable(name: string): Flashes {
    this.#assertChangeable(`"${name}" cannot be changed`);
    const flashes = this.#use();
    this.wasWritten = true;
    if (isFlashKey(name)) {
      throw new SessionError("not-storable", `"${name}" is a key that the session uses for flashes. Choose another.`);
    }
    return flashes;
  }

  /** A new flash is a change even with the text of an older one, if the storage can tell them apart (3.8). */
  #hasNewFlash(): boolean {
    return this.state?.read.stored !== undefined && (this.#flashes?.newKeys ?? []).length > 0;
  }

  /** A cookie whose session is gone or out of sight is ended as well, lest the session comes back. */
  #hasToEnd({ kind }: Ending): boolean {
    const hadSession = this.#session.id !== "" || this.#before.size > 0 || this.state?.former?.hasSession === true;
    return hadSession || (kind === "destroy" && this.state?.read.sent !== undefined);
  }

  #removeAll(): void {
    Object.keys(this.#session.data).forEach(this.#remove);
  }

  /** Undoes values, new flashes and a new id. A `destroy` stays, and so does that the error page has shown a flash. */
  #revert(shown: string[]): boolean {
    const isRegenerated = this.ending?.kind === "regenerate";
    if (isRegenerated) this.ending = undefined;
    const wanted = this.ending ? {} : valuesIn(this.#before);
    for (const key of shown) delete wanted[key];
    const dropped = changedKeys(snapshotOf(wanted), this.#session.data);
    for (const key of dropped) {
      if (Object.hasOwn(wanted, key)) this.#session.set(key, wanted[key]);
      else this.#remove(key);
    }
    this.#flashes?.forgetNew();
    return isRegenerated || dropped.length > 0;
  }
}
