/**
 * Runs the app's handler and commits the session to its response. Nothing else sends the session's cookie. It needs the
 * config, the session and the storage's `commitSession` (README.md).
 */
import { ConfigError, type SessionConfig } from "./config";
import { cookieName } from "./cookie/line";
import { SessionError, type SessionErrorCode } from "./errors";
import { logFailure, logSession } from "./log";
import { isCrossOrigin, isSafe } from "./origin";
import { otherCookies, removesCookie, sendsCookie, withSessionHeaders } from "./response";
import { type AnySuperflareSession, SuperflareSession, tracker } from "./session";
import type { Change } from "./tracker";
import type { AnySession, Ending } from "./types";

export interface HandleFetchOptions {
  config: SessionConfig;
  session: AnySuperflareSession;
  /** Stores the session and resolves to its `Set-Cookie` line. It is called only if there is something to store. */
  getSessionCookie: () => Promise<string>;
  /** Ends the old session at `regenerate` and `destroy`. Only another package's storage needs it. */
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  destroySession?: (session: any) => Promise<string>;
  /**
   * Makes the page that replaces a response whose changes were not stored (rule 4.6). Its session holds what it held
   * when the request began. handleFetch sets the status and copies the handler's other cookies. Without it, the answer
   * is a line of text.
   */
  notSaved?: (why: NotSaved) => Response | Promise<Response>;
  /**
   * Makes the page for a refused cross-origin request (rule 7.1), with status 403. Without it, it is a line of text.
   */
  refused?: () => Response | Promise<Response>;
  /**
   * Allows requests that are meant to come from another origin: Sign in with Apple, SAML, the return from a payment.
   * Browsers send no Lax cookie with these, so their session is a new one: redirect to a page of yours that does the
   * rest.
   */
  allowCrossOrigin?: (request: Request) => boolean;
  /** Gets the facts of each request and the response that is sent, for a metric or an inspector. */
  report?: ((facts: CommitReport, response: Response) => void) | undefined;
}

/** With 503 the store did not answer, so trying again makes sense. With 500 the data cannot be stored. */
export interface NotSaved {
  status: 500 | 503;
  session: AnySuperflareSession;
}

export interface CommitReport {
  change: Change;
  ending: Ending["kind"] | undefined;
  /**
   * With `refused` the handler did not run (7.1). With `gone` or `moved` the session ended, or got a new id, while the
   * request ran.
   */
  result: "nothing" | "refused" | "stored" | "gone" | "moved" | "failed";
  error: SessionErrorCode | undefined;
  wasUsed: boolean;
  /** The app wrote to the session, even if nothing changed. */
  wasWritten: boolean;
  /** It holds names, never values: `theme`, and for a flash `flash success`. */
  changed: string[];
  session: AnySession;
  /** These are milliseconds since 1970: the session was open, the handler had answered, the commit was over. */
  openedAt: number;
  closedAt: number;
  committedAt: number;
}

/**
 * Returns the handler's response, the very object, if it did not use the session. If the session was read, the response
 * is `private`; if it changed, `no-store` with one `Set-Cookie` line (2.4, 5.1). The body is neither read nor copied
 * (2.5). A response never claims what was not stored (4.6). A write from another origin is answered 403 before the
 * handler runs (7.1).
 *
 * Rejects with the error that the handler throws, and then stores nothing (4.5).
 */
export async function handleFetch(
  options: HandleFetchOptions,
  handler: () => Response | Promise<Response>,
): Promise<Response> {
  const { config, session, report } = options;
  const { request } = config;
  const tracked = session[tracker];
  const openedAt = report ? Date.now() : 0;
  if (isCrossOrigin(request) && !options.allowCrossOrigin?.(request)) {
    const refusal = await refuse(options);
    report?.(reportOf(session, { change: "none", result: "refused" }, openedAt, openedAt), refusal);
    return refusal;
  }
  tracked.request = request;

  let response: Response;
  try {
    response = await handler();
  } catch (thrown) {
    // A thrown Response is an answer too (2.5). Frameworks catch it; without one, it arrives here.
    if (!(thrown instanceof Response)) {
      tracked.close();
      throw thrown;
    }
    response = thrown;
  }
  tracked.mayOmitCookie = !sendsCookie(response, config.cookie.name);
  // A route that removes the cookie itself signs out, so the record ends too (2.4). The former storage's cookie counts
  // as well (1.6).
  const names = [config.cookie.name, tracked.former?.cookie];
  if (tracked.isOurs && names.some((name) => removesCookie(response, name))) session.destroy();
  if (tracked.close(response)) config.log("change-dropped", { status: response.status });

  const closedAt = report ? Date.now() : 0;
  const commit = await commitChange(options);
  const facts = report && reportOf(session, commit, openedAt, closedAt);
  const answer = await answerWith(options, response, commit);
  if (facts) report?.(facts, answer);
  return answer;
}

/** Returns the handler's response with the session's headers, or the one that says "not saved". */
async function answerWith(options: HandleFetchOptions, response: Response, commit: Commit): Promise<Response> {
  const { config, session } = options;
  const tracked = session[tracker];
  const { change, result, cookie } = commit;
  if (!tracked.wasUsed) return response;
  if (result === "nothing") {
    return withSessionHeaders(response, { level: "private" }, config);
  }
  if (answerFor(change, result, isSafe(config.request)) === "not-saved")
    return replaceUnsaved(options, response, commit);
  const line = tracked.isOurs ? cookie : await respectSignOut(options, response, cookie);
  const isOtherIdentity = change === "identity";
  const removal = tracked.former?.removal;
  return withSessionHeaders(response, { level: "no-store", cookie: line, removal, isOtherIdentity }, config);
}

