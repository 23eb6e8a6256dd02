/** The interface of a store and the format of its records. records.ts makes a SessionStorage of it. */
import { encode } from "../cookie/base64url";
import { isFlashKey, type StoredValues } from "../types";

/** Seconds since 1970. */
export interface RecordTimes {
  createdAt: number;
  /** The time of the last commit, which is a write or the daily renewal. */
  renewedAt: number;
  /** The record counts as gone from then on, even before it is deleted. */
  expiresAt: number;
}

export interface StoredRecord extends RecordTimes {
  /** The hash of the session's id. A reader of the store cannot make a cookie from it (rule 6.3). */
  key: string;
  values: StoredValues;
}

/** The changes of a request. Only these are sent, so that parallel requests lose nothing (rule 8.2). */
export interface Change {
  set: StoredValues;
  unset: string[];
  /**
   * Flashes that a page has shown. Each is removed if its text is still this one, so a newer message stays (rule 3.8).
   */
  shown: StoredValues;
}

/** With `moved` the change was applied to the record under its new key. With `gone` nothing was written. */
export type UpdateResult = "stored" | "moved" | "gone";

/**
 * A store does each call in one atomic step (P3). Any call may throw. Another store needs no more than this.
 */
export interface RecordStore {
  name: string;
  /**
   * A store that reads from copies has it. The visitor's cookie carries the bookmark of their last write, so that they
   * always read their own writes.
   */
  bookmark?: { get(): string; set(bookmark: string): void };
  /** The binding, if all visitors share its store. Its calls are paused when it hangs (rule 4.8). */
  shared?: object;
  /**
   * Resolves to the record as it was written, or to MOVED if it got a new key less than IN_FLIGHT seconds ago. Anything
   * else counts as gone (rule 4.7).
   */
  read(key: string, now: number): Promise<unknown>;
  create(record: StoredRecord): Promise<void>;
  update(key: string, change: Change, times: RecordTimes): Promise<UpdateResult>;
  /**
   * Applies the change to the current record and moves it to the new key (rule 6.1). For IN_FLIGHT seconds the old key
   * can still update or remove it, but not read it. It resolves to false, and makes nothing, if the record is gone.
   */
  move(key: string, newKey: string, change: Change, times: RecordTimes): Promise<boolean>;
  /** Ends the record, or the one that it was moved to. */
  remove(key: string, now: number): Promise<void>;
  /** Finds the records whose `user` is this JSON text. A store that cannot find them leaves it out. */
  findByUser?(user: string, now: number): Promise<{ records: unknown[]; isComplete: boolean }>;
}

/**
 * In seconds. A slower request whose session got a new id meanwhile finds it gone. It is no longer because a visitor
 * who never got the new cookie can only sign out during that time.
 */
export const IN_FLIGHT = 15;

export const MOVED = Symbol("moved");

/**
 * Hashes the id (SHA-256, base64url). The hash is not keyed: 128 random bits cannot be guessed, and rotating the secret
 * must not lose the record.
 */
export async function keyOf(id: string): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id))));
}

/** Returns the record and its data, or undefined if records.ts has not written it (rule 4.7). */
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

/** Merges a change, for a store without a merge of its own. */
export function applyChange(values: StoredValues, { set, unset, shown }: Change): StoredValues {
  const isRemoved = ([name, text]: [string, string]) => unset.includes(name) || shown[name] === text;
  const rest = Object.entries(values).filter((entry) => !isRemoved(entry));
  return Object.fromEntries([...rest, ...Object.entries(set)]);
}

// Eight random characters precede a stored flash, so that the same text twice is two messages (rule 3.8).
export const jsonIn = (key: string, text: string) => (isFlashKey(key) ? text.slice(8) : text);
