/**
 * Lets visitors keep their session when the app changes its storage (rule 1.6). It stands in front of the new storage,
 * reads the old one once and carries the session over. It needs both storages. Remove it once the last old cookie has
 * expired.
 */
import { ConfigError, type SessionConfig } from "../session/config";
import { cookieValues, setCookieLine } from "../session/cookie/line";
import { expiryOf } from "../session/cookie/sealed-cookie";
import { assertStorable, notReadError, SessionError } from "../session/errors";
import { logFailure, logSession, type SessionLog } from "../session/log";
import { isSafe } from "../session/origin";
import { inTime, TIMEOUT } from "../session/time-limit";
import { type AnySession, createSession, type FormerSession, type SessionStorage, stateOf } from "../session/types";

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
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  destroySession(session: any): Promise<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: a storage of any app's data
type AnyStorage = SessionStorage<any, any> & { userSessions?: Lists };

/** UserSessions of any data. */
interface Lists {
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  list(session: any): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  revoke(session: any, isMeant: any): Promise<any>;
}

interface Former extends FormerSession {
  /** The request's `Cookie` header, if it has an old cookie whose session may have to end. */
  header?: string;
  session?: AnySession | undefined;
  hasEnded?: boolean;
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
 * @throws ConfigError from `getSession` if the new storage comes from another package
 */
export function adopt<Storage extends AnyStorage>(storage: Storage, options: AdoptOptions): Storage {
  const { config, from, cookie } = options;
  const { userSessions } = storage;
  const isSameCookie = cookie === config.cookie.name;
  const log: SessionLog = (event, details) => config.log(event, { ...details, storage: "former" });

  /** Resolves to undefined if the cookie opens nothing, because it was tampered with, expired or signed out. */
  async function readOld(header: string): Promise<AnySession | undefined> {
    const session = await answerOf(() => from.getSession(header));
    return session.id || Object.keys(session.data).length > 0 ? session : undefined;
  }

  async function endOld(former: Former): Promise<void> {
    const { header } = former;
    if (!header || former.hasEnded) return;
    former.session ??= await readOld(header).catch((error) => void logFailure(error, log));
    // A session that cannot be read cannot be ended, but this browser forgets it.
    finish(former, former.session ? await destroyOld(former.session) : removalByHand());
  }

  async function destroyOld(session: AnySession): Promise<string> {
    try {
      return await answerOf(() => from.destroySession(session));
    } catch (error) {
      // Another package's session without data has ended already, and its storage may refuse to delete nothing.
      const isEmpty = !stateOf(session) && Object.keys(session.data).length === 0;
      if (!isEmpty) throw error;
      logFailure(error, log);
      return removalByHand();
    }
  }

  /** Gives the former storage a time limit (rule 4.8). */
  function answerOf<T>(call: () => Promise<T>): Promise<T> {
    return inTime(call, config.storeTimeout).catch((error) => {
      const reason = `no answer in ${config.storeTimeout} ms`;
      throw error === TIMEOUT
        ? new SessionError("store-error", `The former storage failed: ${reason}.`, { reason })
        : error;
    });
  }

  /** If both cookies have the same name, the session's own line replaces or removes the old one. */
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
      if (!state) throw new ConfigError("adopt() takes a storage of the session folder. The old one is its `from`.");
      const former: Former = { cookie, hasSession: false };
      state.former = former;
      if (!header || cookieValues(header, cookie).length === 0) return session;
      if (state.claims) {
        // An old cookie has stayed. A sign-out must end it too, or the next request would adopt it.
        if (isSameCookie && !state.unread) return session;
        former.header = header;
        state.isInCookie = false;
        return session;
      }
      if (!bringsLaxCookies(config.request)) return session;

      try {
        former.session = await readOld(header);
      } catch (error) {
        // The cookie breaks its storage (Remix's `atob` throws on some), or the storage is down. Nothing is adopted
        // now, but a write is allowed: a cookie that breaks its storage would otherwise refuse every one.
        logFailure(error, log);
        Object.assign(former, { header, hasSession: true });
        return session;
      }
      if (!former.session) return session;
      const { unread, claims } = stateOf(former.session) ?? {};
      const data = storableIn(former.session.data, log);
      // An empty session is not worth a cookie, and the new settings may be stricter.
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
      // A new id is sent only if the old session has ended, but one that cannot be stored must not cost the old one.
      const isNewId = ending?.kind === "regenerate" && !claims;
      // Ending comes first (P2).
      if (ending && !isNewId) await endOld(former);
      const line = await storage.commitSession(session, lifetime);
      if (isNewId) await endOld(former);
      if (isAdoption) {
        // This comes last, so that a new store that fails costs nothing. An old record that stays is out of reach.
        await endOld(former).catch((error) => {
          logFailure(error, log);
          finish(former, removalByHand());
        });
        // If a route commits by itself, handleFetch's own commit must still send the lines.
        state.isRenewalDue = true;
      }
      // The old session could not be read and a new one has begun, which a revocation must end for good (8.5).
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

/** A device that was not used since the change is not in the new store, so no list is complete (8.5). */
function withoutClaimOfAll({ list, revoke }: Lists): Lists {
  return {
    list: async (session) => ({ ...(await list(session)), isComplete: false }),
    revoke: async (session, isMeant) => ({ ...(await revoke(session, isMeant)), isComplete: false }),
  };
}

/** Returns the values that the new store can keep. One that it cannot must not cost the others (rule 4.2). */
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
 * Tells whether browsers send Lax cookies with this request. An old SameSite=None cookie also comes with other sites'
 * requests, but browsers would not accept the new Lax cookie in the response, and the visitor would lose both.
 */
function bringsLaxCookies(request: Request): boolean {
  const { headers } = request;
  if (headers.get("Sec-Fetch-Site") !== "cross-site") return true;
  return (
    isSafe(request) && headers.get("Sec-Fetch-Mode") === "navigate" && headers.get("Sec-Fetch-Dest") === "document"
  );
}
