/**
 * Optional: what a session holds, and what handleFetch did with it, in words. For an inspector, a `Server-Timing`
 * header or a metric. Nothing here uses a flash up or changes anything.
 */
import type { SessionConfig } from "./config";
import { MAX_COOKIE_BYTES, setCookieLine } from "./cookie/line";
import type { SessionErrorCode } from "./errors";
import type { CommitReport } from "./handle-fetch";
import { nameForLog } from "./log";
import { type AnySuperflareSession, tracker } from "./session";
import { type AnySession, stateOf } from "./types";

export interface SessionOutcome {
  /**
   * `untouched` and `read`: nothing was sent. `stored`, `renewed`, `regenerated` and `destroyed`: the change was
   * committed. `gone`, `moved` and `failed`: the response has no cookie, although something had changed. `refused`: the app
   * did not run (7.1).
   */
  did:
    | "untouched"
    | "read"
    | "stored"
    | "renewed"
    | "regenerated"
    | "destroyed"
    | "gone"
    | "moved"
    | "failed"
    | "refused";
  /** Names, never values, of what the request has changed: `theme`, and for a flash `flash success`. */
  changed: string[];
  /** Why it failed. */
  error?: SessionErrorCode;
  /** What the log calls the session that the visitor has from now on. */
  session?: string;
}

/** What handleFetch reported, in words. */
export async function describeCommit(report: CommitReport, { secrets }: SessionConfig): Promise<SessionOutcome> {
  const id = stateOf(report.session)?.claims?.id;
  return {
    did: inAWord(report),
    changed: report.changed,
    ...(report.error && { error: report.error }),
    ...(id && { session: await nameForLog(id, secrets[0]) }),
  };
}

function inAWord({ result, change, ending, wasUsed }: CommitReport): SessionOutcome["did"] {
  if (result === "nothing") return wasUsed ? "read" : "untouched";
  if (result !== "stored") return result;
  if (ending) return ending === "destroy" ? "destroyed" : "regenerated";
  return change === "renewal" ? "renewed" : "stored";
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
  /** The bytes of the cookie's line, of which browsers store `maxCookieBytes`. */
  cookieBytes?: number;
  maxCookieBytes: number;
}

/** What the session holds at this moment. */
export async function inspectSession(session: AnySuperflareSession, config: SessionConfig): Promise<SessionReport> {
  const { claims, length } = stateOf(session.getSession() as unknown as AnySession) ?? {};
  return {
    store: config.store.kind,
    data: { ...session.data },
    flashes: session[tracker].flashes(),
    maxCookieBytes: MAX_COOKIE_BYTES,
    ...(claims &&
      length !== undefined && {
        session: await nameForLog(claims.id, config.secrets[0]),
        createdAt: claims.createdAt,
        renewedAt: claims.renewedAt,
        idleDeadline: claims.renewedAt + (claims.idle ?? config.idleTimeout),
        absoluteDeadline: claims.createdAt + config.absoluteTimeout,
        cookieBytes: setCookieLine(config.cookie, "", config.idleTimeout).length + length,
      }),
  };
}
