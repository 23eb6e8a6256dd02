/** What happens to a session during one request: SuperflareSession is its face for routes, handleFetch commits it. */
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

/** The weightiest change of a request. It decides what the visitor gets if it cannot be stored (rule 4.6). */
export type Change = "none" | "renewal" | "flash" | "values" | "identity";

/** What a request has done with one flash. */
interface Flash {
  /** Pending or read: what `getFlash` returns. Undefined once it was unset. */
  value: unknown;
  /** This request has set it. */
  isNew?: boolean;
  wasRead?: boolean;
  /** It is older, and this request has read it; at the end, the response shows it. */
  isShown?: boolean;
  isKept?: boolean;
}

export class SessionTracker {
  /** Set by handleFetch. Decides whether a flash can be shown. */
  request: Request | undefined;
  /** A storage of this folder made the session: its commit also ends the old one. */
  readonly isOurs: boolean;
  /** The commit stores nothing on a server. */
  readonly isInCookie: boolean;
  /** The app used the session. Only then is the response personal, and the session renewed. */
  wasUsed = false;
  /** By `set`, `unset` or `flash`, also if nothing changed by it. For inspect.ts. */
  wasWritten = false;
  ending: Ending | undefined;
  /** The response has no line that a new one would have to supersede (2.4). */
  mayOmitCookie = false;
  #session: AnySession;
  /** The data before the request. */
  readonly #before: Snapshot;
  readonly #flashes = new Map<string, Flash>();
  #keepsAllFlashes = false;
  #isClosed = false;
  #hasEndedOld = false;
  /** The session's own, where `close` had to replace it. */
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

  /** The session, for any use by the app. */
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
    // Not the session's own flash(): another package may store flashes elsewhere, but each has set().
    this.#session.set(flashKey(name), value);
    this.#noteFlash(name, { value, isNew: true });
  }

  readFlash(name: string): unknown {
    const key = flashKey(name);
    const known = this.#flashes.get(name);
    // Read before the response: it may be put back for the next page by now.
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
   * Ends the request: a write throws from here on, and the session holds what has to be committed. Without a response
   * the handler has thrown. A failed request changes no values (4.5); returns whether that has dropped a change.
   */
  close(response?: Response): boolean {
    this.#isClosed = true;
    if (!this.wasUsed) return false;
    this.#settleFlashes(response);
    const hasDropped = (!response || response.status >= 500) && this.#revert();
    this.#closeSession();
    return hasDropped;
  }

  /** After `close`. */
  change(): Change {
    if (!this.wasUsed) return "none";
    const changed = this.#changedKeys();
    const hasNewValues = changed.length > 0 && !changed.every(isFlashKey);
    // A visitor without a session has nothing to end (2.2); but a sign-in is a new identity from the start (4.6).
    if (this.ending && (this.#hadSession() || hasNewValues)) return "identity";
    if (hasNewValues) return "values";
    if (changed.length > 0 || this.#hasNewFlash()) return "flash";
    return stateOf(this.#session)?.isRenewalDue ? "renewal" : "none";
  }

  /** The wrapped session, with what its storage has to know for the commit. */
  prepareCommit(): AnySession {
    const state = stateOf(this.#session);
    if (state) {
      state.mayOmitCookie = this.mayOmitCookie;
      state.ending = this.ending;
      state.newFlashes = new Set(this.#newFlashes().map(flashKey));
    }
    return this.#session;
  }

  /** For a storage of another package: whether there is an old session that it has to end. */
  get mustEndOld(): boolean {
    return this.#hadSession() && !this.#hasEndedOld;
  }

  /** For a storage of another package: moves the data into a session without an id, which is stored as a new one. */
  startNewSession(): void {
    this.#hasEndedOld = true;
    this.#session = createSession({ ...this.#session.data }, "", { isClosed: true });
  }

  /**
   * Drops what can be lost first: this request's flashes (4.3), then what was set after `destroy` (6.2). False if there
   * is nothing of the kind.
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

  /** A copy of the data as it was before the request. */
  get before(): Values {
    return valuesIn(this.#before);
  }

  /** A copy of the session as it was before the request, without flashes. */
  original(): AnySession {
    return createSession(withoutFlashes(this.before));
  }

  /** The names of what has changed: `theme`, and for a flash `flash success`. */
  changedNames(): string[] {
    return this.#changedKeys().map((key) => (isFlashKey(key) ? `flash ${flashName(key)}` : key));
  }

  /** The flashes that are pending, and those that this request has read. Does not use them up. */
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

  /** One set on the raw session is new as well, unless it is the one that came with the request. */
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

  /** Also after `close`. */
  #remove(key: string): void {
    if (stateOf(this.#session)) delete this.#session.data[key];
    else (this.#unset ?? this.#session.unset).call(this.#session, key);
  }

  #removeAll(): void {
    for (const key of Object.keys(this.#session.data)) this.#remove(key);
  }

  /** Puts back the flashes that were read, also on the raw session, but that the response does not show. */
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

  /** Undoes values, new flashes and a new id. Not a `destroy`, nor the use of flashes that the error page shows. */
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

  /** Closes the raw session too: nobody would store what is written to it now. */
  #closeSession(): void {
    const state = stateOf(this.#session);
    if (state) {
      state.isClosed = true;
      return;
    }
    const { data, unset } = this.#session;
    this.#unset = unset;
    const refuse = () => this.#assertOpen();
    // Values can still be read. To read a flash is to use it up.
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
