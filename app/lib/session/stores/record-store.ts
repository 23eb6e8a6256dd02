/** The interface of a store and the format of its records. records.ts makes a SessionStorage of it. */
import { encode } from "../cookie/base64url";
import { isFlashKey, type StoredValues } from "../raw-session";

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

/** Where a record is. */
export interface Address {
  key: string;
  /** What the store has put into the visitor's cookie with the last write. It is empty at first. */
  note: string;
}

/** Returns the session's first key, for a store whose note is that. It is empty until the session gets another. */
export const placeOf = ({ key, note }: Address) => note || key;

/** The changes of a request. Only these are sent, so that parallel requests lose nothing (rule 8.2). */
export interface Change {
  set: StoredValues;
  unset: string[];
  /**
   * Flashes that a page has shown. Each is removed if its text is still this one, so a newer message stays (rule 3.8).
   */
  shown: StoredValues;
}

/** A request's write to a record that it has read. */
export interface Update {
  change: Change;
  times: RecordTimes;
  /** The user's JSON text when the request read it. A session that belongs to another user by now is not its own. */
  user: string | undefined;
  /**
   * The second in which the request read the record. If the session got a new id after that, the write follows it there,
   * however late it comes (rule 8.2). A store that reads from copies, which may be old, compares the times.
   */
  readAt: number;
  /**
   * A write that was stored in this second, or later, was made after this one was given up. This one comes late, and must not
   * undo what the visitor was told since.
   */
  overtakenAt: number;
  /**
   * The expiry holds even if an earlier one was later, because the app has set a lifetime (rule 1.5); but not for a session
   * that got a new id meanwhile, whose lifetime is a later decision.
   */
  isExactExpiry: boolean;
}

/** What was found under a key: the record as it was written, or the second in which it got a new key. */
export type Found =
  | { record: unknown; replacedAt?: undefined }
  | { record?: undefined; replacedAt: number }
  | undefined;

/**
 * What came of a write, and the note for the cookie if it changed. `moved`: it was applied to the record under its new
 * key. `gone`: nothing was written, because the record has ended. `replaced`: nothing was written, because the record has
 * another user or got its new key before the request.
 */
export interface Written {
  result: "stored" | "moved" | "gone" | "replaced";
  note?: string | undefined;
}

/**
 * A store does each call in one atomic step (P3). Any call may throw, before or after it is done. Another store needs no
 * more than this.
 */
export interface RecordStore {
  name: string;
  /** The binding, if all visitors share its store. Its calls are paused when it hangs (rule 4.8). */
  shared?: object;
  read(address: Address, now: number): Promise<Found>;
  create(record: StoredRecord): Promise<Pick<Written, "note">>;
  update(address: Address, update: Update): Promise<Written>;
  /**
   * Applies the change to the record and gives it the new key (rule 6.1). The old key can no longer read it; it leads
   * writes of requests in flight to the new one, and ends it, until `leadsUntil`.
   */
  move(address: Address, newKey: string, update: Update, leadsUntil: number): Promise<Written>;
  /** Ends the record, also if it got a new key, however long ago. No cookie opens it after the second `until`. */
  remove(address: Address, now: number, until: number): Promise<void>;
  /** A store that can find the sessions of a user has it. */
  byUser?: {
    /** Tells whether the record is alive and belongs to the user, as the store knows it at this moment. */
    has(user: string, address: Address, now: number): Promise<boolean>;
    /**
     * Finds records by this JSON text: the newest ones that are not skipped, as many as one request can read and end.
     */
    find(user: string, now: number, skipped: ReadonlySet<string>): Promise<Listing>;
    /** Ends these records. Resolves to the keys of those that have ended. */
    remove(user: string, addresses: Address[], now: number): Promise<Set<string>>;
  };
}

export interface Listing {
  found: { address: Address; record: unknown }[];
  /** The keys under which it has looked. */
  looked: string[];
  /** There are more than one request can read and end. */
  hasMore: boolean;
  /** Part of the store did not answer, or a session is on its way. */
  hasMissed: boolean;
}

/**
 * In seconds. A browser that sends an id later than this after it was replaced has never got the new one, and begins a new
 * session. Until then it is about to get it.
 */
export const IN_FLIGHT = 15;

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

/**
 * Merges a write into a record, for a store without a merge of its own. Undefined if it has another user by now, or the write
 * is overtaken.
 *
 * @param key the one that the request knows
 * @param newKey the one that the record gets, with a life that the request decides
 */
export function applyUpdate<R extends StoredRecord>(
  record: R,
  key: string,
  update: Update,
  newKey?: string,
): R | undefined {
  const { change, times, user, isExactExpiry } = update;
  if ((user !== undefined && record.values.user !== user) || record.renewedAt >= update.overtakenAt) return undefined;
  const values = applyChange(record.values, change);
  if (newKey) return { ...record, ...times, key: newKey, values };
  // Another request may have given the session a longer life.
  const isExact = isExactExpiry && record.key === key;
  const expiresAt = isExact ? times.expiresAt : Math.max(record.expiresAt, times.expiresAt);
  return { ...record, renewedAt: times.renewedAt, expiresAt, values };
}

function applyChange(values: StoredValues, { set, unset, shown }: Change): StoredValues {
  const removed = new Set(unset);
  const isRemoved = ([name, text]: [string, string]) => removed.has(name) || shown[name] === text;
  const rest = Object.entries(values).filter((entry) => !isRemoved(entry));
  return Object.fromEntries([...rest, ...Object.entries(set)]);
}

// Eight random characters precede a stored flash, so that the same text twice is two messages (rule 3.8).
export const jsonIn = (key: string, text: string) => (isFlashKey(key) ? text.slice(8) : text);
