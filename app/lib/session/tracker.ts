/** Tracks a session during one request. SuperflareSession is its face for routes, and handleFetch commits it. */
import { changedKeys, type Snapshot, snapshotOf, type Values, valuesIn } from "./changes";
import { assertStorable, closedError, SessionError } from "./errors";
import { isSpeculative, wasDelivered } from "./flash";
import {
  type AnySession,
  type CommitOptions,
  createSession,
  type Ending,
  type FormerSession,
  flashKey,
  flashName,
  isFlashKey,
  stateOf,
  withoutFlashes,
} from "./types";

/** The weightiest change of a request decides the answer if it cannot be stored (rule 4.6). */
export type Change = "none" | "renewal" | "flash" | "values" | "identity";

/** The state of one flash in a request. */
interface Flash {
  /** `getFlash` returns it, whether it is pending or was read. It is undefined once it was unset. */
  value: unknown;
  /** This request set it. */
  isNew?: boolean;
  wasRead?: boolean;
  /** It is older and this request read it. After `close`, the response shows it. */
  isShown?: boolean;
  isKept?: boolean;
}

export class SessionTracker {
  /** handleFetch sets it. It decides whether a flash can be shown. */
  request: Request | undefined;
  /** A storage of this folder made the session, so its commit also ends the old one. */
  readonly isOurs: boolean;
  /** The commit stores nothing on a server. */
  readonly isInCookie: boolean;
  /** The app used the session. Only then is the response personal and the session renewed. */
  wasUsed = false;
  /** The app called `set`, `unset` or `flash`, even if nothing changed. inspect.ts shows it. */
  wasWritten = false;
  ending: Ending | undefined;
  /** The route sends no line of its own that a new one must replace (2.4). */
  mayOmitCookie = false;
  #session: AnySession;
  /** The data before the request. */
  readonly #before: Snapshot;
  readonly #flashes = new Map<string, Flash>();
  #keepsAllFlashes = false;
  #isClosed = false;
  #hasEndedOld = false;
  /** The session's original `unset`, which `close` replaces. */
  #unset: AnySession["unset"] | undefined;

  constructor(session: AnySession) {
    this.#session = session;
    const state = stateOf(session);
    this.isOurs = state !== undefined;
    this.isInCookie = state?.isInCookie === true;
    this.#before = state?.json ?? snapshotOf(session.data);
  }

