/**
 * The session's cookie: sealed, with the session's id and age, and whatever else its store puts in. Shared by all stores,
 * so that what opens, what expires and what is logged is the same for each (rules 2.6, 4.1, 6.4).
 */
import { type CookieSettings, cookieValues, MAX_COOKIE_BYTES, setCookieLine } from "./cookie";
import { tooLarge } from "./errors";
import type { SessionLog } from "./log";
import { seal, type UnsealFailure, unseal } from "./seal";

export interface SessionCookieOptions {
  cookie: CookieSettings;
  /** Newest first: the first one seals, all of them open (rule 6.4). */
  secrets: readonly string[];
  /** Seconds without a renewal after which a session is over. */
  idleTimeout: number;
  /** Seconds after its start when a session is over, however busy. */
  absoluteTimeout: number;
  /** Seconds since 1970. A test passes its own clock. */
  now: () => number;
  log: SessionLog;
}

export interface OpenedCookie<Content> {
  id: string;
  /** Seconds since 1970. */
  createdAt: number;
  /** The cookie is a day old, or sealed with an old secret: it should be made anew though nothing changed. */
  isRenewalDue: boolean;
  received: { renewedAt: number; bytes: number };
  content: Content;
}

const DAY = 86_400;

/** @param kind what is in it: a cookie of one kind does not open as another, nor as one of another name (rule 6.4) */
export function createSessionCookie<Content>(
  kind: string,
  { cookie, secrets, idleTimeout, absoluteTimeout, now, log }: SessionCookieOptions,
) {
  const sealing = { secrets, purpose: `${kind} ${cookie.name}` };
  // Once a day, or twice within an idle timeout that is shorter than two days: else a busy visitor would time out.
  const renewAfter = Math.min(DAY, idleTimeout / 2);
  const expiryOf = (renewedAt: number, createdAt: number) =>
    Math.min(renewedAt + idleTimeout, createdAt + absoluteTimeout);

  async function open(value: string): Promise<OpenedCookie<Content> | UnsealFailure> {
    if (value.length > MAX_COOKIE_BYTES) return "malformed";
    const unsealed = await unseal(value, now(), sealing);
    if ("failure" in unsealed) return unsealed.failure;

    const { jti: id, iat: renewedAt, createdAt, content } = unsealed.claims as Partial<Claims<Content>>;
    if (!id || !renewedAt || !createdAt || !content) return "malformed";
    // Against today's settings, not only the `exp` of the day it was sealed: a shortened timeout takes effect at once.
    if (now() >= expiryOf(renewedAt, createdAt)) return "expired";
    const isRenewalDue = !unsealed.isNewestKey || now() - renewedAt >= renewAfter;
    const received = { renewedAt, bytes: setCookieLine(cookie, value, idleTimeout).length };
    return { id, createdAt, isRenewalDue, received, content };
  }

  return {
    /** The first cookie of the name that opens. Where none does, the log says why the first one did not. */
    async open(header: string | null | undefined): Promise<OpenedCookie<Content> | undefined> {
      let firstFailure: UnsealFailure | undefined;
      for (const value of cookieValues(header, cookie.name)) {
        const opened = await open(value);
        if (typeof opened !== "string") return opened;
        firstFailure ??= opened;
      }
      if (firstFailure) log(firstFailure);
      return undefined;
    },

    /** The second from which a session that is renewed now is over. */
    expiryFrom: (createdAt: number) => expiryOf(now(), createdAt),

    /**
     * The `Set-Cookie` line.
     *
     * @throws SessionError "too-large" if browsers would not keep it (rule 4.3); says which keys of `data` are largest
     */
    async line(id: string, createdAt: number, content: Content, data: object): Promise<string> {
      const expiresAt = expiryOf(now(), createdAt);
      const claims = { jti: id, iat: now(), exp: expiresAt, createdAt, content };
      const line = setCookieLine(cookie, await seal(claims, sealing), expiresAt - now());
      if (line.length > MAX_COOKIE_BYTES) throw tooLarge("cookie", line.length, MAX_COOKIE_BYTES, data);
      return line;
    },

    /** The line that removes it. */
    removal: () => setCookieLine(cookie, "", 0),
  };
}

interface Claims<Content> {
  jti: string;
  iat: number;
  createdAt: number;
  content: Content;
}
