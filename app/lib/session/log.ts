/** Logs one line of JSON for each event of a session, without a cookie, an id or any data. */
import type { UnsealFailure } from "./cookie/seal";
import { SessionError, type SessionErrorCode } from "./errors";

export type SessionEvent =
  | "created"
  | "renewed"
  | "regenerated"
  | "destroyed"
  /** A session of the former storage was adopted (rule 1.6). */
  | "adopted"
  | UnsealFailure
  | SessionErrorCode
  /** A record could not be parsed, and counts as gone (rule 4.7). */
  | "corrupt"
  /** The session did not fit with this request's flashes, and was stored without them (rule 4.3). */
  | "flash-dropped"
  /** The response is a 5xx, so the request's changes were not stored (rule 4.5). */
  | "change-dropped"
  /** A route's own `Set-Cookie` line for the session was replaced (rule 2.4). */
  | "superseded"
  | "public-downgraded"
  | "cross-origin";

export type SessionLog = (event: SessionEvent, details?: Record<string, string | number | string[]>) => void;

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
  { log, secrets }: { log: SessionLog; secrets: readonly string[] },
  event: SessionEvent,
  id: string,
  previousId?: string,
): Promise<void> {
  const session = await nameForLog(id, secrets[0]);
  log(event, previousId ? { session, previous: await nameForLog(previousId, secrets[0]) } : { session });
}

/**
 * Logs why a storage failed, ours or another package's, and returns the error's code.
 *
 * @throws ConfigError unchanged, because the wiring is wrong and the store did not fail
 */
export function logFailure(error: unknown, log: SessionLog): SessionErrorCode {
  if (error instanceof Error && error.name === "ConfigError") throw error;
  const { code, details } =
    error instanceof SessionError
      ? error
      : // The message stays out of the log: databases quote keys and values in theirs.
        new SessionError("store-error", "", { reason: error instanceof Error ? error.name : typeof error });
  log(code, details);
  return code;
}
