/** The list of a user's sessions, for a page on which one signs out other devices (OWASP ASVS 5, 7.4.5 and 7.5.2). */
import type { Session } from "@remix-run/cloudflare";
import { recordOf } from "./record";
import { hash, parseValues, type RecordStore } from "./record-store";

/**
 * All sessions of the user of this one: those with the same value of `user` in their data. A session without that value
 * has no others.
 */
export interface UserSessions<Data> {
  /** Newest first. Throws SessionError "store-error" if the store does not answer. */
  list(session: Session<Data>): Promise<UserSession<Data>[]>;
  /** Ends those for which the test holds, and returns them; their cookies are worth nothing from then on. */
  revoke(session: Session<Data>, isMeant: (candidate: UserSession<Data>) => boolean): Promise<UserSession<Data>[]>;
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

/** Needs a store that has `findByUser`. */
export function createUserSessions<Data>(store: RecordStore, now: () => number): UserSessions<Data> {
  async function find(session: Session<Data>): Promise<{ key: string; found: UserSession<Data> }[]> {
    const current = recordOf(session);
    const user = current?.stored?.user;
    if (!user) return [];
    const currentKey = await hash(current.id);
    const records = ((await store.findByUser?.(user)) ?? [])
      .filter(({ expiresAt }) => expiresAt > now())
      .sort((a, b) => b.createdAt - a.createdAt);
    return Promise.all(
      records.map(async ({ key, values, createdAt, renewedAt }) => ({
        key,
        found: {
          handle: (await hash(`handle of ${key}`)).slice(0, 16),
          data: parseValues<Data>(values),
          createdAt,
          lastSeenAt: renewedAt,
          isCurrent: key === currentKey,
        },
      })),
    );
  }

  return {
    list: async (session) => (await find(session)).map(({ found }) => found),
    async revoke(session, isMeant) {
      const meant = (await find(session)).filter(({ found }) => isMeant(found));
      for (const { key } of meant) await store.remove(key);
      return meant.map(({ found }) => found);
    },
  };
}
