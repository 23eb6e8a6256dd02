/**
 * A session in two parts: its id, sealed, in the cookie; its data in a record on the server. The record can be ended
 * from elsewhere, and what parallel requests change is merged in it. The stores kv, d1 and durable-object are this, with
 * a RecordStore each.
 */
import { encode } from "../cookie/base64url";
import { createSealedCookie, type SealedCookieOptions } from "../cookie/sealed-cookie";
import { asSessionError, assertStorable, SessionError, tooLarge, unread } from "../errors";
import { logSession } from "../log";
import {
  type Backstage,
  backstageOf,
  createSession,
  isFlashKey,
  type Known,
  type SessionStorage,
  type StoredValues,
} from "../types";
import { withTimeLimit } from "./time-limit";
import { createUserSessions, type UserSessions } from "./user-sessions";

/** Seconds since 1970. */
export interface RecordTimes {
  createdAt: number;
  /** Of the last commit: a write, or the renewal of once a day. */
  renewedAt: number;
  /** From here on the record counts as gone, whether or not it has been deleted. */
  expiresAt: number;
}

export interface StoredRecord extends RecordTimes {
  /** The hash of the session's id: whoever can read the store cannot make a cookie of it (rule 6.3). */
  key: string;
  values: StoredValues;
}

/** What a request has changed: it is sent, not the whole data, so that parallel requests lose nothing (rule 8.2). */
export interface Change {
  set: StoredValues;
  unset: string[];
  /** Flashes that a page has shown. Each is removed if it is still this text: a newer message stays (rule 3.8). */
  shown: StoredValues;
}

/** `moved`: applied, to the record that took this one's place. `gone`: there is none, and nothing was written. */
export type UpdateResult = "stored" | "moved" | "gone";

/**
 * What a store has to do, each in one atomic step (P3). A fourth store needs no more than this. Each call may throw; none
 * is made twice for one commit.
 */
export interface RecordStore {
  name: string;
  /** The binding, if all visitors share what is behind it: when it hangs, it is not asked for a while (rule 4.8). */
  shared?: object;
  /**
   * The record as it was written; or MOVED, if it got a new key less than IN_FLIGHT seconds ago. Something else is a record
   * that cannot be parsed, and counts as gone (rule 4.7).
   */
  read(key: string, now: number): Promise<unknown>;
  create(record: StoredRecord): Promise<void>;
  update(key: string, change: Change, times: RecordTimes): Promise<UpdateResult>;
  /**
   * Puts the record, as it is by then and with the change, under the new key, and ends the old one (rule 6.1). A request
   * that is in flight at that time still reaches it by the old key, for IN_FLIGHT seconds: to change or to end it, not to
   * read it. Resolves to false, having made nothing, if the old record is gone.
   */
  move(key: string, newKey: string, change: Change, times: RecordTimes): Promise<boolean>;
  /** Ends the record, and one that it was moved to. */
  remove(key: string, now: number): Promise<void>;
  /** The records whose value of `user` is this JSON text. Left out by a store that cannot find them. */
  findByUser?(user: string, now: number): Promise<{ records: unknown[]; isComplete: boolean }>;
}

/** Seconds. A request that takes longer, and meets a session that got a new id meanwhile, finds it gone. */
export const IN_FLIGHT = 60;

export const MOVED = Symbol("moved");

export interface RecordStorageOptions extends SealedCookieOptions {
  /** Milliseconds that a request waits for the store (rule 4.8). */
  storeTimeout: number;
}

/** D1 and Durable Objects take rows of 2 MB; a session that comes near that is read on every request. */
const MAX_RECORD_BYTES = 1_000_000;

