/**
 * The sealed cookie of all stores holds the session's id and age, and the content that the store adds. Opening, expiry
 * and logging are the same for each store (rules 2.6, 4.1, 6.4).
 */
import { ConfigError, SessionError, tooLarge } from "../errors";
import { logEvent, type SessionLog } from "../log";
import type { Claims, SessionState } from "../raw-session";
import type { CommitOptions } from "../types";
import { encode } from "./base64url";
import { type CookieSettings, cookieValues, MAX_COOKIE_BYTES, setCookieLine } from "./line";
import { seal, type UnsealFailure, unseal } from "./seal";

export interface SealedCookieOptions {
  cookie: CookieSettings;
  /** The first and newest one seals, and all of them open (rule 6.4). */
  secrets: readonly string[];
  /** A session ends this many seconds after its last renewal. */
  idleTimeout: number;
  /** A session ends this many seconds after its start, however busy it is. */
  absoluteTimeout: number;
  /** Returns the seconds since 1970. A test passes its own clock. */
  now: () => number;
  log: SessionLog;
}

export interface OpenedCookie {
  claims: Claims;
  content: string;
  /** The cookie is a day old, or an older secret sealed it. */
  isRenewalDue: boolean;
  /** The number of characters in the cookie's value. */
  length: number;
}

const DAY = 86_400;

/** Returns the second at which the session ends, unless it is renewed. */
export function expiryOf(claims: Claims, limits: Pick<SealedCookieOptions, "idleTimeout" | "absoluteTimeout">): number {
  const { createdAt, renewedAt, idle = limits.idleTimeout } = claims;
  return Math.min(renewedAt + idle, createdAt + limits.absoluteTimeout);
}

/** @param kind A cookie of one kind or name does not open as another (rule 6.4). */
export function createSealedCookie(kind: string, options: SealedCookieOptions) {
  const { cookie, secrets, idleTimeout, now } = options;
  const purpose = `${kind} ${cookie.name}`;

  async function openValue(value: string): Promise<OpenedCookie | UnsealFailure> {
    if (value.length > MAX_COOKIE_BYTES) return "malformed";
    const unsealed = await unseal(value, purpose, secrets);
    if ("failure" in unsealed) return unsealed.failure;

    const { text, isNewestKey } = unsealed;
    const end = text.indexOf("\n");
    if (end < 0) return "malformed";
    const [id, createdAt, renewedAt, idle, endsWithBrowser] = JSON.parse(text.slice(0, end));
    const claims = { id, createdAt, renewedAt, idle: idle ?? undefined, endsWithBrowser: !!endsWithBrowser };
    // Today's settings decide, so a shortened timeout takes effect at once.
    if (now() >= expiryOf(claims, options)) return "expired";
    // Renew once a day, or at half of a shorter idle timeout. Otherwise a busy visitor would time out.
    const isRenewalDue = !isNewestKey || now() - renewedAt >= Math.min(DAY, (idle ?? idleTimeout) / 2);
    return { claims, content: text.slice(end + 1), isRenewalDue, length: value.length };
  }

  return {
    /** Returns the first cookie of the name that opens. If none does, it logs why the first one did not. */
    async open(header: string | null | undefined): Promise<OpenedCookie | undefined> {
      if (!header) return undefined;
      let firstFailure: UnsealFailure | undefined;
      for (const value of cookieValues(header, cookie.name)) {
        const opened = await openValue(value);
        if (typeof opened !== "string") return opened;
        firstFailure ??= opened;
      }
      if (firstFailure) logEvent(options, firstFailure);
      return undefined;
    },

    /** Returns the claims of the session's next cookie. A new or regenerated session gets a new id (6.1). */
    renew({ read, plan, former }: SessionState, lifetimeOptions = plan.ending?.lifetime): Claims {
      const { claims } = read;
      const { ending } = plan;
      const previous = ending?.kind === "destroy" ? undefined : (claims ?? former?.claims);
      const renewedAt = now();
      const lifetime = lifetimeOptions ? lifetimeFrom(lifetimeOptions, renewedAt, previous) : previous;
      return {
        idle: lifetime?.idle,
        endsWithBrowser: lifetime?.endsWithBrowser,
        id: claims && !ending ? claims.id : newSessionId(),
        createdAt: previous && !ending?.newLifetime ? previous.createdAt : renewedAt,
        renewedAt,
      };
    },

    /**
     * Makes the `Set-Cookie` line.
     *
     * @throws SessionError "too-large" if browsers would not store it (rule 4.3). It names the largest keys of `data`.
     */
    async line(claims: Claims, content: string, data: object): Promise<string> {
      const { id, createdAt, renewedAt, idle, endsWithBrowser } = claims;
      if (createdAt + options.absoluteTimeout <= now())
        throw new SessionError("gone", "The session reached its absolute timeout while this request ran.");
      const text = `${JSON.stringify([id, createdAt, renewedAt, idle, endsWithBrowser])}\n${content}`;
      const maxAge = endsWithBrowser ? undefined : expiryOf(claims, options) - now();
      const line = setCookieLine(cookie, await seal(text, purpose, secrets), maxAge);
      if (line.length > MAX_COOKIE_BYTES) throw tooLarge("cookie", line.length, MAX_COOKIE_BYTES, data);
      return line;
    },

    /** Makes the line that removes the cookie. */
    removal: () => setCookieLine(cookie, "", 0),
  };
}

/** Makes an id of 128 random bits, so that nobody can guess it (OWASP ASVS 5, 7.2.3; rule 6.3). */
const newSessionId = () => encode(crypto.getRandomValues(new Uint8Array(16)));

/** As in Remix, an explicit `maxAge: undefined` without `expires` makes a cookie that ends with the browser. */
function lifetimeFrom(options: CommitOptions, now: number, previous?: Lifetime): Lifetime {
  const { maxAge, expires, idleTimeout } = options;
  const lasting = maxAge ?? (expires && expires.getTime() / 1000 - now);
  const endsWithBrowser = lasting === undefined && ("maxAge" in options || previous?.endsWithBrowser);
  const idle = idleTimeout ?? lasting;
  if (idle === undefined) return { idle: previous?.idle, endsWithBrowser };
  if (!Number.isFinite(idle) || idle > TEN_YEARS)
    throw new ConfigError(`A session's lifetime is a date or a number of seconds; ${idle} is neither.`);
  return { idle: Math.max(0, Math.floor(idle)), endsWithBrowser };
}

/** In seconds. Whoever asks for more has counted milliseconds. */
export const TEN_YEARS = 10 * 365 * DAY;

type Lifetime = Pick<Claims, "idle" | "endsWithBrowser">;
