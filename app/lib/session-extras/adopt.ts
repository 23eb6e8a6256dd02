/**
 * Visitors keep their session when the app changes its storage (rule 1.6): a storage in front of the new one that reads
 * the old one once and carries the session over. Optional. Remove it when the last old cookie has expired.
 */
import { ConfigError, type SessionConfig } from "../session/config";
import { cookieValues, setCookieLine } from "../session/cookie/line";
import { expiryOf } from "../session/cookie/sealed-cookie";
import { assertStorable, logFailure, notReadError, SessionError } from "../session/errors";
import { logSession, type SessionLog } from "../session/log";
import { isSafe } from "../session/origin";
import { inTime, TIMEOUT } from "../session/time-limit";
import { type AnySession, createSession, type FormerSession, type SessionStorage, stateOf } from "../session/types";

export interface AdoptOptions {
  config: SessionConfig;
  /**
   * The storage that the app used before, made as it was then, with its own secret: Remix's or React Router's, one of
   * this folder, or one of another package.
   */
  from: FormerStorage;
  /** The name of its cookie. Between two stores of this folder it is `config.cookie.name`. */
  cookie: string;
}

/** The part of a SessionStorage that adoption uses. */
export interface FormerStorage {
  getSession(cookieHeader?: string | null): Promise<AnySession>;
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  destroySession(session: any): Promise<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: a storage of any app's data
type AnyStorage = SessionStorage<any, any> & { userSessions?: Lists };

/** UserSessions of any data, written down here so that an app without records needs none of their files. */
interface Lists {
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  list(session: any): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  revoke(session: any, isMeant: any): Promise<any>;
}

interface Former extends FormerSession {
  /** The request's `Cookie` header, if the old cookie is in it and may have to be ended. */
  header?: string;
  session?: AnySession | undefined;
  hasEnded?: boolean;
}

const formerOf = (session: object) => stateOf(session)?.former as Former | undefined;

/**
 * The new storage, for visitors of the old one as well. A visitor without a readable new session, but with one of the
 * old storage, gets its values and pending flashes. The commit of the first request that uses the session stores them,
 * ends the old session and removes its cookie. What a store could not keep is left out, and logged by its name.
 *
 * Needs handleFetch, which sends the second `Set-Cookie` line.
 *
 * @param storage one of this folder
 * @throws ConfigError from `getSession`, if the new storage is of another package
 */
export function adopt<Storage extends AnyStorage>(storage: Storage, options: AdoptOptions): Storage {
  const { config, from, cookie } = options;
  const { userSessions } = storage;
  const isSameCookie = cookie === config.cookie.name;
  const log: SessionLog = (event, details) => config.log(event, { ...details, storage: "former" });

  /** Nothing if the cookie opens nothing: tampered, expired, signed out. */
  async function readOld(header: string): Promise<AnySession | undefined> {
    const session = await answerOf(() => from.getSession(header));
    return session.id || Object.keys(session.data).length > 0 ? session : undefined;
  }

  async function endOld(former: Former): Promise<void> {
    const { header } = former;
    if (!header || former.hasEnded) return;
    former.session ??= await readOld(header).catch((error) => void logFailure(error, log));
    // What cannot be read cannot be ended. At least this browser forgets it.
    finish(former, former.session ? await destroyOld(former.session) : removalByHand());
  }

  async function destroyOld(session: AnySession): Promise<string> {
    try {
      return await answerOf(() => from.destroySession(session));
    } catch (error) {
      // Another package's session without data has ended before, and its storage may refuse to delete nothing.
      const isEmpty = !stateOf(session) && Object.keys(session.data).length === 0;
      if (!isEmpty) throw error;
      logFailure(error, log);
      return removalByHand();
    }
  }

  /** The former storage has no time limit of ours (rule 4.8). */
  function answerOf<T>(call: () => Promise<T>): Promise<T> {
    return inTime(call, config.storeTimeout).catch((error) => {
      const reason = `no answer in ${config.storeTimeout} ms`;
      throw error === TIMEOUT
        ? new SessionError("store-error", `The former storage failed: ${reason}.`, { reason })
        : error;
    });
  }

  /** With the same name, the session's own line replaces the old cookie, or removes it. */
  function finish(former: Former, removal: string): void {
    former.hasEnded = true;
    if (!isSameCookie) former.removal = removal;
  }

  const removalByHand = () => setCookieLine({ name: cookie, secure: config.cookie.secure }, "", 0);

  return {
    ...storage,

    async getSession(header) {
      const session = await storage.getSession(header);
      const state = stateOf(session);
      if (!state) throw new ConfigError("adopt() takes a storage of this folder first. The old one is its `from`.");
      const former: Former = { cookie, hasSession: false };
      state.former = former;
      if (!header || cookieValues(header, cookie).length === 0) return session;
      if (state.claims) {
        // An old cookie that has stayed: a sign-out ends it too, or the next request would adopt it.
        if (isSameCookie && !state.unread) return session;
        former.header = header;
        state.isInCookie = false;
        return session;
      }
      if (!bringsLaxCookies(config.request)) return session;

      try {
        former.session = await readOld(header);
      } catch (error) {
        // A cookie that breaks its storage (Remix's `atob` does on some), or a storage that is down: not adopted now. It
        // is no reason to refuse a write, which the first of them would do for ever.
        logFailure(error, log);
        Object.assign(former, { header, hasSession: true });
        return session;
      }
      if (!former.session) return session;
      const { unread, claims } = stateOf(former.session) ?? {};
      const data = storableIn(former.session.data, log);
      // An empty session is not worth a cookie. And the new settings may be stricter.
      const isOver = claims !== undefined && config.now() >= expiryOf(claims, config);
      if (isOver) log("expired");
      if (isOver || (!unread && Object.keys(data).length === 0)) return session;
      Object.assign(former, { header, hasSession: true, claims });
      return unread
        ? createSession(undefined, "", { json: "{}", unread, former })
        : createSession(undefined, "", { json: JSON.stringify(data), isRenewalDue: true, former });
    },

    async commitSession(session, lifetime) {
      const state = stateOf(session);
      const former = formerOf(session);
      if (!state || !former?.header) return storage.commitSession(session, lifetime);
      const { ending, unread, claims } = state;
      if (unread && !claims && ending?.kind !== "destroy") throw notReadError(unread);
      const isAdoption = !claims && !ending && former.session !== undefined;
      // A new id is not sent unless the old session has ended; but one that cannot be stored must not cost the old one.
      const isNewId = ending?.kind === "regenerate" && !claims;
      // Ending comes first (P2).
      if (ending && !isNewId) await endOld(former);
      const line = await storage.commitSession(session, lifetime);
      if (isNewId) await endOld(former);
      if (isAdoption) {
        // Last, so that a new store that fails has cost nothing. The old record that stays now is out of reach.
        await endOld(former).catch((error) => {
          logFailure(error, log);
          finish(former, removalByHand());
        });
        // Also if a route commits by itself: handleFetch's own commit sends the lines.
        state.isRenewalDue = true;
      }
      // The old one could not be read. A new session has begun, which a revocation must end for good (8.5).
      if (!former.session && !claims && state.claims) finish(former, removalByHand());
      const { claims: adopted } = state;
      if (adopted && !claims && former.session && ending?.kind !== "destroy")
        await logSession(config, "adopted", adopted.id, former.session.id);
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

/** A user's devices that have not come by since the change are not in the new store, so no list is complete (8.5). */
function withoutClaimOfAll({ list, revoke }: Lists): Lists {
  return {
    list: async (session) => ({ ...(await list(session)), isComplete: false }),
    revoke: async (session, isMeant) => ({ ...(await revoke(session, isMeant)), isComplete: false }),
  };
}

/** The values that the new store can keep: one that it cannot must not lose the others (rule 4.2). */
function storableIn(data: object, log: SessionLog): Record<string, unknown> {
  const isStorable = ([key, value]: [string, unknown]) => {
    try {
      assertStorable(key, value);
      return true;
    } catch (error) {
      logFailure(error, log);
      return false;
    }
  };
  return Object.fromEntries(Object.entries(data).filter(isStorable));
}

/**
 * An old cookie with SameSite=None also comes with requests of other sites. The new one, which is Lax, would not, and
 * browsers would not take it from such a response: the visitor would be left with neither.
 */
function bringsLaxCookies(request: Request): boolean {
  const { headers } = request;
  if (headers.get("Sec-Fetch-Site") !== "cross-site") return true;
  return (
    isSafe(request) && headers.get("Sec-Fetch-Mode") === "navigate" && headers.get("Sec-Fetch-Dest") === "document"
  );
}
