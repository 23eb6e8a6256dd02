/**
 * A session in two parts: its id, sealed, in the cookie; its data in a record on the server. The record can be ended
 * from elsewhere, and what parallel requests change is merged in it. The stores kv, d1 and durable-object are this, with
 * a RecordStore each.
 */
import { createSession, type SessionStorage } from "@remix-run/cloudflare";
import { SessionError, tooLarge, unread } from "./errors";
import { logSession } from "./log";
import { attachRecord, newSessionId, recordOf, type StoredValues } from "./record";
import { type Change, hash, parseValues, type RecordStore } from "./record-store";
import { createSessionCookie, type SessionCookieOptions } from "./session-cookie";
import { assertStorable } from "./storable";
import { withTimeLimit } from "./time-limit";
import { createUserSessions, type UserSessions } from "./user-sessions";

export interface RecordStorageOptions extends SessionCookieOptions {
  /** Milliseconds that a request waits for the store (rule 4.6). */
  storeTimeout: number;
}

export interface RecordSessionStorage<Data, FlashData = Data> extends SessionStorage<Data, FlashData> {
  /** Left out where the store cannot find a user's sessions. */
  userSessions?: UserSessions<Data>;
}

/** D1 and Durable Objects take rows of 2 MB; a session that comes near it is read on every request. */
const MAX_RECORD_BYTES = 1_000_000;

/** A plain Remix SessionStorage (rule 1.5). Making one is cheap: do it for each request. */
export function createRecordSessionStorage<Data, FlashData = Data>(
  unlimitedStore: RecordStore,
  options: RecordStorageOptions,
): RecordSessionStorage<Data, FlashData> {
  const { log, now } = options;
  const cookie = createSessionCookie<true>("record", options);
  const store = withTimeLimit(unlimitedStore, options.storeTimeout);

  return {
    async getSession(header) {
      const opened = await cookie.open(header);
      if (!opened) return createSession<Data, FlashData>();
      const { id, createdAt, isRenewalDue, received } = opened;
      try {
        const key = await hash(id);
        const record = await store.read(key);
        // Signed out elsewhere, or expired: the id is not used again, and a write begins a session of its own (6.3).
        if (!record || record.expiresAt <= now()) return createSession<Data, FlashData>();
        const session = createSession<Data, FlashData>(parseValues<Data>(record.values) as Data, id);
        return attachRecord(session, { id, createdAt, isRenewalDue, received, stored: record.values });
      } catch (error) {
        log("store-error", error instanceof SessionError ? error.details : { store: store.name, reason: "garbage" });
        return attachRecord(createSession<Data, FlashData>(), { id, createdAt, isRenewalDue: false, isUnread: true });
      }
    },

    async commitSession(session) {
      const known = recordOf(session);
      if (known?.isUnread) throw unread();
      const values = stringifyValues(session.data);
      // A visitor of whom nothing is kept needs no record. One that exists stays: a parallel request may be adding to it.
      if (!known && Object.keys(values).length === 0) return cookie.removal();

      const { id, createdAt } = known ?? { id: newSessionId(), createdAt: now() };
      const times = { createdAt, renewedAt: now(), expiresAt: cookie.expiryFrom(createdAt) };
      const key = await hash(id);
      if (known?.stored) {
        const change = changeBetween(known.stored, values);
        if (!(await store.update(key, change, times))) {
          throw new SessionError("gone", "The session was ended while this request ran.");
        }
      } else {
        await store.create({ key, values, ...times });
        await logSession(options, "created", id);
      }
      attachRecord(session, { id, createdAt, isRenewalDue: false, stored: values });
      return cookie.line(id, createdAt, true, session.data);
    },

    async destroySession(session) {
      const record = recordOf(session);
      if (record) {
        const key = await hash(record.id);
        await store.remove(key);
        await logSession(options, "destroyed", record.id);
      }
      return cookie.removal();
    },

    ...(store.findByUser && { userSessions: createUserSessions<Data>(store, now) }),
  };
}

function stringifyValues(data: object): StoredValues {
  const values: StoredValues = Object.create(null);
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    assertStorable(value, key);
    values[key] = JSON.stringify(value);
    bytes += new TextEncoder().encode(key + values[key]).length;
  }
  if (bytes > MAX_RECORD_BYTES) throw tooLarge("record", bytes, MAX_RECORD_BYTES, data);
  return values;
}

function changeBetween(before: StoredValues, after: StoredValues): Change {
  const change: Change = Object.create(null);
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) change[key] = null;
  for (const [key, json] of Object.entries(after)) if (before[key] !== json) change[key] = json;
  return change;
}
