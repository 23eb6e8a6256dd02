/** The list of a user's sessions, for a page on which one signs out other devices (OWASP ASVS 5, 7.4.5 and 7.5.2). */
import type { Session } from "@remix-run/cloudflare";
import { recordOf } from "./record";
import { hash, parseValues, type RecordStore, type StoredRecord } from "./record-store";

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

/** Needs a store that has `findByUser`. */
export function createUserSessions<Data>(store: RecordStore, now: () => number): UserSessions<Data> {
  async function find(session: Session<Data>): Promise<StoredRecord[]> {
    const user = recordOf(session)?.stored?.user;
    const found = user ? await store.findByUser?.(user) : undefined;
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
    list: async (session) => Promise.all((await find(session)).map((record) => summaryOf(session, record))),
    async revoke(session, isMeant) {
      for (const record of await find(session)) {
        if (isMeant(await summaryOf(session, record))) await store.remove(record.key);
      }
    },
  };
}
