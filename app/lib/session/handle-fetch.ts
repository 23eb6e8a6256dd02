/**
 * Runs the app's handler and commits the session to its response: the only place that sends the session's cookie.
 * Needs the config, the session and the storage's `commitSession`; see worker.ts.
 */
import type { Session } from "@remix-run/cloudflare";
import { withPrivateCaching } from "./caching";
import type { SessionConfig } from "./config";
import { cookieName } from "./cookie";
import { SessionError, type SessionErrorCode, unread } from "./errors";
import { isSpeculative, wasDelivered } from "./flash-delivery";
import { outcomeOf, type SessionOutcome } from "./inspect";
import { logSession } from "./log";
import { isCrossOriginWrite, isSafe } from "./origin";
import { recordOf } from "./record";
import { type AnySuperflareSession, lifecycle } from "./session";

export interface HandleFetchOptions {
  config: SessionConfig;
  session: AnySuperflareSession;
  /** Stores the session and resolves to its `Set-Cookie` line. Called only if there is something to store. */
  getSessionCookie: () => Promise<string>;
  /** Ends the old session and resolves to the line that removes its cookie. Needed by `destroy` and `regenerate`. */
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  destroySession?: (session: Session<any, any>) => Promise<string>;
  /**
   * Answers a POST, PUT, PATCH or DELETE whose changes the store did not take (rule 4.6); the status becomes 503. The
   * session that it is given holds what it held when the request began. Default: a line of text.
   */
  whenUnavailable?: (session: AnySuperflareSession) => Response | Promise<Response>;
  /** Answers a write from another origin (rule 7.1); the status becomes 403. Default: a line of text. */
  whenCrossOrigin?: () => Response | Promise<Response>;
  /** Told what became of the session, once it is stored: for an inspector or a metric. */
  onOutcome?: (outcome: SessionOutcome) => void;
}

/**
 * Promises: a response to an untouched session is returned as it is, the very object; one to a session that was read
 * is private; one to a session that was changed is stored nowhere and has one `Set-Cookie` line for it (2.4, 5.1). The
 * body is neither read nor copied (2.5).
 *
 * A write from another origin is answered 403 before the handler runs (7.1).
 *
 * Rejects with whatever the handler throws; then nothing is stored (4.5).
 */
export async function handleFetch(
  options: HandleFetchOptions,
  handler: () => Response | Promise<Response>,
): Promise<Response> {
  const { config, session, onOutcome } = options;
  if (isCrossOriginWrite(config.request)) return refuseCrossOrigin(options);
  if (isSpeculative(config.request)) lifecycle.holdFlash(session);

  let response: Response;
  try {
    response = await handler();
  } catch (error) {
    lifecycle.close(session, () => false);
    throw error;
  }

  lifecycle.close(session, () => wasDelivered(config.request, response));
  const committed = await commit(options);
  onOutcome?.(await outcomeOf(committed, session, config));
  // What a GET loses is a flash that was shown (it comes once more) or a renewal: no reason to take the page away.
  if (committed.error === "store-error" && !isSafe(config.request)) return answerUnavailable(options);
  const { cookie } = committed;
  if (cookie !== undefined) return withPrivateCaching(withSessionCookie(response, cookie), "no-store", config);
  return committed.did === "untouched" ? response : withPrivateCaching(response, "private", config);
}

type Commit = Pick<SessionOutcome, "did"> & { cookie?: string; error?: SessionErrorCode };

/** Stores what has changed. A session that cannot be stored costs the visitor neither the response nor the old session. */
async function commit(options: HandleFetchOptions): Promise<Commit> {
  const { config, session } = options;
  const isDirty = session.isDirty();
  if (!isDirty && !isRenewalDue(session)) return { did: lifecycle.wasRead(session) ? "read" : "untouched" };
  try {
    const cookie = await store(options);
    if (!isDirty) await logSession(config, "renewed", session.id);
    return { did: lifecycle.retired(session) ?? (isDirty ? "stored" : "renewed"), cookie };
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    config.log(error.code, error.details);
    return { did: "failed", error: error.code };
  }
}

/** Only with a session that was read: a response that has nothing to do with it stays as it is (2.6, 5.2). */
function isRenewalDue(session: AnySuperflareSession): boolean {
  return lifecycle.wasRead(session) && recordOf(session.getSession())?.isRenewalDue === true;
}

/** The new session is stored before the old one is ended: if the store fails in between, nothing is lost. */
async function store({ session, getSessionCookie, destroySession }: HandleFetchOptions): Promise<string> {
  const retired = lifecycle.retired(session);
  if (!retired) return getSessionCookie();
  if (!destroySession)
    throw new Error("regenerate() and destroy() need `destroySession` in the options of handleFetch.");
  const old = session.getSession();
  if (recordOf(old)?.isUnread && retired === "regenerated") throw unread();
  lifecycle.renew(session);
  const cookie = Object.keys(old.data).length > 0 ? await getSessionCookie() : undefined;
  const removal = await destroySession(old);
  return cookie ?? removal;
}

async function answerUnavailable({ config, session, whenUnavailable }: HandleFetchOptions): Promise<Response> {
  const page = await whenUnavailable?.(lifecycle.original(session));
  const response = answerInstead(page, 503, "Not saved. Please try again in a moment.\n", config);
  response.headers.set("Retry-After", "10");
  return response;
}

async function refuseCrossOrigin(options: HandleFetchOptions): Promise<Response> {
  const { config, session, whenCrossOrigin, onOutcome } = options;
  const { method, headers } = config.request;
  config.log("cross-origin", { method, site: headers.get("Sec-Fetch-Site") ?? "" });
  const text = "This request came from another site, so nothing was changed. Open the page here and try again.\n";
  const response = answerInstead(await whenCrossOrigin?.(), 403, text, config);
  onOutcome?.({ ...(await outcomeOf({ did: "refused" }, session, config)), changed: [] });
  return response;
}

/** An answer that takes the place of the app's own: the page if there is one, else the text. It is stored nowhere. */
function answerInstead(page: Response | undefined, status: number, text: string, config: SessionConfig): Response {
  const headers = page?.headers ?? { "Content-Type": "text/plain; charset=utf-8" };
  return withPrivateCaching(new Response(page ? page.body : text, { headers, status }), "no-store", config);
}

/** Adds the line and leaves all others, unless the route has sent a line for this cookie itself: then that one counts. */
function withSessionCookie(response: Response, line: string): Response {
  // A copy, since a redirect's or a proxied response's headers cannot be changed. It keeps the body and a webSocket.
  const copy = new Response(response.body, response);
  const lines = response.headers.getSetCookie();
  const isOurs = (other: string) => cookieName(other) === cookieName(line);
  copy.headers.delete("Set-Cookie");
  for (const other of lines.filter((other) => !isOurs(other))) copy.headers.append("Set-Cookie", other);
  copy.headers.append("Set-Cookie", lines.findLast(isOurs) ?? line);
  return copy;
}
