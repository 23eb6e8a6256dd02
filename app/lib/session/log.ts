/** Logs one line of JSON for each event of a session, without a cookie, an id or any data. */
import type { UnsealFailure } from "./cookie/seal";
import { SessionError, type SessionErrorCode } from "./errors";

export type SessionEvent =
  | "created"
  | "renewed"
  | "regenerated"
  | "destroyed"
  | "adopted" // A session of the former storage was adopted (1.6).
  | "moved" // The session got a new id while a request ran, and its change was stored under that id (8.2).
  | UnsealFailure
  | SessionErrorCode
  | "corrupt" // A record could not be parsed, and counts as gone (4.7).
  | "flash-dropped" // The session did not fit with this request's flashes, and was stored without them (4.3).
  | "change-dropped" // The response is a 5xx, so the request's changes were not stored (4.5).
  | "superseded" // A route's own line for the session's cookie was replaced (2.4).
  | "public-downgraded" // A route made a personal response public (5.3).
  | "cross-origin" // A request was refused (7.1).
  | "unproved" // A bound session came without its device, perhaps as a stolen cookie (9.2).
  | "callback-failed"; // A function that was passed in has thrown, and was left out (4.12).

type Details = Record<string, string | number | string[]>;
export type SessionLog = (event: SessionEvent, details?: Details) => void;

/** In characters. Visitors can write what a log line quotes. */
const MAX_TEXT = 200;
const cut = (text: string) => text.slice(0, MAX_TEXT);

/** Logs an event, with texts that are cut. It never throws: a log that fails must not cost a session (rule 4.12). */
export function logEvent({ log }: { log: SessionLog }, event: SessionEvent, details: Details = {}): void {
  const short: Details = {};
  for (const [name, value] of Object.entries(details))
    short[name] = Array.isArray(value) ? value.map(cut) : typeof value === "string" ? cut(value) : value;
  attempt(
    () => log(event, short),
    (reason) => log !== consoleLog && consoleLog("callback-failed", { callback: "log", reason }),
  );
}

/** Calls what was passed in. If it fails, that is logged, and the result is undefined (rule 4.12). */
export const guarded = <T>(config: { log: SessionLog }, callback: string, call: () => T): T | undefined =>
  attempt(call, (reason) => logEvent(config, "callback-failed", { callback, reason }));

/** A promise that rejects has failed as well. */
function attempt<T>(call: () => T, noteFailure: (reason: string) => void): T | undefined {
  const fail = (error: unknown) => void noteFailure(nameOf(error));
  try {
    const result = call();
    const isLater = typeof (result as { then?: unknown } | undefined)?.then === "function";
    return isLater ? (Promise.resolve(result).catch(fail) as T) : result;
  } catch (error) {
    return fail(error) as undefined;
  }
}

/** Messages stay out of the log: databases quote keys and values in theirs. */
export const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);

const ORDINARY = new Set<SessionEvent>(["created", "renewed", "regenerated", "destroyed", "adopted", "moved"]);

/** Workers Logs indexes the fields of a line of JSON, so you can query `event = "session.tampered"`. */
export const consoleLog: SessionLog = (event, details) => {
  console[ORDINARY.has(event) ? "log" : "warn"](JSON.stringify({ event: `session.${event}`, ...details }));
};

/**
 * Names a session in the log by a hash, keyed with the secret. A reader of the log can neither use it as an id nor find
 * the id behind it (OWASP ASVS 5, 16.2.5).
 */
export async function nameForLog(id: string, secret = ""): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const hash = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(`session log ${id}`)));
  return Array.from(hash.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Logs the event with the session's name, and the previous one's if it got a new id. */
export async function logSession(
  config: { log: SessionLog; secrets: readonly string[] },
  event: SessionEvent,
  id: string,
  previousId?: string,
): Promise<void> {
  const secret = config.secrets[0];
  const session = await nameForLog(id, secret);
  logEvent(config, event, previousId ? { session, previous: await nameForLog(previousId, secret) } : { session });
}

/**
 * Logs why a storage failed, ours or another package's, and returns the error's code.
 *
 * @throws ConfigError unchanged, because the wiring is wrong and the store did not fail
 */
export function logFailure(config: { log: SessionLog }, error: unknown): SessionErrorCode {
  if (error instanceof Error && error.name === "ConfigError") throw error;
  const { code, details } =
    error instanceof SessionError ? error : new SessionError("store-error", "", { reason: nameOf(error) });
  logEvent(config, code, details);
  return code;
}
