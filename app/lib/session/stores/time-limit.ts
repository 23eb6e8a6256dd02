/** Keeps a store that hangs from hanging every page (rule 4.8). */
import { SessionError } from "../errors";
import { nameOf } from "../log";
import type { RecordStore } from "./record-store";

interface Trouble {
  /** The sessions whose calls have timed out since the last answer. */
  sessions: Set<string>;
  /** Milliseconds since 1970. */
  pausedUntil: number;
}

/** Of each binding, in this isolate. */
const troubles = new WeakMap<object, Trouble>();

/** What the log gets of a store's message: the rest may quote a visitor's data. */
const KNOWN = /no such (table|column): \w+|failed: [45]\d\d/;

const SESSIONS_BEFORE_PAUSE = 3;
const PAUSE = 10_000;

/**
 * Gives each call of the store a time limit. An error of a call becomes SessionError "store-error".
 *
 * A store that all visitors share is paused once the calls for three sessions have timed out without an answer in between:
 * its calls fail at once for ten seconds, so that requests don't pile up. The slow calls of one session, or of one user's
 * long list, pause nothing, and neither does a store that is separate for each session (P4).
 */
export function withTimeLimit(store: RecordStore, milliseconds: number): RecordStore {
  const { name, shared, byUser } = store;

  async function callInTime<T>(session: string | undefined, call: () => Promise<T>): Promise<T> {
    const trouble = shared && troubles.get(shared);
    if (trouble && Date.now() < trouble.pausedUntil) throw storeError(name, "paused after time-outs");
    try {
      const result = await inTime(call, milliseconds);
      if (shared) troubles.delete(shared);
      return result;
    } catch (error) {
      if (error !== TIMEOUT) throw storeError(name, KNOWN.exec(String(error))?.[0] ?? nameOf(error));
      if (shared && session !== undefined) noteTimeout(shared, session);
      throw storeError(name, `no answer in ${milliseconds} ms`);
    }
  }

  return {
    name,
    ...(shared && { shared }),
    read: (address, now) => callInTime(address.key, () => store.read(address, now)),
    create: (record) => callInTime(record.key, () => store.create(record)),
    update: (address, update) => callInTime(address.key, () => store.update(address, update)),
    move: (address, ...how) => callInTime(address.key, () => store.move(address, ...how)),
    remove: (address, ...when) => callInTime(address.key, () => store.remove(address, ...when)),
    ...(byUser && {
      byUser: {
        has: (...what) => callInTime(undefined, () => byUser.has(...what)),
        find: (...what) => callInTime(undefined, () => byUser.find(...what)),
        remove: (...what) => callInTime(undefined, () => byUser.remove(...what)),
      },
    }),
  };
}

function noteTimeout(binding: object, session: string): void {
  const sessions = (troubles.get(binding)?.sessions ?? new Set()).add(session);
  // They are kept until the store answers, so after a pause one time-out is enough for the next.
  const isPaused = sessions.size >= SESSIONS_BEFORE_PAUSE;
  troubles.set(binding, { sessions, pausedUntil: isPaused ? Date.now() + PAUSE : 0 });
}

function storeError(store: string, reason: string): SessionError {
  return new SessionError("store-error", `The session's ${store} store failed: ${reason}.`, { store, reason });
}

export const TIMEOUT = Symbol("timeout");

/** @throws TIMEOUT if `call` has not settled after this many milliseconds */
export async function inTime<T>(call: () => Promise<T>, milliseconds: number): Promise<T> {
  let timer!: ReturnType<typeof setTimeout>;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, milliseconds, TIMEOUT);
  });
  try {
    return await Promise.race([call(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** The same for another storage. @throws SessionError "store-error" in place of TIMEOUT */
export const answerInTime = <T>(storage: string, call: () => Promise<T>, milliseconds: number): Promise<T> =>
  inTime(call, milliseconds).catch((error) => {
    throw error === TIMEOUT ? storeError(storage, `no answer in ${milliseconds} ms`) : error;
  });
