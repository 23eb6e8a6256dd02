/**
 * For looking at a session from outside: what it holds, and what handleFetch did with it. For an inspector, a
 * `Server-Timing` header or a metric; nothing here reads a flash or changes anything.
 */
import type { SessionConfig } from "./config";
import { MAX_COOKIE_BYTES } from "./cookie";
import type { SessionErrorCode } from "./errors";
import { nameForLog } from "./log";
import { recordOf } from "./record";
import { type AnySuperflareSession, lifecycle } from "./session";

export interface SessionOutcome {
  /**
   * `untouched` and `read`: nothing was sent. `stored`, `renewed`, `regenerated` and `destroyed`: the response has a
   * `Set-Cookie` line. `failed`: it has none, although something had changed. `refused`: the app did not run (7.1).
   */
  did: "untouched" | "read" | "stored" | "renewed" | "regenerated" | "destroyed" | "failed" | "refused";
  /** Names, never values, of what the request has changed: `theme`, and for a flash `flash success`. */
  changed: string[];
  /** Why it failed. */
  error?: SessionErrorCode;
  /** What the log calls the session that the visitor has from now on. */
  session?: string;
}

/** All times are seconds since 1970. Those of the cookie are left out for a visitor who came without one. */
export interface SessionReport {
  store: SessionConfig["store"]["kind"];
  data: Record<string, unknown>;
  /** The flashes that wait for a page. They go on waiting. */
  flashes: Record<string, unknown>;
  /** Not the id, but the keyed hash of it by which the log names the session. */
  session?: string;
  createdAt?: number;
  renewedAt?: number;
  /** When the session ends unless it is renewed before. */
  idleDeadline?: number;
  /** When it ends in any case. */
  absoluteDeadline?: number;
  /** The bytes of the cookie's line, of which browsers keep `maxCookieBytes`. */
  cookieBytes?: number;
  maxCookieBytes: number;
}

/** What the session holds at this moment. */
export async function inspectSession(session: AnySuperflareSession, config: SessionConfig): Promise<SessionReport> {
  const record = recordOf(session.getSession());
  return {
    store: config.store.kind,
    data: { ...session.data },
    flashes: lifecycle.flashes(session),
    maxCookieBytes: MAX_COOKIE_BYTES,
    ...(record?.received && {
      session: await nameForLog(record.id, config.secrets[0]),
      createdAt: record.createdAt,
      renewedAt: record.received.renewedAt,
      idleDeadline: record.received.renewedAt + config.idleTimeout,
      absoluteDeadline: record.createdAt + config.absoluteTimeout,
      cookieBytes: record.received.bytes,
    }),
  };
}

/** For handleFetch, once the session is committed. */
export async function outcomeOf(
  { did, error }: Pick<SessionOutcome, "did" | "error">,
  session: AnySuperflareSession,
  { secrets }: SessionConfig,
): Promise<SessionOutcome> {
  const id = recordOf(session.getSession())?.id;
  return {
    did,
    changed: lifecycle.changes(session),
    ...(error && { error }),
    ...(id && { session: await nameForLog(id, secrets[0]) }),
  };
}
