/**
 * Optional, for an inspector, a `Server-Timing` header or a metric: what a session holds, and what handleFetch did with
 * it. Uses up no flash and changes nothing.
 */
import { changedKeys } from "../session/changes";
import type { SessionConfig } from "../session/config";
import { MAX_COOKIE_BYTES, setCookieLine } from "../session/cookie/line";
import type { SessionErrorCode } from "../session/errors";
import type { CommitReport } from "../session/handle-fetch";
import { nameForLog } from "../session/log";
import { type AnySuperflareSession, tracker } from "../session/session";
import type { UserSessions } from "../session/stores/user-sessions";
import { flashName, isFlashKey, stateOf } from "../session/types";

export interface SessionOutcome {
  /**
   * `unchanged`: the app wrote what was there already. `stored`, `renewed`, `regenerated` and `destroyed`: the change was
   * committed. `gone`, `moved` and `failed`: the response has no cookie, although something had changed. `refused`: the
   * app did not run (7.1).
   */
  did:
    | Exclude<CommitReport["result"], "nothing">
    | "untouched"
    | "read"
    | "unchanged"
    | "renewed"
    | "regenerated"
    | "destroyed";
  /** Names, never values, of what has changed: `theme`, and for a flash `flash success`. */
  changed: string[];
  /** Why it failed. */
  error?: SessionErrorCode;
}

/** Puts what handleFetch reported into a word. */
export function describeCommit(report: CommitReport): SessionOutcome {
  const { changed, error } = report;
  return { did: didOf(report), changed, ...(error && { error }) };
}

function didOf({ result, change, ending, wasUsed, wasWritten }: CommitReport): SessionOutcome["did"] {
  if (result === "nothing") return wasWritten ? "unchanged" : wasUsed ? "read" : "untouched";
  if (result !== "stored") return result;
  if (ending) return ending === "destroy" ? "destroyed" : "regenerated";
  return change === "renewal" ? "renewed" : "stored";
}

/** All times are seconds since 1970. Those of the cookie are left out for a visitor without one. */
export interface SessionReport {
  store: SessionConfig["store"]["kind"];
  data: Record<string, unknown>;
  /** Pending flashes. They stay pending. */
  flashes: Record<string, unknown>;
  /** The session's name in the log. Not its id. */
  session?: string;
  createdAt?: number;
  renewedAt?: number;
  /** When the session ends unless it is renewed. */
  idleDeadline?: number;
  /** When it ends in any case. */
  absoluteDeadline?: number;
  /** Bytes of the cookie's line. Browsers drop a line of more than `maxCookieBytes`. */
  cookieBytes?: number;
  maxCookieBytes: number;
}

/** Returns what the session holds at this moment. */
export async function inspectSession(session: AnySuperflareSession, config: SessionConfig): Promise<SessionReport> {
  const { claims, length } = stateOf(session.getSession()) ?? {};
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

/** A value before and after, as JSON. Without `before` it was added, without `after` removed. */
export interface SessionChange {
  /** `theme`, and for a flash `flash success`. */
  name: string;
  before?: string;
  after?: string;
}

export interface SessionRecord {
  /** What the app called, in its order and without values: `set("theme")`. */
  calls: string[];
  /** With values: show them only to the visitor whose session it is. */
  changes: SessionChange[];
}

const RECORDED = ["get", "has", "set", "unset", "flash", "getFlash", "keepFlash", "regenerate", "destroy"] as const;

/**
 * Records what the app calls on the session from now on, and on the list of the user's sessions if you pass it. Call the
 * returned function once handleFetch has reported. Does not count as a use of the session.
 */
export function recordSession<Data>(session: AnySuperflareSession, userSessions?: UserSessions<Data>) {
  const calls: string[] = [];
  function record<Method extends string>(target: Record<Method, (...given: never[]) => unknown>, method: Method) {
    const original = target[method];
    const value = (...given: never[]) => {
      const [key] = given as unknown[];
      calls.push(`${method}(${typeof key === "string" ? JSON.stringify(key) : ""})`);
      return Reflect.apply(original, target, given);
    };
    Object.defineProperty(target, method, { value });
  }
  for (const method of RECORDED) record(session, method);
  if (userSessions) record(userSessions, "revoke");

  return (report: CommitReport): SessionRecord => ({
    calls,
    changes: report.wasUsed ? changesOf(session[tracker].before, report.session.data) : [],
  });
}

function changesOf(before: Record<string, unknown>, after: Record<string, unknown>): SessionChange[] {
  return changedKeys(before, after).map((key) => ({
    name: isFlashKey(key) ? `flash ${flashName(key)}` : key,
    ...(Object.hasOwn(before, key) && { before: JSON.stringify(before[key]) }),
    ...(Object.hasOwn(after, key) && { after: JSON.stringify(after[key]) }),
  }));
}
