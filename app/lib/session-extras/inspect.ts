/**
 * Optional, for an inspector, a `Server-Timing` header or a metric: what a session holds, and what handleFetch did with
 * it. Uses up no flash and changes nothing.
 */
import { changedKeys, snapshotOf } from "../session/changes";
import type { SessionConfig } from "../session/config";
import { MAX_COOKIE_BYTES, setCookieLine } from "../session/cookie/line";
import type { SessionErrorCode } from "../session/errors";
import { nameForLog } from "../session/log";
import { flashesIn, flashName, isFlashKey, stateOf } from "../session/raw-session";
import type { CommitReport } from "../session/report";
import { type AnySuperflareSession, tracker } from "../session/session";
import { type StoreSetting, storeOf } from "../session/stores";
import type { UserSessions } from "../session/stores/user-sessions";
import type { SessionTracker } from "../session/tracker";

export interface SessionOutcome {
  /**
   * `unchanged`: the app wrote what was there already. `stored`, `renewed`, `regenerated` and `destroyed`: the change was
   * committed. `failed`: the change was not committed. `refused`: the app did not run (7.1).
   */
  did: "stored" | "failed" | "refused" | "untouched" | "read" | "unchanged" | "renewed" | "regenerated" | "destroyed";
  /** Names, never values, of what has changed: `theme`, and for a flash `flash success`. */
  changed: string[];
  /** Why it failed. */
  error?: SessionErrorCode;
  /** The visitor came with a session. */
  hadSession: boolean;
}

/** Puts what handleFetch reported into a word. */
export function describeCommit(report: CommitReport): SessionOutcome {
  const { error, session } = report;
  const tracked = session[tracker];
  const changed = tracked.wasUsed ? tracked.changedKeys().map(nameOf) : [];
  const hadSession = tracked.prepareCommit().id !== "";
  return { did: didOf(report, tracked), changed, hadSession, ...(error && { error }) };
}

function didOf({ result, change }: CommitReport, { wasUsed, wasWritten, ending }: SessionTracker) {
  if (result === "nothing") return wasWritten ? "unchanged" : wasUsed ? "read" : "untouched";
  if (result !== "stored") return result;
  if (ending) return ending.kind === "destroy" ? "destroyed" : "regenerated";
  return change === "renewal" ? "renewed" : "stored";
}

/** The session's name in the log before the request and after it, if it has another id by now. */
export async function namesOf({ session }: CommitReport, { secrets }: SessionConfig) {
  const { sent, claims } = session[tracker].state?.read ?? {};
  if (!sent || !claims || sent.id === claims.id) return undefined;
  return Promise.all([nameForLog(sent.id, secrets[0]), nameForLog(claims.id, secrets[0])]);
}

const nameOf = (key: string) => (isFlashKey(key) ? `flash ${flashName(key)}` : key);

/** All times are seconds since 1970. Those of the cookie are left out for a visitor without one. */
export interface SessionReport {
  store: StoreSetting["kind"];
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
  const { claims, length } = stateOf(session.getSession())?.read ?? {};
  return {
    store: storeOf(config).kind,
    data: { ...session.data },
    flashes: flashesIn(session.getSession().data),
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

  return (): SessionRecord => {
    const tracked = session[tracker];
    return { calls, changes: tracked.wasUsed ? changesOf(tracked.before, tracked.prepareCommit().data) : [] };
  };
}

function changesOf(before: Record<string, unknown>, after: Record<string, unknown>): SessionChange[] {
  return changedKeys(snapshotOf(before), after).map((key) => ({
    name: nameOf(key),
    ...(Object.hasOwn(before, key) && { before: JSON.stringify(before[key]) }),
    ...(Object.hasOwn(after, key) && { after: JSON.stringify(after[key]) }),
  }));
}
