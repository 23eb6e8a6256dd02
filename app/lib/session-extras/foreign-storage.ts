/**
 * Lets an app use `regenerate` and `destroy` with another package's storage: Remix's and React Router's own, or one for
 * another database. It stands in front of that storage, whose sessions have no way to get a new id. The plain calls (`get`,
 * `set`, `flash`) need no adapter.
 */
import { snapshotOf } from "../session/changes";
import { createSession, rawStateOf } from "../session/raw-session";
import { answerInTime } from "../session/stores/time-limit";
import type { AnySession, CommitOptions, SessionStorage } from "../session/types";

/** The part of another package's storage that the adapter uses. */
export interface ForeignStorage {
  getSession(cookieHeader?: string | null): Promise<AnySession>;
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  commitSession(session: any, options?: any): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  destroySession(session: any): Promise<string>;
}

/**
 * Returns a storage for SuperflareSession and handleFetch. At `regenerate` and `destroy` it ends the old session first, with
 * the storage's `destroySession` (P2); then what is left is stored as a new one. The storage needs no atomic move, so a
 * request in flight at a `regenerate` may lose its change, and one in flight at a `destroy` may bring the session back.
 *
 * @param cookie the name of the storage's cookie: a route that removes it signs out (2.4)
 * @param timeout in milliseconds, for each call of the storage (4.8)
 */
export function adaptStorage<Data, FlashData = Data>(
  storage: ForeignStorage,
  { cookie, timeout = 2_000 }: { cookie: string; timeout?: number },
): SessionStorage<Data, FlashData> {
  const limited = <T>(call: () => Promise<T>) => answerInTime("other", call, timeout);
  const originals = new WeakMap<object, AnySession>();

  async function commit(session: AnySession, options?: CommitOptions): Promise<string> {
    const { read, plan } = rawStateOf(session);
    read.committed = snapshotOf(session.data);
    const { ending } = plan;
    const original = originals.get(session);
    const hadSession = original && (original.id !== "" || Object.keys(original.data).length > 0);
    // Ending comes first (P2).
    const removal = ending && hadSession ? await limited(() => storage.destroySession(original)) : "";
    if (ending?.kind === "destroy" && Object.keys(session.data).length === 0) return removal;
    const target = ending || !original ? await limited(() => storage.getSession()) : original;
    for (const key of Object.keys(target.data)) if (!Object.hasOwn(session.data, key)) target.unset(key);
    for (const [key, value] of Object.entries(session.data)) target.set(key, value);
    originals.set(session, target);
    plan.ending = undefined;
    try {
      return await limited(() => storage.commitSession(target, options ?? ending?.lifetime));
    } catch (error) {
      // The sign-out holds. Only the message or preference set after it is lost.
      if (ending?.kind === "destroy" && !ending.isSignIn && removal) return removal;
      throw error;
    }
  }

  return {
    async getSession(header) {
      const original = await limited(() => storage.getSession(header));
      const session = createSession<Data, FlashData>(original.data, original.id, {}, { cookie, hasSession: false });
      originals.set(session, original);
      return session;
    },
    commitSession: commit,
    destroySession: (session) => limited(() => storage.destroySession(originals.get(session) ?? session)),
  };
}
