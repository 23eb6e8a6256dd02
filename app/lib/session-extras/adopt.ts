/**
 * Lets visitors keep their session when the app changes its storage (rule 1.6). It stands in front of the new storage,
 * reads the old one and carries the session over. It needs both storages. Remove it once the last old cookie has
 * expired.
 */
import type { SessionConfig } from "../session/config";
import { cookieValues, setCookieLine } from "../session/cookie/line";
import { expiryOf } from "../session/cookie/sealed-cookie";
import { assertStorable, ConfigError, notReadError, SessionError } from "../session/errors";
import { logEvent, logFailure, logSession } from "../session/log";
import { bringsLaxCookies, isSafe } from "../session/origin";
import { createSession, type FormerSession, stateOf } from "../session/raw-session";
import { answerInTime } from "../session/stores/time-limit";
import type { UserSessions } from "../session/stores/user-sessions";
import type { AnySession, CommitOptions, SessionStorage } from "../session/types";

// biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
type Any = any;

export interface AdoptOptions {
  config: SessionConfig;
  /**
   * The app's former storage, made as it was then, with its own secret. It may be Remix's or React Router's, one of the
   * session folder, or one of another package.
   */
  from: FormerStorage;
  /** The name of its cookie. For a store of the session folder it is `config.cookie.name`. */
  cookie: string;
}

/** Adoption uses this part of a SessionStorage. */
export interface FormerStorage {
  getSession(cookieHeader?: string | null): Promise<AnySession>;
  destroySession(session: Any): Promise<string>;
}

type AnyStorage = SessionStorage<Any, Any> & { userSessions?: UserSessions<Any> };

interface Former extends FormerSession {
  /** The request's `Cookie` header, if it has an old cookie whose session has to end. */
  header?: string;
  session?: AnySession | undefined;
  /** What is adopted of its data. */
  data?: Record<string, unknown>;
}

const formerOf = (session: object) => stateOf(session)?.former as Former | undefined;

/**
 * Returns the new storage, which also serves visitors of the old one. A visitor with an old session and no readable new
 * one gets its values and pending flashes. The commit of the first request that uses the session stores them, ends the
 * old session and removes its cookie. A value that no store could keep is dropped and logged by name.
 *
 * It needs handleFetch, which sends the second `Set-Cookie` line.
 *
 * @param storage one of the session folder
 * @throws ConfigError from `getSession` if the new storage comes from another package, or adopts already
 */
