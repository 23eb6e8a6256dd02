/**
 * Keeps a session's id in the sealed cookie and its data in a record on the server. A record can be ended from
 * elsewhere, and merges parallel changes. The stores kv, d1 and durable-object are this, each with its RecordStore.
 */
import { snapshotOf } from "../changes";
import { encode } from "../cookie/base64url";
import { createSealedCookie, expiryOf, type SealedCookieOptions } from "../cookie/sealed-cookie";
import { assertStorable, bytesOf, notReadError, SessionError, tooLarge } from "../errors";
import { logEvent, logFailure, logSession } from "../log";
import {
  type Claims,
  createSession,
  isFlashKey,
  type ReadState,
  rawStateOf,
  type SessionState,
  type StoredValues,
} from "../raw-session";
import type { CommitOptions, SessionStorage } from "../types";
import { type Change, IN_FLIGHT, jsonIn, keyOf, parseRecord, type RecordStore } from "./record-store";
import { withTimeLimit } from "./time-limit";
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
  const { now } = options;
  const cookie = createSealedCookie("record", options);
  const store = withTimeLimit(unlimitedStore, options.storeTimeout);
  const addressOf = async ({ id }: Claims, note = "") => ({ key: await keyOf(id), note });

  /** What a valid cookie leads to. */
  async function read(sent: Claims, note: string): Promise<{ data?: Partial<Data>; read: ReadState }> {
    const at = now();
    try {
      const found = await store.read(await addressOf(sent, note), at);
      // An attacker who planted the old id must not read or write the session that has signed in. It can only be ended.
      if (found?.replacedAt !== undefined) {
        const isOnItsWay = at - found.replacedAt < IN_FLIGHT;
        return { read: { sent, note, ...(isOnItsWay ? { unread: "replaced" } : { isAbandoned: true }) } };
      }
      const parsed = parseRecord<Data>(found?.record);
      if (found?.record !== undefined && !parsed) logEvent(options, "corrupt", { store: store.name });
      // It was signed out elsewhere, or has expired. A write starts a new session and does not reuse the id (6.3).
      if (!parsed || parsed.record.expiresAt <= at) return { read: { sent, note } };
      const { data, record } = parsed;
      return { data, read: { sent, claims: sent, note, at, stored: record.values } };
    } catch (error) {
      logFailure(options, error);
      return { read: { sent, note, unread: "unavailable" } };
    }
  }

  /** Stores the values. Resolves to false if the session has a new id by now, whose cookie another response brings. */
  async function write(state: SessionState, claims: Claims, values: StoredValues, lifetime?: CommitOptions) {
    const { claims: previous, stored = {}, note, at: readAt = now() } = state.read;
    const times = { createdAt: claims.createdAt, renewedAt: claims.renewedAt, expiresAt: expiryOf(claims, options) };
    if (!previous || state.plan.ending?.kind === "destroy") {
      const created = await store.create({ key: await keyOf(claims.id), values, ...times });
      state.read.note = created?.note ?? "";
      await logSession(options, "created", claims.id);
      return true;
    }
    const change = changeBetween(stored, values);
    const overtakenAt = times.renewedAt + Math.ceil(options.storeTimeout / 1000);
    const update = { change, times, user: stored.user, readAt, overtakenAt, isExactExpiry: lifetime !== undefined };
    const address = await addressOf(previous, note);
    const isMove = claims.id !== previous.id;
    const { result, note: newNote = note } = isMove
      ? await store.move(
          address,
          await keyOf(claims.id),
          update,
          Math.max(expiryOf(previous, options), now() + IN_FLIGHT),
        )
      : await store.update(address, update);
    if (result === "gone") throw new SessionError("gone", "The session ended while this request ran.");
    if (result === "replaced") throw notReadError("replaced");
    state.read.note = newNote ?? "";
    if (isMove) await logSession(options, "regenerated", claims.id, previous.id);
    if (result === "moved") logEvent(options, "moved");
    return result !== "moved";
  }

  /** Ends the session of the visitor's cookie, even if it is out of sight: it could come back (6.2). */
  async function end(session: object): Promise<string> {
    const { claims, sent, note } = rawStateOf(session).read;
    const ended = claims ?? sent;
    if (ended) {
      await store.remove(await addressOf(ended, note), now(), now() + options.absoluteTimeout);
      await logSession(options, "destroyed", ended.id);
    }
    return cookie.removal();
  }

  return {
    async getSession(header) {
      const opened = await cookie.open(header);
      if (!opened) return createSession();
      const { data, read: found } = await read(opened.claims, opened.content);
      const { isRenewalDue, length } = opened;
      if (data) return createSession<Data, FlashData>(data, opened.claims.id, { ...found, isRenewalDue, length });
      return createSession(undefined, found.unread && opened.claims.id, found);
    },

    async commitSession(session, lifetime) {
      const state = rawStateOf(session);
      const { read, plan, former } = state;
      read.committed = snapshotOf(session.data);
      const values = stringifyValues(session.data, state);
      const isSignOut = plan.ending?.kind === "destroy";
      if (read.unread && !isSignOut) throw notReadError(read.unread);

      // Ending comes first (P2). A session that begins in place of one whose new id was lost ends that one.
      if (isSignOut || read.isAbandoned) await end(session);
      // Don't set a cookie when there is nothing to store. An existing record stays (8.9).
      const isNew = isSignOut || !read.claims;
      if (isNew && Object.keys(values).length === 0) return cookie.removal();

      const claims = cookie.renew(state, lifetime);
      const noteBefore = read.note;
      try {
        if (!(await write(state, claims, values, lifetime))) return "";
      } catch (error) {
        // A sign-in that begins with a sign-out is not confirmed if it could not be stored (P1).
        if (!isSignOut || plan.ending?.isSignIn || !(read.sent || former?.hasSession)) throw error;
        // The sign-out holds. Only the message or preference set after it is lost.
        logFailure(options, error);
        return cookie.removal();
      }
      // Don't resend the cookie: a late response could overwrite a newer id.
      const isDue =
        read.sent?.id !== claims.id ||
        read.claims?.idle !== claims.idle ||
        read.claims?.endsWithBrowser !== claims.endsWithBrowser ||
        read.isRenewalDue ||
        !plan.mayOmitCookie ||
        read.note !== noteBefore;
      Object.assign(read, { claims, stored: values, isRenewalDue: false, unread: undefined, isAbandoned: false });
      Object.assign(plan, { ending: undefined, newFlashes: undefined });
      return isDue ? cookie.line(claims, read.note ?? "", session.data) : "";
    },

    destroySession: end,

    ...(store.byUser && { userSessions: createUserSessions<Data>(store.byUser, options) }),
  };
}

function stringifyValues(data: object, { read: { stored = {} }, plan: { newFlashes } }: SessionState): StoredValues {
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
