/** Stores what a request has changed, and decides what the visitor is told (rules 4.3, 4.6 and 4.10). */
import type { SessionConfig } from "./config";
import { ConfigError, SessionError, type SessionErrorCode } from "./errors";
import { guarded, logEvent, logFailure, logSession } from "./log";
import type { Change, SessionTracker } from "./tracker";

export interface Commit {
  change: Change;
  /** With `refused` the handler did not run (7.1). */
  result: "nothing" | "refused" | "stored" | "failed";
  /** The `Set-Cookie` line. It is empty if the visitor's cookie need not change. */
  cookie?: string | undefined;
  error?: SessionErrorCode | undefined;
}

/**
 * Whether the answer must say that the change was not stored. A response that is delivered all the same has no cookie: a
 * flash is shown again, a renewal is tried again, and what a GET has changed is lost.
 */
const isTold: Record<Change, (isSafeMethod: boolean) => boolean> = {
  none: () => false,
  renewal: () => false,
  flash: () => false,
  values: (isSafeMethod) => !isSafeMethod,
  identity: () => true,
};

/** The status of an answer that says "not saved". Trying again helps with 503 at once, and with 409 after a reload. */
const statusOf = (error: SessionErrorCode | undefined) =>
  error === "store-error" ? 503 : error === "gone" || error === "replaced" ? 409 : 500;

/** Returns the status of the answer "not saved", or undefined if the response is delivered. */
export function notSavedStatus({ change, result, error }: Commit, isSafeMethod: boolean) {
  return result === "failed" && isTold[change](isSafeMethod) ? statusOf(error) : undefined;
}

/**
 * Commits what has changed. If it does not fit, it goes without this request's flashes (4.3), and a sign-out without the
 * values set after it (6.2). The promise does not reject for a store that fails.
 *
 * @throws ConfigError
 */
export async function commitChange(
  tracked: SessionTracker,
  { config, getSessionCookie }: { config: SessionConfig; getSessionCookie: () => Promise<string> },
): Promise<Commit> {
  if (tracked.ending && !tracked.state) {
    // Only a commit of this folder ends the old session.
    throw new ConfigError(
      "With another package's storage, regenerate() and destroy() need `adaptStorage` (session-extras/foreign-storage.ts).",
    );
  }
  for (;;) {
    const change = tracked.change();
    if (change === "none") return { change, result: "nothing" };
    const read = tracked.state?.read;
    const committedBefore = read?.committed;
    try {
      tracked.assertUser();
      const storing = getSessionCookie();
      // A visitor who leaves must not stop a store half way (2.7).
      guarded(config, "ctx.waitUntil", () => config.ctx?.waitUntil(storing.catch(() => {})));
      const cookie = await storing;
      if (read && read.committed === committedBefore)
        throw new ConfigError("getSessionCookie has committed another session than the one that handleFetch got.");
      const { id } = tracked.use();
      // An adopted session has no id yet, and its own event logs it.
      if (change === "renewal" && id) await logSession(config, "renewed", id);
      return { change, result: "stored", cookie };
    } catch (thrown) {
      if (read) read.committed = committedBefore;
      const isTooMuch = thrown instanceof SessionError && ["too-large", "not-storable"].includes(thrown.code);
      if (isTooMuch && tracked.makeRoom()) {
        logEvent(config, "flash-dropped", thrown.details);
        continue;
      }
      return { change, result: "failed", error: logFailure(config, thrown) };
    }
  }
}