export function adopt<Storage extends AnyStorage>(storage: Storage, options: AdoptOptions): Storage {
  const { config, from, cookie } = options;
  const { userSessions } = storage;
  const isSameCookie = cookie === config.cookie.name;
  const logger: Pick<SessionConfig, "log"> = {
    log: (event, details) => config.log(event, { ...details, storage: "former" }),
  };

  /** Resolves to undefined for a cookie that breaks its storage, as some do in Remix's `atob`: nothing can open it. */
  async function readOld(former: Former): Promise<AnySession | undefined> {
    try {
      return await answerOf(() => from.getSession(former.header));
    } catch (error) {
      const isBroken = ["SyntaxError", "URIError", "InvalidCharacterError"].includes(
        (error as Error | null)?.name ?? "",
      );
      logFailure(logger, error);
      if (!isBroken) throw error;
      finish(former, removalByHand());
      return undefined;
    }
  }

  /** A request in flight must not bring back what another one has ended, or adopted, since this one read it (6.2). */
  async function assertStillThere(former: Former): Promise<void> {
    const before = former.session;
    former.session = await readOld(former);
    const { claims, unread } = (former.session && stateOf(former.session)?.read) ?? {};
    if (unread) throw notReadError(unread);
    const isOurs = former.session && stateOf(former.session);
    const isEmpty = Object.keys(former.session?.data ?? {}).length === 0;
    const isGone = isOurs ? !claims : isEmpty && Object.keys(before?.data ?? {}).length > 0;
    if (isGone) throw new SessionError("gone", "The former session ended while this request ran.");
  }

  async function endOld(former: Former): Promise<void> {
    if (!former.header) return;
    former.session ??= await readOld(former);
    if (former.session) finish(former, await destroyOld(former.session));
  }

  async function destroyOld(session: AnySession): Promise<string> {
    try {
      return await answerOf(() => from.destroySession(session));
    } catch (error) {
      // Another package's session without data has ended already, and its storage may refuse to delete nothing.
      const isEmpty = !stateOf(session) && Object.keys(session.data).length === 0;
      if (!isEmpty) throw error;
      logFailure(logger, error);
      return removalByHand();
    }
  }

  /** If both cookies have the same name, the session's own line replaces or removes the old one. */
  function finish(former: Former, removal: string): void {
    delete former.header;
    if (!isSameCookie) former.removal = removal;
  }

  const removalByHand = () => setCookieLine({ name: cookie, secure: config.cookie.secure }, "", 0);

  /** Gives the former storage a time limit (rule 4.8). */
  const answerOf = <T>(call: () => Promise<T>) => answerInTime("former", call, config.storeTimeout);

  /** Returns the values that the new store can keep. One that it cannot must not cost the others (rule 4.2). */
  function storableIn(data: object): Record<string, unknown> {
    const isStorable = ([key, value]: [string, unknown]) => {
      try {
        assertStorable(key, value);
        return true;
      } catch (error) {
        logFailure(logger, error);
        return false;
      }
    };
    return Object.fromEntries(Object.entries(data).filter(isStorable));
  }

  /**
   * An old session can be larger than the new storage allows. It stays where it is until something is to be stored; then
   * what is largest is left behind, and logged by name.
   */
  async function commitWhatFits(
    session: Parameters<Storage["commitSession"]>[0],
    former: Former,
    lifetime?: CommitOptions,
  ) {
    for (;;) {
      try {
        return await storage.commitSession(session, lifetime);
      } catch (error) {
        if (isSafe(config.request) || !(error instanceof SessionError) || error.code !== "too-large") throw error;
        const { data } = session as AnySession;
        const length = (key: string) => JSON.stringify(data[key]).length;
        const adopted = Object.keys(former.data ?? {}).filter(
          (key) => Object.hasOwn(data, key) && JSON.stringify(data[key]) === JSON.stringify(former.data?.[key]),
        );
        const [largest] = adopted.sort((a, b) => length(b) - length(a));
        if (largest === undefined) throw error;
        logFailure(logger, error);
        delete data[largest];
      }
    }
  }

  return {
    ...storage,

    async getSession(header) {
      const session = await storage.getSession(header);
      const state = stateOf(session);
      if (!state || state.former)
        throw new ConfigError("adopt() takes a storage of the session folder itself. The old one is its `from`.");
      const { sent, claims, unread } = state.read;
      const former: Former = { cookie, hasSession: false };
      state.former = former;
      if (!header || cookieValues(header, cookie).length === 0) return session;
      // With one name for both, a cookie whose session is not in the new store is an old one.
      if (sent && !(isSameCookie && !unread && !claims)) {
        // An old cookie has stayed, because its session could not be ended or a line was lost. The next commit ends it. If
        // the new session has ended, on another device perhaps, the old one does not bring it back.
        if (!isSameCookie || unread) former.header = header;
        return session;
      }
      if (!bringsLaxCookies(config.request)) return session;

      former.header = header;
      try {
        former.session = await readOld(former);
      } catch {
        // It is not adopted now, and a write must not replace it.
        former.hasSession = true;
        state.read.unread = "unavailable";
        return session;
      }
      if (!former.session) return session;
      const old = stateOf(former.session)?.read;
      const data = storableIn(former.session.data);
      const isEmpty = Object.keys(data).length === 0;
      former.hasSession = former.session.id !== "" || !isEmpty || old?.sent !== undefined;
      if (old?.unread) {
        state.read.unread = old.unread;
        return session;
      }
      // An empty session is not worth a cookie, and the new settings may be stricter.
      const isOver = old?.claims !== undefined && config.now() >= expiryOf(old.claims, config);
      if (isOver) logEvent(logger, "expired");
      if (isOver || isEmpty) return session;
      Object.assign(former, { data, claims: old?.claims });
      return createSession(structuredClone(data), "", { isRenewalDue: true }, former);
    },

    async commitSession(session, lifetime) {
      const state = stateOf(session);
      const former = formerOf(session);
      if (!state || !former?.header) return storage.commitSession(session, lifetime);
      const { ending } = state.plan;
      const { unread, claims } = state.read;
      if (ending?.kind === "destroy") {
        // Ending comes first (P2), and one storage that is down must not keep the other's session alive.
        const [ended] = await Promise.allSettled([endOld(former)]);
        const line = await storage.commitSession(session, lifetime);
        if (ended.status === "rejected") throw ended.reason;
        return line;
      }
      if (unread && !claims) throw notReadError(unread);
      const { session: old } = former;
      const isAdoption = former.data !== undefined && !claims;
      if (isAdoption) await assertStillThere(former);
      const line = await commitWhatFits(session, former, lifetime);
      // A route's own commit ends nothing yet: handleFetch's may still fail, and it sends the lines.
      state.read.isRenewalDue = true;
      const isLast = state.plan.mayOmitCookie !== undefined;
      // A new id is sent only if the adopted session has ended. Otherwise the end comes last, so that a new store that fails
      // costs nothing, and what fails here is tried again by the next commit.
      const ended = isLast ? endOld(former) : Promise.resolve();
      await ended.catch((error) => {
        if (ending && former.data) throw error;
        logFailure(logger, error);
      });
      if (isAdoption && state.read.claims) await logSession(config, "adopted", state.read.claims.id, old?.id);
      return line;
    },

    async destroySession(session) {
      const former = formerOf(session);
      if (former) await endOld(former);
      return storage.destroySession(session);
    },

    ...(userSessions && { userSessions: withoutClaimOfAll(userSessions) }),
  } as Storage;
}

/** A device that was not used since the change is not in the new store, so no list is complete (8.5). */
const withoutClaimOfAll = ({ list, revoke }: UserSessions<Any>): UserSessions<Any> => ({
  list: async (session) => ({ ...(await list(session)), isComplete: false }),
  revoke: async (session, isMeant) => ({ ...(await revoke(session, isMeant)), isComplete: false }),
});
