/**
 * Keeps a session's id in the sealed cookie and its data in a record on the server. A record can be ended from
 * elsewhere, and merges parallel changes. The stores kv, d1 and durable-object are this, each with its RecordStore.
 */
import { encode } from "../cookie/base64url";
import { createSealedCookie, expiryOf, type SealedCookieOptions } from "../cookie/sealed-cookie";
import { assertStorable, bytesOf, notReadError, SessionError, tooLarge } from "../errors";
import { logFailure, logSession } from "../log";
import {
  type Claims,
  createSession,
  isFlashKey,
  type SessionState,
  type SessionStorage,
  type StoredValues,
  stateOf,
} from "../types";
import { withTimeLimit } from "./paused-store";
import { type Change, jsonIn, keyOf, MOVED, parseRecord, type RecordStore } from "./record-store";
import { createUserSessions, type UserSessions } from "./user-sessions";

export interface RecordStorageOptions extends SealedCookieOptions {
  /** A request waits this many milliseconds for the store (rule 4.8). */
  storeTimeout: number;
}

/** D1 and Durable Objects take rows of 2 MB, and every request reads the whole session. */
const MAX_RECORD_BYTES = 1_000_000;

/** Makes a plain SessionStorage (rule 1.5). It is cheap, so make one for each request. */
export function createRecordStorage<Data, FlashData = Data>(
  unlimitedStore: RecordStore,
  options: RecordStorageOptions,
): SessionStorage<Data, FlashData> & { userSessions?: UserSessions<Data> } {
  const { log, now } = options;
  const cookie = createSealedCookie("record", options);
  const store = withTimeLimit(unlimitedStore, options.storeTimeout);

  const sessionOf = (data: Partial<Data>, state: SessionState & { claims: Claims }) =>
    createSession<Data, FlashData>(data, state.claims.id, state);

  async function write(previous: Claims | undefined, claims: Claims, before: StoredValues, values: StoredValues) {
    const { id, createdAt, renewedAt } = claims;
    const times = { createdAt, renewedAt, expiresAt: expiryOf(claims, options) };
    const key = await keyOf(id);
    if (!previous) {
      await store.create({ key, values, ...times });
      return logSession(options, "created", id);
    }
    const change = changeBetween(before, values);
    if (id === previous.id) {
      const result = await store.update(key, change, times);
      if (result === "gone") throw gone();
      if (result === "moved") throw new SessionError("moved", "The session got a new id while this request ran.");
    } else {
      if (!(await store.move(await keyOf(previous.id), key, change, times))) throw gone();
      await logSession(options, "regenerated", id, previous.id);
    }
  }

  async function end(session: object): Promise<string> {
    const { claims } = stateOf(session) ?? {};
    if (claims) {
      await store.remove(await keyOf(claims.id), now());
      await logSession(options, "destroyed", claims.id);
    }
    return cookie.removal();
  }

  return {
    async getSession(header) {
      const opened = await cookie.open(header);
      if (!opened) return createSession();
      const { claims, content, isRenewalDue, length } = opened;
      try {
        if (content) store.bookmark?.set(content);
        const record = await store.read(await keyOf(claims.id), now());
        // The browser is about to get the new cookie. The old one can only sign out, because an attacker who planted it
        // must not write to the session that has signed in.
        if (record === MOVED) return sessionOf({}, { claims, unread: "moved" });
        const parsed = parseRecord<Data>(record);
        if (record && !parsed) log("corrupt", { store: store.name });
        // It was signed out elsewhere, or has expired. A write starts a new session and does not reuse the id (6.3).
        if (!parsed || parsed.record.expiresAt <= now()) return createSession();
        const json = JSON.stringify(parsed.data);
        return sessionOf(parsed.data, { claims, isRenewalDue, length, json, stored: parsed.record.values });
      } catch (error) {
        logFailure(error, log);
        return sessionOf({}, { claims, unread: "unread" });
      }
    },

    async commitSession(session, lifetime) {
      const state = stateOf(session) ?? {};
      const { ending, unread, stored = {} } = state;
      const values = stringifyValues(session.data, state);
      const isSignOut = ending?.kind === "destroy";
      // This is a second sign-in with an id that was moved. The first one counts (6.1).
      if (unread === "moved" && ending?.kind === "regenerate") throw gone();
      if (unread && !isSignOut) throw notReadError(unread);

      // Ending comes first (P2).
      if (isSignOut) await end(session);
      const previous = isSignOut ? undefined : state.claims;
      // Don't set a cookie when there is nothing to store. An existing record stays (8.9).
      if (!previous && Object.keys(values).length === 0) return cookie.removal();

      const claims = cookie.renew(state, lifetime);
      // Don't resend the cookie: a late response could overwrite a newer id.
      const isDue =
        !previous || ending || lifetime || state.isRenewalDue || !state.mayOmitCookie || store.bookmark !== undefined;
      try {
        await write(previous, claims, stored, values);
      } catch (error) {
        if (!isSignOut || !(state.claims || state.former?.hasSession)) throw error;
        // The sign-out holds. Only the message or preference set after it is lost.
        logFailure(error, log);
        return cookie.removal();
      }
      Object.assign(state, { claims, stored: values, ending: undefined, newFlashes: undefined, isRenewalDue: false });
      return isDue ? cookie.line(claims, store.bookmark?.get() ?? "", session.data) : "";
    },

    destroySession: end,

    ...(store.findByUser && { userSessions: createUserSessions<Data>(store, options) }),
  };
}

const gone = () => new SessionError("gone", "The session ended while this request ran.");

function stringifyValues(data: object, { stored = {}, newFlashes }: SessionState): StoredValues {
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
  const bytes = bytesOf(JSON.stringify(values));
  // Parallel requests can make a record too large together, so it may still shrink.
  if (bytes > MAX_RECORD_BYTES && bytes > bytesOf(JSON.stringify(stored)))
    throw tooLarge("record", bytes, MAX_RECORD_BYTES, data);
  return values;
}

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
