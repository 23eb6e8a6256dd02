/** The list of a user's sessions, for a page on which one signs out other devices (OWASP ASVS 5, 7.4.5 and 7.5.2). */
import { isFlashKey, type Session, stateOf } from "../types";
import { keyOf, parseRecord, type RecordStore } from "./records";

/**
 * All sessions of the user of this one: those with the same value of `user` in their data. A session without that value
 * has no others. Both calls throw SessionError "store-error" if the store does not answer.
 */
export interface UserSessions<Data> {
  /** Newest first. A part of the store may not have answered: then the list is not complete, and says so (8.5). */
  list(session: Session<Data>): Promise<{ sessions: UserSession<Data>[]; isComplete: boolean }>;
  /** Ends those for which the test holds, and returns them. Their cookies are worth nothing from then on. */
  revoke(
    session: Session<Data>,
    isMeant: (candidate: UserSession<Data>) => boolean,
  ): Promise<{ ended: UserSession<Data>[]; isComplete: boolean }>;
}

export interface UserSession<Data> {
  /** Names the session in a list or a form. It is not the id, and opens nothing. */
  handle: string;
  data: Partial<Data>;
  createdAt: number;
  /** Of the last write or renewal, at most a day ago for one in use. */
  lastSeenAt: number;
  isCurrent: boolean;
}

/** Needs a store that has `findByUser`. */
export function createUserSessions<Data>(store: RecordStore, { now }: { now: () => number }): UserSessions<Data> {
  interface Found {
    key: string;
    session: UserSession<Data>;
  }

  async function find(session: Session<Data>): Promise<{ found: Found[]; isComplete: boolean }> {
    const { claims, stored, unread } = stateOf(session) ?? {};
    const user = JSON.stringify((session.data as { user?: unknown }).user);
    if (user === undefined) return { found: [], isComplete: !unread };
    // As the store has it: who has signed in just now, in this request, is not listed yet.
    if (!claims || stored?.user !== user || !store.findByUser) return { found: [], isComplete: false };
    const currentKey = await keyOf(claims.id);
    const { records, isComplete } = await store.findByUser(user, now());
    // A record that cannot be parsed opens for nobody, so it is left out (4.7).
    const found = records.flatMap((record) => parseRecord<Data>(record) ?? []);
    const alive = found.filter(({ record }) => record.expiresAt > now());
    const sessions = alive.map(async ({ data, record: { key, createdAt, renewedAt } }) => ({
      key,
      session: {
        handle: (await keyOf(`handle of ${key}`)).slice(0, 16),
        data: Object.fromEntries(Object.entries(data).filter(([name]) => !isFlashKey(name))) as Partial<Data>,
        createdAt,
        lastSeenAt: renewedAt,
        isCurrent: key === currentKey,
      },
    }));
    const sorted = (await Promise.all(sessions)).sort((a, b) => b.session.createdAt - a.session.createdAt);
    return { found: sorted, isComplete };
  }

  return {
    async list(session) {
      const { found, isComplete } = await find(session);
      return { sessions: found.map(({ session }) => session), isComplete };
    },

    async revoke(session, isMeant) {
      const { found, isComplete } = await find(session);
      const meant = found.filter(({ session }) => isMeant(session));
      await Promise.all(meant.map(({ key }) => store.remove(key, now())));
      return { ended: meant.map(({ session }) => session), isComplete };
    },
  };
}