  /** The session of the former storage (rule 1.6). */
  get former(): FormerSession | undefined {
    return stateOf(this.#session)?.former;
  }

  /** Returns the session for use by the app. */
  use(): AnySession {
    if (this.wasUsed) return this.#session;
    // Nothing has marked the response as personal, so it may be public by now (P5).
    this.#assertOpen("it cannot be read for the first time");
    this.wasUsed = true;
    for (const [name, value] of flashesIn(this.#session.data)) this.#flashes.set(name, { value });
    return this.#session;
  }

  set(name: string, value: unknown): void {
    this.#assertWritable(name);
    assertStorable(name, value);
    this.#session.set(name, value);
  }

  unset(name: string): void {
    this.#assertWritable(name);
    this.#session.unset(name);
    this.#session.unset(flashKey(name));
    this.#forgetFlash(name);
  }

  flash(name: string, value: unknown): void {
    this.#assertWritable(name);
    assertStorable(name, value);
    // The session's own flash() will not do: another package may keep flashes elsewhere, but every session has set().
    this.#session.set(flashKey(name), value);
    this.#noteFlash(name, { value, isNew: true });
  }

  readFlash(name: string): unknown {
    const key = flashKey(name);
    const known = this.#flashes.get(name);
    // A flash read before the response may be back for the next page by now.
    if (!this.use().has(key) || (this.#isClosed && known?.wasRead)) return this.#flashes.get(name)?.value;
    const value = this.#session.get(key);
    const { isNew } = this.#noteHeldFlash(name, value);
    if (!isNew && this.request && isSpeculative(this.request)) return undefined;
    this.#assertOpen(`the flash "${name}" cannot be read`);
    this.#noteFlash(name, { wasRead: true, isShown: !isNew });
    this.#session.unset(key);
    return value;
  }

  hasFlash(name: string): boolean {
    return this.use().has(flashKey(name)) || this.#flashes.get(name)?.value !== undefined;
  }

  keepFlash(name?: string): void {
    this.#assertOpen();
    this.use();
    if (name === undefined) this.#keepsAllFlashes = true;
    else this.#noteFlash(name, { isKept: true });
  }

  regenerate(newLifetime: boolean, lifetime?: CommitOptions): void {
    this.#assertOpen();
    this.use();
    this.ending = {
      kind: this.ending?.kind ?? "regenerate",
      newLifetime: newLifetime || this.ending?.newLifetime === true,
      lifetime: lifetime ?? this.ending?.lifetime,
    };
  }

  destroy(): void {
    this.#assertOpen();
    this.use();
    for (const name of this.#flashes.keys()) this.#forgetFlash(name);
    this.#removeAll();
    this.ending = { kind: "destroy", newLifetime: true };
  }

  isDirty(): boolean {
    if (!this.wasUsed) return false;
    return this.ending !== undefined || this.#hasNewFlash() || this.#changedKeys().length > 0;
  }

  /**
   * Ends the request. Writes throw from now on, and the session holds the data to commit. Without a response the
   * handler threw. A failed request changes no values (4.5); the result tells whether a change was dropped.
   */
  close(response?: Response): boolean {
    this.#isClosed = true;
    if (!this.wasUsed) return false;
    this.#settleFlashes(response);
    const hasDropped = (!response || response.status >= 500) && this.#revert();
    this.#closeSession();
    return hasDropped;
  }

  /** Call it after `close`. */
  change(): Change {
    if (!this.wasUsed) return "none";
    const changed = this.#changedKeys();
    const hasNewValues = changed.length > 0 && !changed.every(isFlashKey);
    // A visitor without a session has nothing to end (2.2), but a sign-in is a new identity from the start (4.6).
    if (this.ending && (this.#hadSession() || hasNewValues)) return "identity";
    if (hasNewValues) return "values";
    if (changed.length > 0 || this.#hasNewFlash()) return "flash";
    return stateOf(this.#session)?.isRenewalDue ? "renewal" : "none";
  }

  /** Returns the wrapped session, with instructions for its storage's commit. */
  prepareCommit(): AnySession {
    const state = stateOf(this.#session);
    if (state) {
      state.mayOmitCookie = this.mayOmitCookie;
      state.ending = this.ending;
      state.newFlashes = new Set(this.#newFlashes().map(flashKey));
    }
    return this.#session;
  }

  /** Tells whether another package's storage has an old session to end. */
  get mustEndOld(): boolean {
    return this.#hadSession() && !this.#hasEndedOld;
  }

  /** Moves the data into a session without an id, which another package's storage stores as a new one. */
  startNewSession(): void {
    this.#hasEndedOld = true;
    this.#session = createSession({ ...this.#session.data }, "", { isClosed: true });
  }

  /**
   * Drops this request's flashes (4.3), then the values set after `destroy` (6.2). It returns false if there are
   * neither.
   */
  makeRoom(): boolean {
    const newFlashes = this.#newFlashes();
    if (newFlashes.length > 0) {
      for (const name of newFlashes) this.#remove(flashKey(name));
      this.#forgetNewFlashes();
      return true;
    }
    const isSignOut = this.ending?.kind === "destroy" && this.#hadSession();
    if (!isSignOut || Object.keys(this.#session.data).length === 0) return false;
    this.#removeAll();
    return true;
  }

  /** Returns a copy of the data from before the request. */
  get before(): Values {
    return valuesIn(this.#before);
  }

  /** Returns a copy of the session from before the request, without flashes. */
  original(): AnySession {
    return createSession(withoutFlashes(this.before));
  }

  /** Returns the names of the changed keys: `theme`, and for a flash `flash success`. */
  changedNames(): string[] {
    return this.#changedKeys().map((key) => (isFlashKey(key) ? `flash ${flashName(key)}` : key));
  }

  /** Returns the flashes that are pending or were read by this request, without using them up. */
  flashes(): Values {
    this.use();
    const pending = [...this.#flashes].filter(([, { value }]) => value !== undefined);
    return Object.fromEntries(pending.map(([name, { value }]) => [name, value]));
  }

  #assertOpen(what = "it cannot be changed"): void {
    if (this.#isClosed) throw closedError(what);
  }

  #assertWritable(name: string): void {
    this.#assertOpen(`"${name}" cannot be changed`);
    this.use();
    this.wasWritten = true;
    if (isFlashKey(name)) {
      throw new SessionError("not-storable", `"${name}" is a key that the session uses for flashes. Choose another.`);
    }
  }

  #noteFlash(name: string, changed: Partial<Flash>): Flash {
    const flash = { value: undefined, ...this.#flashes.get(name), ...changed };
    this.#flashes.set(name, flash);
    return flash;
  }

  /** A flash set on the raw session is new too, unless it came with the request. */
  #noteHeldFlash(name: string, value: unknown): Flash {
    const known = this.#flashes.get(name);
    return known && known.value === value ? known : this.#noteFlash(name, { value, isNew: true });
  }

  #newFlashes(): string[] {
    return [...this.#flashes].filter(([, { isNew }]) => isNew).map(([name]) => name);
  }

  /** A new flash is a change even with the text of an older one, if the storage can tell them apart (3.8). */
  #hasNewFlash(): boolean {
    if (!stateOf(this.#session)?.stored) return false;
    return this.#newFlashes().some((name) => this.#session.has(flashKey(name)));
  }

  #forgetFlash(name: string): void {
    if (this.#flashes.has(name)) this.#noteFlash(name, { value: undefined, isNew: false });
  }

  #forgetNewFlashes(): void {
    for (const name of this.#newFlashes()) this.#forgetFlash(name);
  }

  #hadSession(): boolean {
    return this.#session.id !== "" || this.#before !== "{}" || this.former?.hasSession === true;
  }

  /** Works after `close` too. */
  #remove(key: string): void {
    if (stateOf(this.#session)) delete this.#session.data[key];
    else (this.#unset ?? this.#session.unset).call(this.#session, key);
  }

  #removeAll(): void {
    for (const key of Object.keys(this.#session.data)) this.#remove(key);
  }

  /** Puts back the flashes that were read, even on the raw session, and that the response does not show. */
  #settleFlashes(response: Response | undefined): void {
    for (const [name, value] of flashesIn(this.#session.data)) this.#noteHeldFlash(name, value);
    if (this.#flashes.size === 0) return;
    const isDelivered = response !== undefined && this.request !== undefined && wasDelivered(this.request, response);
    for (const [name, flash] of this.#flashes) {
      const isShown = isDelivered && !this.#keepsAllFlashes && !flash.isKept;
      if (flash.value !== undefined && !this.#session.has(flashKey(name))) {
        if (!flash.isNew) flash.isShown = true;
        if (!isShown) this.#session.set(flashKey(name), flash.value);
      }
      flash.isShown &&= isShown;
    }
  }

  /** Undoes values, new flashes and a new id. A `destroy` stays, and so do flashes that the error page has shown. */
  #revert(): boolean {
    const isRegenerated = this.ending?.kind === "regenerate";
    if (isRegenerated) this.ending = undefined;
    const wanted = this.ending ? {} : valuesIn(this.#before);
    for (const [name, { isShown }] of this.#flashes) if (isShown) delete wanted[flashKey(name)];
    const dropped = changedKeys(wanted, this.#session.data);
    for (const key of dropped) {
      if (Object.hasOwn(wanted, key)) this.#session.set(key, wanted[key]);
      else this.#remove(key);
    }
    this.#forgetNewFlashes();
    return isRegenerated || dropped.length > 0;
  }

  /** Closes the raw session too, since nothing would store a later write to it. */
  #closeSession(): void {
    const state = stateOf(this.#session);
    if (state) {
      state.isClosed = true;
      return;
    }
    const { data, unset } = this.#session;
    this.#unset = unset;
    const refuse = () => this.#assertOpen();
    // Values can still be read, but reading a flash would use it up.
    const get = (name: string) => (Object.hasOwn(data, name) ? data[name] : this.#session.has(name) && refuse());
    Object.assign(this.#session, { set: refuse, unset: refuse, flash: refuse, get });
  }

  #changedKeys(): string[] {
    return changedKeys(this.#before, this.#session.data);
  }
}

const flashesIn = (data: Values) =>
  Object.keys(data)
    .filter(isFlashKey)
    .map((key) => [flashName(key), data[key]] as const);
