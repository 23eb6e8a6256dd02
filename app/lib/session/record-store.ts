/**
 * What a store has to do for record-storage.ts, and what it is given: stores/kv.ts, stores/d1.ts and
 * stores/durable-object.ts are three of them, and a fourth needs no more than this.
 */
import { base64url } from "jose";
import type { StoredValues } from "./record";

/** What has changed: a value as JSON text, or null for one that was removed. */
export type Change = Record<string, string | null>;

/** Seconds since 1970. */
export interface RecordTimes {
  createdAt: number;
  /** Of the last commit: a write, or the renewal of once a day. */
  renewedAt: number;
  /** From here on the record counts as gone, whether or not it has been deleted. */
  expiresAt: number;
}

export interface StoredRecord extends RecordTimes {
  /** The hash of the session's id: who can read the store cannot make a cookie of it (rule 6.3). */
  key: string;
  values: StoredValues;
}

/** What a store has to do. Each call may throw; none is called twice for one commit. */
export interface RecordStore {
  name: string;
  binding: object;
  read(key: string): Promise<StoredRecord | undefined>;
  create(record: StoredRecord): Promise<void>;
  /** Applies the change to what the record holds by now. Resolves to false, having written nothing, if it is gone. */
  update(key: string, change: Change, times: RecordTimes): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** The records whose value of `user` is this JSON text. Left out by a store that cannot find them. */
  findByUser?(user: string): Promise<StoredRecord[]>;
}

/** SHA-256, base64url. Not keyed: 128 random bits cannot be guessed, and rotating the secret must not lose the record. */
export async function hash(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

/** @throws SyntaxError or TypeError if it is not what `stringifyValues` made */
export function parseValues<Data>(values: StoredValues): Partial<Data> {
  return Object.fromEntries(Object.entries(values).map(([key, json]) => [key, JSON.parse(json)])) as Partial<Data>;
}

/** For a store that has no merge of its own: the values with the change in them. */
export function applyChange(values: StoredValues, change: Change): StoredValues {
  const merged = Object.entries({ ...values, ...change }).filter(([, json]) => json !== null);
  return Object.fromEntries(merged) as StoredValues;
}
