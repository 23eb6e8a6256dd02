/**
 * The cookie store: the whole session, encrypted, in the browser. Needs no binding.
 *
 * For starting and for small data: about 2.8 kB of JSON fit. What it cannot do: revoke. A session that was signed out
 * is gone from that browser, but a copy of its cookie works until it expires; and of two requests in parallel that
 * both write, the last answer wins.
 */
import { createSession, type Session, type SessionStorage } from "@remix-run/cloudflare";
import { type CookieSettings, cookieValues, MAX_COOKIE_BYTES, setCookieLine } from "../cookie";
import { SessionError } from "../errors";
import { nameForLog, type SessionLog } from "../log";
import { attachRecord, newSessionId, recordOf } from "../record";
import { seal, type UnsealFailure, unseal } from "../seal";
import { assertStorable } from "../storable";

export interface CookieStoreOptions {
  cookie: CookieSettings;
  /** Newest first. */
  secrets: readonly string[];
  /** Seconds. */
  idleTimeout: number;
  /** Seconds. */
  absoluteTimeout: number;
  /** Seconds since 1970. */
  now: () => number;
  log: SessionLog;
}

const DAY = 86_400;

/** A plain Remix SessionStorage (rule 1.5). Making one is cheap: do it for each request. */
export function createSealedCookieSessionStorage<Data, FlashData = Data>({
  cookie,
  secrets,
  idleTimeout,
  absoluteTimeout,
  now,
  log,
}: CookieStoreOptions): SessionStorage<Data, FlashData> {
  // The name is part of the purpose, so that a value moved over from another sealed cookie does not open.
  const [newestSecret = ""] = secrets;
  const sealing = { secrets, purpose: `cookie ${cookie.name}` };
  // Once a day, or twice within an idle timeout that is shorter than two days: else a busy visitor would time out.
  const renewAfter = Math.min(DAY, idleTimeout / 2);

  async function open(value: string): Promise<Session<Data, FlashData> | UnsealFailure> {
    if (value.length > MAX_COOKIE_BYTES) return "malformed";
    const unsealed = await unseal(value, now(), sealing);
    if ("failure" in unsealed) return unsealed.failure;

    const { jti: id, iat: renewedAt, createdAt, data } = unsealed.claims as Partial<SessionClaims<Data>>;
    if (!id || !renewedAt || !createdAt || !data) return "malformed";
    // Against today's settings, not only the `exp` of the day it was sealed: a shortened timeout takes effect at once.
    if (now() >= Math.min(renewedAt + idleTimeout, createdAt + absoluteTimeout)) return "expired";
    return attachRecord(createSession<Data, FlashData>(data, id), {
      id,
      createdAt,
      isRenewalDue: !unsealed.isNewestKey || now() - renewedAt >= renewAfter,
    });
  }

  async function remove(session: Session<Data, FlashData>): Promise<string> {
    const record = recordOf(session);
    if (record) log("destroyed", { session: await nameForLog(record.id, newestSecret) });
    return setCookieLine(cookie, "", 0);
  }

  return {
    async getSession(header) {
      let firstFailure: UnsealFailure | undefined;
      for (const value of cookieValues(header, cookie.name)) {
        const opened = await open(value);
        if (typeof opened !== "string") return opened;
        firstFailure ??= opened;
      }
      if (firstFailure) log(firstFailure);
      return createSession<Data, FlashData>();
    },

    async commitSession(session) {
      // A visitor of whom nothing is kept needs no cookie.
      if (Object.keys(session.data).length === 0) return remove(session);
      for (const [key, value] of Object.entries(session.data)) assertStorable(value, key);

      const known = recordOf(session);
      const { id, createdAt } = known ?? { id: newSessionId(), createdAt: now() };
      const expiresAt = Math.min(now() + idleTimeout, createdAt + absoluteTimeout);
      const claims = { jti: id, iat: now(), exp: expiresAt, createdAt, data: session.data };
      const line = setCookieLine(cookie, await seal(claims, sealing), expiresAt - now());
      if (line.length > MAX_COOKIE_BYTES) throw tooLarge(line.length - MAX_COOKIE_BYTES, session.data);

      if (!known) log("created", { session: await nameForLog(id, newestSecret) });
      attachRecord(session, { id, createdAt, isRenewalDue: false });
      return line;
    },

    destroySession: remove,
  };
}

interface SessionClaims<Data> {
  jti: string;
  iat: number;
  createdAt: number;
  data: Data;
}

function tooLarge(excess: number, data: object): SessionError {
  const largestKeys = Object.entries(data)
    .map(([key, value]) => ({ key, bytes: new TextEncoder().encode(JSON.stringify(value)).length }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
    .map(({ key, bytes }) => `${key} (${bytes} bytes)`);
  return new SessionError(
    "too-large",
    `The session's cookie is ${excess} bytes over the ${MAX_COOKIE_BYTES} that browsers keep. ` +
      `Largest: ${largestKeys.join(", ")}. Store less, or use a store that keeps the data on the server.`,
    { excess, largestKeys },
  );
}
