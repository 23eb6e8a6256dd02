/**
 * The messages of one request (rules 3.1 to 3.8). It only takes notes while the app reads and sets them; `settle` removes
 * what the response has shown.
 */
import { assertStorable, closedError } from "./errors";
import { flashesIn, flashKey } from "./raw-session";
import type { AnySession } from "./types";

type Values = Record<string, unknown>;

interface Note {
  /** This request set it, to this value. */
  isNew?: boolean;
  value?: unknown;
  wasOldRead?: boolean;
  wasNewRead?: boolean;
  isKept?: boolean;
  isUnset?: boolean;
}

export class Flashes {
  readonly #session: AnySession;
  /** By name: what was pending when the request began. */
  readonly #before: Values;
  readonly #notes = new Map<string, Note>();
  /** What the app has read, which it can read again after the response. */
  readonly #seen = new Map<string, unknown>();
  #keepsAll = false;
  #isSettled = false;

  constructor(session: AnySession) {
    this.#session = session;
    this.#before = flashesIn(session.data);
  }

  has(name: string): boolean {
    return this.#isHeld(name) || this.#seen.has(name);
  }

  /** @param isSpeculative the page is loaded ahead, so it must not use up a message of an earlier request (3.3) */
  read(name: string, isSpeculative: boolean): unknown {
    if (this.#isSettled) {
      if (this.#isHeld(name) && !this.#seen.has(name)) throw closedError(`the flash "${name}" cannot be read`);
      return this.#seen.get(name);
    }
    if (!this.#isHeld(name)) return this.#seen.get(name);
    const isNew = this.#isNew(name);
    if (!isNew && isSpeculative) return undefined;
    this.#note(name, isNew ? { wasNewRead: true } : { wasOldRead: true });
    const value = this.#session.data[flashKey(name)];
    this.#seen.set(name, value);
    return value;
  }

  set(name: string, value: unknown): void {
    assertStorable(flashKey(name), value, name);
    // The session's own flash() will not do: another package may keep flashes elsewhere, but every session has set().
    this.#session.set(flashKey(name), value);
    this.#note(name, { isNew: true, wasNewRead: false, isUnset: false, value });
  }

  unset(name: string): void {
    this.#session.unset(flashKey(name));
    this.#note(name, { isNew: false, isUnset: true });
    this.#seen.delete(name);
  }

  keep(name?: string): void {
    if (name === undefined) this.#keepsAll = true;
    else this.#note(name, { isKept: true });
  }

  /** Returns the keys of those that the response is about to show. */
  get readKeys(): string[] {
    return [...this.#seen.keys()].map(flashKey);
  }

  /** The request failed, so what it set is not stored. */
  forgetNew(): void {
    for (const name of this.#notes.keys()) this.#note(name, { isNew: false });
  }

  /** Returns the keys of the pending ones that this request set, also on the raw session. */
  get newKeys(): string[] {
    const names = Object.keys(flashesIn(this.#session.data));
    return names.filter((name) => this.#isNew(name)).map(flashKey);
  }

  /**
   * Ends the request. Removes what the response has shown, and restores what was read on the raw session and not shown.
   *
   * @returns the keys of the earlier messages that were shown
   */
  settle(isDelivered: boolean, remove: (key: string) => void): string[] {
    this.#isSettled = true;
    const shown: string[] = [];
    for (const name of new Set([...Object.keys(this.#before), ...this.#notes.keys()])) {
      const note = this.#notes.get(name) ?? {};
      const isHeld = this.#isHeld(name);
      const isNew = isHeld && this.#isNew(name);
      // What is missing was read on the raw session.
      const wasOldRead = note.wasOldRead || (!isHeld && !note.isUnset && Object.hasOwn(this.#before, name));
      if (isDelivered && !this.#keepsAll && !note.isKept) {
        if (isHeld && (isNew ? note.wasNewRead : wasOldRead)) remove(flashKey(name));
        if (wasOldRead) shown.push(flashKey(name));
      } else if (!isHeld && !note.isUnset) {
        if (note.isNew) this.#session.set(flashKey(name), note.value);
        else if (Object.hasOwn(this.#before, name)) this.#session.set(flashKey(name), this.#before[name]);
      }
    }
    return shown;
  }

  #isHeld(name: string): boolean {
    return Object.hasOwn(this.#session.data, flashKey(name));
  }

  #isNew(name: string): boolean {
    return this.#notes.get(name)?.isNew === true || this.#session.data[flashKey(name)] !== this.#before[name];
  }

  #note(name: string, changed: Note): void {
    this.#notes.set(name, { ...this.#notes.get(name), ...changed });
  }
}
