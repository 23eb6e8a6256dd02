/**
 * A session in two parts: its id, sealed, in the cookie; its data in a record on the server. The record can be ended
 * from elsewhere, and what parallel requests change is merged in it. The stores kv, d1 and durable-object are this, with
 * a RecordStore each.
 */
import { createSession, type Session, type SessionStorage } from "@remix-run/cloudflare";
import { base64url } from "jose";
import { SessionError, tooLarge, unread } from "./errors";
import { nameForLog } from "./log";
import { attachRecord, newSessionId, recordOf, type StoredValues } from "./record";
import { createSessionCookie, type SessionCookieOptions } from "./session-cookie";
import { assertStorable } from "./storable";
import { withTimeLimit } from "./time-limit";

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

export interface RecordStorageOptions extends SessionCookieOptions {
  /** Milliseconds that a request waits for the store (rule 4.6). */
  storeTimeout: number;
}

export interface RecordSessionStorage<Data, FlashData = Data> extends SessionStorage<Data, FlashData> {
  /** Left out where the store cannot find a user's sessions. */
  userSessions?: UserSessions<Data>;
}

/**
 * All sessions of the user of this one: those with the same value of `user` in their data. A session without that value
 * has no others.
 */
export interface UserSessions<Data> {
  /** Newest first. Throws SessionError "store-error" if the store does not answer. */
  list(session: Session<Data>): Promise<UserSession<Data>[]>;
  /** Ends those for which the test holds; their cookies are worth nothing from then on. */
  revoke(session: Session<Data>, isMeant: (candidate: UserSession<Data>) => boolean): Promise<void>;
}

export interface UserSession<Data> {
  /** Names the session in a list or a form. It is neither the id nor of any use as one. */
  handle: string;
  data: Partial<Data>;
  createdAt: number;
  /** Of the last write or renewal, which is a day ago at most for one in use. */
  lastSeenAt: number;
  isCurrent: boolean;
}

/** D1 and Durable Objects take rows of 2 MB; a session that comes near it is read on every request. */
const MAX_RECORD_BYTES = 1_000_000;

/** A plain Remix SessionStorage (rule 1.5). Making one is cheap: do it for each request. */
export function createRecordSessionStorage<Data, FlashData = Data>(
  store: RecordStore,
  options: RecordStorageOptions,
): RecordSessionStorage<Data, FlashData> {
  const { log, now, secrets } = options;
  const cookie = createSessionCookie<true>("record", options);
  const ask = <T>(call: () => Promise<T>) => withTimeLimit(store, options.storeTimeout, call);
  const logSession = async (event: "created" | "destroyed", id: string) =>
    log(event, { session: await nameForLog(id, secrets[0]) });

  async function find(session: Session<Data>): Promise<StoredRecord[]> {
    const user = recordOf(session)?.stored?.user;
    const found = user && store.findByUser ? await ask(async () => store.findByUser?.(user)) : undefined;
    return (found ?? []).filter(({ expiresAt }) => expiresAt > now()).sort((a, b) => b.createdAt - a.createdAt);
  }

  async function summaryOf(session: Session<Data>, { key, values, createdAt, renewedAt }: StoredRecord) {
    const current = recordOf(session);
    return {
      handle: (await hash(`handle of ${key}`)).slice(0, 16),
      data: parseValues<Data>(values),
      createdAt,
      lastSeenAt: renewedAt,
      isCurrent: current !== undefined && key === (await hash(current.id)),
    };
  }

  return {
    async getSession(header) {
      const opened = await cookie.open(header);
      if (!opened) return createSession<Data, FlashData>();
      const { id, createdAt, isRenewalDue } = opened;
      try {
        const key = await hash(id);
        const record = await ask(() => store.read(key));
        // Signed out elsewhere, or expired: the id is not used again, and a write begins a session of its own (6.3).
        if (!record || record.expiresAt <= now()) return createSession<Data, FlashData>();
        const session = createSession<Data, FlashData>(parseValues<Data>(record.values) as Data, id);
        return attachRecord(session, { id, createdAt, isRenewalDue, stored: record.values });
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
        if (!(await ask(() => store.update(key, change, times)))) {
          throw new SessionError("gone", "The session was ended while this request ran.");
        }
      } else {
        await ask(() => store.create({ key, values, ...times }));
        await logSession("created", id);
      }
      attachRecord(session, { id, createdAt, isRenewalDue: false, stored: values });
      return cookie.line(id, createdAt, true, session.data);
    },

    async destroySession(session) {
      const record = recordOf(session);
      if (record) {
        const key = await hash(record.id);
        await ask(() => store.remove(key));
        await logSession("destroyed", record.id);
      }
      return cookie.removal();
    },

    ...(store.findByUser && {
      userSessions: {
        list: async (session) => Promise.all((await find(session)).map((record) => summaryOf(session, record))),
        async revoke(session, isMeant) {
          for (const record of await find(session)) {
            if (isMeant(await summaryOf(session, record))) await ask(() => store.remove(record.key));
          }
        },
      } satisfies UserSessions<Data>,
    }),
  };
}

/** SHA-256, base64url. Not keyed: 128 random bits cannot be guessed, and rotating the secret must not lose the record. */
async function hash(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
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

/** @throws SyntaxError or TypeError if it is not what `stringifyValues` made */
function parseValues<Data>(values: StoredValues): Partial<Data> {
  return Object.fromEntries(Object.entries(values).map(([key, json]) => [key, JSON.parse(json)])) as Partial<Data>;
}

function changeBetween(before: StoredValues, after: StoredValues): Change {
  const change: Change = Object.create(null);
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) change[key] = null;
  for (const [key, json] of Object.entries(after)) if (before[key] !== json) change[key] = json;
  return change;
}

/** For a store that has no merge of its own: the values with the change in them. */
export function applyChange(values: StoredValues, change: Change): StoredValues {
  const merged = Object.entries({ ...values, ...change }).filter(([, json]) => json !== null);
  return Object.fromEntries(merged) as StoredValues;
}