/**
 * Decides the visitor's answer (rules 4.6 and 4.10). A response that is delivered after a failed commit has no cookie:
 * the flash is shown again, the renewal is tried again, and a GET's change can be lost.
 */
export function answerFor(change: Change, result: CommitReport["result"], isSafeMethod: boolean) {
  const isLoss = change === "identity" || (change === "values" && !isSafeMethod);
  return result === "failed" && isLoss ? "not-saved" : "delivered";
}

interface Commit {
  change: Change;
  result: CommitReport["result"];
  cookie?: string | undefined;
  error?: SessionErrorCode;
}

/**
 * Stores the change. If it does not fit, it goes without this request's flashes (4.3), and a sign-out without the
 * values set after it (6.2). A failure of the store is part of the result; the promise does not reject.
 */
async function commitChange(options: HandleFetchOptions): Promise<Commit> {
  const { config, session } = options;
  const tracked = session[tracker];
  for (;;) {
    const change = tracked.change();
    if (change === "none") return { change, result: "nothing" };
    try {
      const cookie = await store(options);
      // An adopted session has no id yet, and its own event logs it.
      if (change === "renewal" && session.id) await logSession(config, "renewed", session.id);
      return { change, result: "stored", cookie };
    } catch (thrown) {
      const isTooMuch = thrown instanceof SessionError && ["too-large", "not-storable"].includes(thrown.code);
      if (isTooMuch && tracked.makeRoom()) {
        config.log("flash-dropped", thrown.details);
        continue;
      }
      const error = logFailure(thrown, config.log);
      return { change, result: error === "gone" || error === "moved" ? error : "failed", error };
    }
  }
}

function store(options: HandleFetchOptions): Promise<string> {
  const { config, session, getSessionCookie } = options;
  const tracked = session[tracker];
  const old = tracked.prepareCommit();
  const storing = tracked.ending && !tracked.isOurs ? endAndStore(options, old) : getSessionCookie();
  // A visitor who leaves must not stop a store half way (2.7). The cookie store has nothing to finish.
  if (!tracked.isInCookie) config.ctx?.waitUntil(storing.catch(() => {}));
  return storing;
}

/** In another package's storage a new id is a new session. */
async function endAndStore(
  { config, session, getSessionCookie, destroySession }: HandleFetchOptions,
  old: AnySession,
): Promise<string> {
  const tracked = session[tracker];
  if (!destroySession) {
    throw new ConfigError(
      "With this storage, regenerate() and destroy() need `destroySession` in handleFetch's options.",
    );
  }
  // Ending comes first (P2).
  const removal = tracked.mustEndOld ? await destroySession(old) : "";
  tracked.startNewSession();
  const isSignOut = tracked.ending?.kind === "destroy";
  if (isSignOut && Object.keys(old.data).length === 0) return removal;
  return getSessionCookie().catch((error: unknown) => {
    if (!isSignOut) throw error;
    logFailure(error, config.log);
    return removal;
  });
}

/** Respects a manual sign-out with another package's storage. Only its own line tells its cookie's name (2.4). */
async function respectSignOut({ session, destroySession }: HandleFetchOptions, response: Response, cookie?: string) {
  if (!cookie || !removesCookie(response, cookieName(cookie))) return cookie;
  return destroySession?.(session[tracker].prepareCommit());
}

async function replaceUnsaved(options: HandleFetchOptions, original: Response, { error }: Commit): Promise<Response> {
  const { config, session, notSaved } = options;
  const status = error === "store-error" ? 503 : 500;
  const page = await notSaved?.({ status, session: new SuperflareSession(session[tracker].original()) });
  const advice = status === 503 ? "Please try again in a moment." : "There is more to store than fits.";
  const response = answerInstead(page, status, `Not saved. ${advice}\n`);
  if (status === 503) response.headers.set("Retry-After", "10");
  const ownNames = [config.cookie.name, session[tracker].former?.cookie];
  for (const line of otherCookies(original, ownNames)) response.headers.append("Set-Cookie", line);
  original.body?.cancel().catch(() => {});
  return withSessionHeaders(response, { level: "no-store" }, config);
}

async function refuse({ config, refused }: HandleFetchOptions): Promise<Response> {
  const { method, headers } = config.request;
  config.log("cross-origin", { method, site: headers.get("Sec-Fetch-Site") ?? "" });
  const text = "This request came from another site, so nothing was changed. Open the page here and try again.\n";
  return withSessionHeaders(answerInstead(await refused?.(), 403, text), { level: "no-store" }, config);
}

/** Returns the page if there is one, else the text. */
function answerInstead(page: Response | undefined, status: number, text: string): Response {
  const headers = page?.headers ?? { "Content-Type": "text/plain; charset=utf-8" };
  return new Response(page ? page.body : text, { headers, status });
}

function reportOf(
  session: AnySuperflareSession,
  { change, result, error }: Commit,
  openedAt: number,
  closedAt: number,
): CommitReport {
  const tracked = session[tracker];
  return {
    change,
    ending: tracked.ending?.kind,
    result,
    error,
    wasUsed: tracked.wasUsed,
    wasWritten: tracked.wasWritten,
    changed: tracked.wasUsed ? tracked.changedNames() : [],
    session: tracked.prepareCommit(),
    openedAt,
    closedAt,
    committedAt: Date.now(),
  };
}
