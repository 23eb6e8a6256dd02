/** Lists a user's sessions, for a page that signs out other devices (OWASP ASVS 5, 7.4.5 and 7.5.2). */
import { type Session, stateOf, withoutFlashes } from "../types";
import { keyOf, parseRecord, type RecordStore } from "./record-store";

/**
 * Finds the sessions of this session's user, which have the same `user` in their data. Without a user there are none.
 * Both calls throw SessionError "store-error" if the store does not answer.
 */
export interface UserSessions<Data> {
  /** Lists them newest first. The list is incomplete if a part of the store did not answer (8.5). */
  list(session: Session<Data>): Promise<{ sessions: UserSession<Data>[]; isComplete: boolean }>;
  /** Ends and returns the sessions for which `isMeant` holds. Their cookies are worthless from then on. */
  revoke(
    session: Session<Data>,
    isMeant: (candidate: UserSession<Data>) => boolean,
  ): Promise<{ ended: UserSession<Data>[]; isComplete: boolean }>;
}

export interface UserSession<Data> {
  /** Names the session in a list or a form. It opens nothing, unlike the id. */
  handle: string;
  data: Partial<Data>;
  createdAt: number;
  /** The time of the last write or renewal, at most a day ago for a session in use. */
  lastSeenAt: number;
  isCurrent: boolean;
}

/** The store must have `findByUser`. */
export function createUserSessions<Data>(store: RecordStore, { now }: { now: () => number }): UserSessions<Data> {
  async function find(session: Session<Data>) {
    const { claims, stored, unread } = stateOf(session) ?? {};
    const user = JSON.stringify((session.data as { user?: unknown }).user);
    if (user === undefined) return { found: [], isComplete: !unread };
    // The stored user counts, since a sign-in of this very request is not listed yet.
    if (!claims || stored?.user !== user || !store.findByUser) return { found: [], isComplete: false };
    const currentKey = await keyOf(claims.id);
    const { records, isComplete } = await store.findByUser(user, now());
    // A record that cannot be parsed opens for nobody, so it is left out (4.7).
    const found = records.flatMap((record) => parseRecord<Data>(record) ?? []);
    const alive = found.filter(({ record }) => record.expiresAt > now());
    // If a complete list lacks this session, it has ended meanwhile and may not end others.
    const isOver = isComplete && !alive.some(({ record }) => record.key === currentKey);
    if (isOver) return { found: [], isComplete: false };
    const sessions = alive.map(async ({ data, record: { key, createdAt, renewedAt } }) => ({
      key,
      session: {
        handle: (await keyOf(`handle of ${key}`)).slice(0, 16),
        data: withoutFlashes(data) as Partial<Data>,
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