/** A plain SessionStorage (rule 1.5). Cheap: make one for each request. */
export function createRecordStorage<Data, FlashData = Data>(
  unlimitedStore: RecordStore,
  options: RecordStorageOptions,
): SessionStorage<Data, FlashData> & { userSessions?: UserSessions<Data> } {
  const { log, now } = options;
  const cookie = createSealedCookie("record", options);
  const store = withTimeLimit(unlimitedStore, options.storeTimeout);

  const timesOf = (known: Known): RecordTimes => {
    const { createdAt, renewedAt } = known;
    return { createdAt, renewedAt, expiresAt: cookie.expiryOf(known) };
  };

  async function create(known: Known, values: StoredValues): Promise<void> {
    await store.create({ key: await keyOf(known.id), values, ...timesOf(known) });
    await logSession(options, "created", known.id);
  }

  /** To a new key if the session was regenerated. What parallel requests have stored meanwhile goes along. */
  async function update(previous: Known, known: Known, change: Change): Promise<void> {
    const key = await keyOf(previous.id);
    if (known.id === previous.id) {
      const result = await store.update(key, change, timesOf(known));
      if (result === "gone") throw gone();
      if (result === "moved") throw new SessionError("moved", "The session got a new id while this request ran.");
    } else {
      const isMoved = await store.move(key, await keyOf(known.id), change, timesOf(known));
      if (!isMoved) throw gone();
      await logSession(options, "regenerated", known.id, previous.id);
    }
  }

  async function end({ known }: Backstage): Promise<void> {
    if (!known) return;
    await store.remove(await keyOf(known.id), now());
    await logSession(options, "destroyed", known.id);
  }

  return {
    async getSession(header) {
      const opened = await cookie.open(header);
      if (!opened) return createSession();
      const { known, isRenewalDue, length } = opened;
      try {
        const record = await store.read(await keyOf(known.id), now());
        // The browser will have the new cookie in a moment. Until then it can sign out, and nothing else: whoever planted
        // the old id in it must not write to the session that has signed in.
        if (record === MOVED)
          return createSession<Data, FlashData>({}, known.id, { known, isUnread: true, isMoved: true });
        const stored = parseRecord<Data>(record);
        if (record && !stored) log("corrupt", { store: store.name });
        // Signed out elsewhere, or expired: the id is not used again, and a write begins a session of its own (6.3).
        if (!stored || stored.record.expiresAt <= now()) return createSession();
        const json = JSON.stringify(stored.data);
        const state = { known, isRenewalDue, length, json, stored: stored.record.values };
        return createSession<Data, FlashData>(undefined, known.id, state);
      } catch (error) {
        const { code, details } = asSessionError(error);
        log(code, details);
        return createSession<Data, FlashData>({}, known.id, { known, isUnread: true });
      }
    },

    async commitSession(session, lifetime) {
      const state = backstageOf(session) ?? {};
      const { ending, stored = {} } = state;
      const values = stringifyValues(session.data, state);
      const isEmpty = Object.keys(values).length === 0;
      const isSignOut = ending?.kind === "destroy";
      // A second sign-in with an id that was moved: the first one counts (6.1).
      if (state.isMoved && ending?.kind === "regenerate") throw gone();
      if (state.isUnread && !isSignOut) throw unread(state.isMoved ? "moved" : "unread");

      // Ending comes first (P2).
      if (isSignOut) await end(state);
      const previous = isSignOut ? undefined : state.known;
      const hasEnded = isSignOut && state.known !== undefined;
      // Don't set a cookie when there is nothing to store. A record that is there stays: a parallel request may add to it.
      if (!previous && isEmpty) return cookie.removal();

      const known = cookie.renewed(previous, lifetime, ending);
      const line = await cookie.line(known, "", session.data);
      try {
        if (previous) await update(previous, known, changeBetween(stored, values));
        else await create(known, values);
      } catch (error) {
        if (!hasEnded) throw error;
        // A message or a preference is lost, but not the sign-out.
        const { code, details } = asSessionError(error);
        log(code, details);
        return cookie.removal();
      }
      Object.assign(state, { known, stored: values, ending: undefined, newFlashes: undefined, isRenewalDue: false });
      return line;
    },

    async destroySession(session) {
      await end(backstageOf(session) ?? {});
      return cookie.removal();
    },

    ...(store.findByUser && { userSessions: createUserSessions<Data>(store, options) }),
  };
}

const gone = () => new SessionError("gone", "The session was ended while this request ran.");

/** SHA-256, base64url. Not keyed: 128 random bits cannot be guessed, and rotating the secret must not lose the record. */
export async function keyOf(id: string): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id))));
}

/** The record and its data. Nothing if it is not what this file has written (rule 4.7). */
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

/** For a store that has no merge of its own: the values with the change in them. */
export function applyChange(values: StoredValues, { set, unset, shown }: Change): StoredValues {
  const isRemoved = ([name, text]: [string, string]) => unset.includes(name) || shown[name] === text;
  const kept = Object.entries(values).filter((entry) => !isRemoved(entry));
  return Object.fromEntries([...kept, ...Object.entries(set)]);
}

// A flash is stored behind a random name of its own, so that the same text twice is two messages (rule 3.8).
const FLASH_NAME_LENGTH = 8;
const jsonIn = (key: string, text: string) => (isFlashKey(key) ? text.slice(FLASH_NAME_LENGTH) : text);

function stringifyValues(data: object, { stored = {}, newFlashes }: Backstage): StoredValues {
  const values: StoredValues = Object.create(null);
  for (const [key, value] of Object.entries(data)) {
    assertStorable(key, value);
    let text = JSON.stringify(value);
    if (isFlashKey(key)) {
      const before = newFlashes?.has(key) ? undefined : stored[key];
      const isSame = before !== undefined && jsonIn(key, before) === text;
      text = isSame ? before : encode(crypto.getRandomValues(new Uint8Array(6))) + text;
    }
    values[key] = text;
  }
  const bytes = bytesOf(values);
  // Parallel requests can make it too large between them. It can still be made smaller, and show its messages.
  if (bytes > MAX_RECORD_BYTES && bytes > bytesOf(stored)) throw tooLarge("record", bytes, MAX_RECORD_BYTES, data);
  return values;
}

const bytesOf = (values: StoredValues) => new TextEncoder().encode(JSON.stringify(values)).length;

function changeBetween(before: StoredValues, after: StoredValues): Change {
  const change: Change = { set: Object.create(null), unset: [], shown: Object.create(null) };
  for (const [key, text] of Object.entries(after)) if (before[key] !== text) change.set[key] = text;
  for (const [key, text] of Object.entries(before)) {
    if (Object.hasOwn(after, key)) continue;
    if (isFlashKey(key)) change.shown[key] = text;
    else change.unset.push(key);
  }
  return change;
}
