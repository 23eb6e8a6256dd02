/** What happens to sessions, as one line of JSON an event: without a cookie, an id or any of the data. */
import type { SessionErrorCode } from "./errors";
import type { UnsealFailure } from "./seal";

export type SessionEvent =
  | "created"
  | "renewed"
  | "destroyed"
  | UnsealFailure
  | SessionErrorCode
  | "public-downgraded"
  | "cross-origin";

export type SessionLog = (event: SessionEvent, details?: Record<string, string | number | string[]>) => void;

/** Workers Logs indexes the fields of a line that is JSON, so that one can ask for `event = "session.tampered"`. */
export const consoleLog: SessionLog = (event, details) => {
  const isOrdinary = event === "created" || event === "renewed" || event === "destroyed";
  console[isOrdinary ? "log" : "warn"](JSON.stringify({ event: `session.${event}`, ...details }));
};

/**
 * A name for the session by which its lines in the log can be told from others. Keyed with the secret, so that who
 * reads the log can neither use it as an id nor find the id behind it (OWASP ASVS 5, 16.2.5).
 */
export async function nameForLog(id: string, secret = ""): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const hash = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(`session log ${id}`)));
  return Array.from(hash.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Logs what happened to the session of this id, under its name for the log. */
export async function logSession(
  { log, secrets }: { log: SessionLog; secrets: readonly string[] },
  event: "created" | "renewed" | "destroyed",
  id: string,
): Promise<void> {
  log(event, { session: await nameForLog(id, secrets[0]) });
}
