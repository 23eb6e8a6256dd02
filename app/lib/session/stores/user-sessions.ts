/** Lists a user's sessions, for a page that signs out other devices (OWASP ASVS 5, 7.4.5 and 7.5.2). */
import { isUser } from "../errors";
import { stateOf, withoutFlashes } from "../raw-session";
import type { Session } from "../types";
import { keyOf, parseRecord, type RecordStore } from "./record-store";

/**
 * Finds the sessions of this session's user, which have the same `user` in their data. Without a user there are none.
 * Both calls throw SessionError "store-error" if the store does not answer.
 */
export interface UserSessions<Data> {
  /** Lists them newest first. The list is incomplete if it is long, or a part of the store did not answer (8.5, 8.8). */
  list(session: Session<Data>): Promise<{ sessions: UserSession<Data>[]; isComplete: boolean }>;
  /**
   * Ends and returns the sessions for which `isMeant` holds. Their cookies are worthless from then on. If it is not
   * complete, another call gets further.
   */
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

export function createUserSessions<Data>(
  byUser: NonNullable<RecordStore["byUser"]>,
  { now }: { now: () => number },
): UserSessions<Data> {
  /** Returns the JSON text of the user whose sessions this session may see, and its key. */
  async function authorize(
    session: Session<Data>,
  ): Promise<{ user: string; currentKey: string } | "nobody" | "unknown"> {
    const { claims, stored, note = "", unread } = stateOf(session)?.read ?? {};
    const held = (session.data as { user?: unknown }).user;
    if (!isUser(held)) return unread ? "unknown" : "nobody";
    const user = JSON.stringify(held);
    // The stored user counts, since a sign-in of this very request is not listed yet.
    if (!claims || stored?.user !== user) return "unknown";
    const currentKey = await keyOf(claims.id);
    // A session that has ended meanwhile sees and ends no others.
    return (await byUser.has(user, { key: currentKey, note }, now())) ? { user, currentKey } : "unknown";
  }

  async function find(user: string, currentKey: string, skipped: ReadonlySet<string>) {
    const { found, ...rest } = await byUser.find(user, now(), skipped);
    // A record that cannot be parsed opens for nobody, so it is left out (4.7).
    const sessions = found.map(async ({ address, record }) => {
      const { record: known, data } = parseRecord<Data>(record) ?? {};
      if (!known || !data || known.expiresAt <= now()) return [];
      const { key, createdAt, renewedAt } = known;
      const session: UserSession<Data> = {
        handle: (await keyOf(`handle of ${key}`)).slice(0, 16),
        data: withoutFlashes(data) as Partial<Data>,
        createdAt,
        lastSeenAt: renewedAt,
        isCurrent: key === currentKey,
      };
      return [{ address, session }];
    });
    const listed = (await Promise.all(sessions)).flat();
    return { listed: listed.sort((a, b) => b.session.createdAt - a.session.createdAt), ...rest };
  }

  return {
    async list(session) {
      const access = await authorize(session);
      if (typeof access === "string") return { sessions: [], isComplete: access === "nobody" };
      const { listed, hasMore, hasMissed } = await find(access.user, access.currentKey, new Set());
      return { sessions: listed.map(({ session }) => session), isComplete: !hasMore && !hasMissed };
    },

    /** It works in slices, and one in which a session has ended leaves calls for the request's own commit (8.8). */
    async revoke(session, isMeant) {
      const access = await authorize(session);
      if (typeof access === "string") return { ended: [], isComplete: access === "nobody" };
      const { user, currentKey } = access;
      const looked = new Set<string>();
      let hasMissed = false;
      for (;;) {
        const slice = await find(user, currentKey, looked);
        const meant = slice.listed.filter(({ session }) => isMeant(session));
        const addresses = meant.map(({ address }) => address);
        const removed = addresses.length > 0 ? await byUser.remove(user, addresses, now()) : new Set();
        const ended = meant.filter(({ address }) => removed.has(address.key)).map(({ session }) => session);
        hasMissed ||= slice.hasMissed || ended.length < meant.length;
        if (ended.length > 0 || !slice.hasMore) return { ended, isComplete: !hasMissed && !slice.hasMore };
        for (const key of slice.looked) looked.add(key);
      }
    },
  };
}
