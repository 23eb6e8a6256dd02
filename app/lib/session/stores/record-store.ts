/** What a store has to do, and what is in its records. records.ts makes a SessionStorage of it. */
import { encode } from "../cookie/base64url";
import { isFlashKey, type StoredValues } from "../types";

/** Seconds since 1970. */
export interface RecordTimes {
  createdAt: number;
  /** Of the last commit: a write, or the daily renewal. */
  renewedAt: number;
  /** From then on the record counts as gone, whether or not it has been deleted. */
  expiresAt: number;
}

export interface StoredRecord extends RecordTimes {
  /** The hash of the session's id: nobody who reads the store can make a cookie from it (rule 6.3). */
  key: string;
  values: StoredValues;
}

/** What a request has changed. Only this is sent, so that parallel requests lose nothing (rule 8.2). */
export interface Change {
  set: StoredValues;
  unset: string[];
  /** Flashes that a page has shown. Each is removed if it is still this text: a newer message stays (rule 3.8). */
  shown: StoredValues;
}

/** `moved`: applied, to the record that took this one's place. `gone`: there is none, and nothing was written. */
export type UpdateResult = "stored" | "moved" | "gone";

/**
 * What a store has to do, each call in one atomic step (P3). Any call may throw. A fourth store needs no more than
 * this.
 */
export interface RecordStore {
  name: string;
  /**
   * For a store that reads from copies: the visitor's cookie carries how far the store had come with their last write,
   * so that they always read their own writes.
   */
  bookmark?: { get(): string; set(bookmark: string): void };
  /** The binding, if all visitors share what is behind it. When it hangs, its calls are paused (rule 4.8). */
  shared?: object;
  /**
   * The record as it was written, or MOVED if it got a new key less than IN_FLIGHT seconds ago. Anything else counts as
   * gone (rule 4.7).
   */
  read(key: string, now: number): Promise<unknown>;
  create(record: StoredRecord): Promise<void>;
  update(key: string, change: Change, times: RecordTimes): Promise<UpdateResult>;
  /**
   * Moves the record, as it is by then and with the change, to the new key (rule 6.1). For IN_FLIGHT seconds the old
   * key still reaches it, to update or remove it, not to read it. Resolves to false, with nothing made, if the record
   * is gone.
   */
  move(key: string, newKey: string, change: Change, times: RecordTimes): Promise<boolean>;
  /** Ends the record, and one that it was moved to. */
  remove(key: string, now: number): Promise<void>;
  /** The records whose value of `user` is this JSON text. Optional, for a store that can find them. */
  findByUser?(user: string, now: number): Promise<{ records: unknown[]; isComplete: boolean }>;
}

/**
 * Seconds. A slower request whose session got a new id meanwhile finds it gone. Not longer, because a visitor who never
 * got the response with the new cookie can only sign out during that time.
 */
export const IN_FLIGHT = 15;

export const MOVED = Symbol("moved");

/**
 * SHA-256, base64url. Not keyed: 128 random bits cannot be guessed, and rotating the secret must not lose the record.
 */
export async function keyOf(id: string): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id))));
}

/** The record and its data. Nothing if it is not what records.ts has written (rule 4.7). */
export function parseRecord<Data>(record: unknown): { record: StoredRecord; data: Partial<Data> } | undefined {
  try {
    const { key, values, createdAt, renewedAt, expiresAt } = record as StoredRecord;
    if (![createdAt, renewedAt, expiresAt].every(Number.isFinite)) return undefined;
    const data = Object.entries(values).map(([name, text]) => [name, JSON.parse(jsonIn(name, text))]);
    return { record: { key, values, createdAt, renewedAt, expiresAt }, data: Object.fromEntries(data) };
  } catch {
    return undefined;
  }
}

/** The merge, for a store that has none of its own. */
export function applyChange(values: StoredValues, { set, unset, shown }: Change): StoredValues {
  const isRemoved = ([name, text]: [string, string]) => unset.includes(name) || shown[name] === text;
  const rest = Object.entries(values).filter((entry) => !isRemoved(entry));
  return Object.fromEntries([...rest, ...Object.entries(set)]);
}

// A flash is stored behind 8 random characters, so that the same text twice is two messages (rule 3.8).
export const jsonIn = (key: string, text: string) => (isFlashKey(key) ? text.slice(8) : text);
