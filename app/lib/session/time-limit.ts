/** A store that hangs must not hang every page with it (rule 4.6). */
import { SessionError } from "./errors";
import type { RecordStore } from "./record-store";

/** Milliseconds since 1970 until which a store is not asked again, by its binding. In this isolate alone. */
const pausedUntil = new WeakMap<object, number>();

const PAUSE = 10_000;

/**
 * The store, with so many milliseconds for each call. After a call that took longer, the calls of the next ten seconds
 * fail at once: otherwise each request would wait for the limit. What a call throws becomes SessionError "store-error".
 */
export function withTimeLimit(store: RecordStore, milliseconds: number): RecordStore {
  const limited =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    (...args: Args) =>
      race(store, milliseconds, () => call(...args));
  return {
    ...store,
    read: limited(store.read),
    create: limited(store.create),
    update: limited(store.update),
    remove: limited(store.remove),
    ...(store.findByUser && { findByUser: limited(store.findByUser) }),
  };
}

async function race<T>({ name, binding }: RecordStore, milliseconds: number, call: () => Promise<T>): Promise<T> {
  if (Date.now() < (pausedUntil.get(binding) ?? 0)) throw storeError(name, "paused after a time-out");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      pausedUntil.set(binding, Date.now() + PAUSE);
      reject(storeError(name, `no answer in ${milliseconds} ms`));
    }, milliseconds);
  });
  try {
    return await Promise.race([call(), limit]);
  } catch (error) {
    throw error instanceof SessionError ? error : storeError(name, reasonOf(error));
  } finally {
    clearTimeout(timer);
  }
}

function storeError(store: string, reason: string): SessionError {
  return new SessionError("store-error", `The session's ${store} store failed: ${reason}.`, { store, reason });
}

/** What goes into the log. A parser's message quotes what it was given, which may be a visitor's data. */
function reasonOf(error: unknown): string {
  return error instanceof SyntaxError || error instanceof TypeError ? "garbage" : String(error);
}
