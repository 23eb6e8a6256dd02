/** Keeps a store that hangs from hanging every page (rule 4.8). */
import { SessionError } from "../errors";
import { inTime, TIMEOUT } from "../time-limit";
import type { RecordStore } from "./record-store";

/**
 * Counts the time-outs in a row for each binding of this isolate. A pause ends at a time in milliseconds since 1970.
 */
const troubles = new WeakMap<object, { timeouts: number; pausedUntil: number }>();

const TIMEOUTS_BEFORE_PAUSE = 3;
const PAUSE = 10_000;

/**
 * Gives each call of the store a time limit. An error of a call becomes SessionError "store-error".
 *
 * A store that all visitors share is paused after three time-outs in a row: its calls fail at once for ten seconds, so
 * that requests don't pile up. A store that is separate for each session is not paused, since its trouble is one
 * visitor's (P4).
 */
export function withTimeLimit(store: RecordStore, milliseconds: number): RecordStore {
  const limited =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    (...args: Args) =>
      callInTime(store, milliseconds, () => call(...args));
  return {
    ...store,
    read: limited(store.read),
    create: limited(store.create),
    update: limited(store.update),
    move: limited(store.move),
    remove: limited(store.remove),
    ...(store.findByUser && { findByUser: limited(store.findByUser) }),
  };
}

async function callInTime<T>({ name, shared }: RecordStore, milliseconds: number, call: () => Promise<T>): Promise<T> {
  const trouble = shared && troubles.get(shared);
  if (trouble && Date.now() < trouble.pausedUntil) throw storeError(name, "paused after time-outs");
  try {
    const result = await inTime(call, milliseconds);
    if (shared) troubles.delete(shared);
    return result;
  } catch (error) {
    if (error !== TIMEOUT) {
      // A parser's message quotes its input, which may be a visitor's data.
      throw storeError(name, error instanceof SyntaxError ? error.name : String(error));
    }
    if (shared) noteTimeout(shared);
    throw storeError(name, `no answer in ${milliseconds} ms`);
  }
}

function noteTimeout(binding: object): void {
  const timeouts = (troubles.get(binding)?.timeouts ?? 0) + 1;
  const isPaused = timeouts >= TIMEOUTS_BEFORE_PAUSE;
  // After a pause, one more time-out is enough for the next.
  troubles.set(
    binding,
    isPaused ? { timeouts: timeouts - 1, pausedUntil: Date.now() + PAUSE } : { timeouts, pausedUntil: 0 },
  );
}

function storeError(store: string, reason: string): SessionError {
  return new SessionError("store-error", `The session's ${store} store failed: ${reason}.`, { store, reason });
}
