/**
 * Runs the app's handler and commits the session to its response: the only place that sends the session's cookie.
 * Needs the config, the session and the storage's `commitSession`; see README.md.
 */
import { ConfigError, type SessionConfig } from "./config";
import { cookieName } from "./cookie/line";
import { asSessionError, SessionError, type SessionErrorCode } from "./errors";
import { isSpeculative, wasDelivered } from "./flash";
import { logSession } from "./log";
import { isCrossOrigin, isSafe } from "./origin";
import { otherCookies, removesSessionCookie, withSessionHeaders } from "./response";
import { type AnySuperflareSession, SuperflareSession, tracker } from "./session";
import type { Change, SessionTracker } from "./tracker";
import type { AnySession, Ending } from "./types";

export interface HandleFetchOptions {
  config: SessionConfig;
  session: AnySuperflareSession;
  /** Stores the session and resolves to its `Set-Cookie` line. Called only if there is something to store. */
  getSessionCookie: () => Promise<string>;
  /** Only for a storage of another package: what `regenerate` and `destroy` end the old session with. */
  // biome-ignore lint/suspicious/noExplicitAny: a session of any app's data
  destroySession?: (session: any) => Promise<string>;
  /**
   * Makes the page that replaces a response whose changes were not stored (rule 4.6). The session that it is given holds
   * what it held when the request began. handleFetch sets the status and keeps the handler's other cookies. Default: a
   * line of text.
   */
  notSaved?: (why: NotSaved) => Response | Promise<Response>;
  /** Makes the page that answers a request of another origin (rule 7.1); the status is 403. Default: a line of text. */
  refused?: () => Response | Promise<Response>;
  /**
   * Lets requests of other origins through that are meant to come from there: Sign in with Apple, SAML, a payment's
   * return. Browsers send no Lax cookie along with them, so their session is a new one: answer with a redirect to a page
   * of yours that does the rest.
   */
  allowCrossOrigin?: (request: Request) => boolean;
  /** Told what became of the session, for a metric or an inspector (inspect.ts). */
  report?: (facts: CommitReport) => void;
}

/** 503: the store does not answer, so trying again makes sense. 500: this cannot be stored. */
export interface NotSaved {
  status: 500 | 503;
  session: AnySuperflareSession;
}

export interface CommitReport {
  change: Change;
  ending: Ending["kind"] | undefined;
  /** `refused`: the handler did not run (7.1). */
  result: "nothing" | "refused" | CommitResult;
  error: SessionErrorCode | undefined;
  wasUsed: boolean;
  /** Names, never values: `theme`, and for a flash `flash success`. */
  changed: string[];
  session: AnySession;
  /** Milliseconds since 1970: when the session was open, and when it was committed. */
  openedAt: number;
  closedAt: number;
  committedAt: number;
}

/**
 * Promises: a response to a request that does not use the session is returned as it is, the very object; if the session
 * was read, it is `private`; if it was changed, it is `no-store` and has one `Set-Cookie` line for it (2.4, 5.1). The
 * body is neither read nor copied (2.5). A response never claims what was not kept (4.6).
 *
 * A write of another origin is answered 403 before the handler runs (7.1).
 *
 * Rejects with whatever the handler throws; then nothing is stored (4.5).
 */
export async function handleFetch(
  options: HandleFetchOptions,
  handler: () => Response | Promise<Response>,
): Promise<Response> {
  const { config, session, report } = options;
  const { request } = config;
  const tracked = session[tracker];
  const openedAt = report && Date.now();
  if (isCrossOrigin(request) && !options.allowCrossOrigin?.(request)) {
    report?.(reportOf(options, { change: "none", result: "refused" }, openedAt));
    return refuse(options);
  }
  tracked.holdFlashesIf(() => isSpeculative(request));

  let response: Response;
  try {
    response = await handler();
  } catch (thrown) {
    // A framework has caught what its routes throw; without one, a thrown Response is the answer as well (2.5).
    if (!(thrown instanceof Response)) {
      tracked.close({ isDelivered: () => false, isFailure: true });
      throw thrown;
    }
    response = thrown;
  }
  // A sign-out made by hand, by a route that removes the cookie itself: the record is ended as well (2.4).
  if (tracked.isOurs && removesSessionCookie(response, config.cookie.name)) session.destroy();

  const isFailure = response.status >= 500;
  const hasDropped = tracked.close({ isDelivered: () => wasDelivered(request, response), isFailure });
  if (hasDropped) config.log("change-dropped", { status: response.status });

  const closedAt = report && Date.now();
  const commit = await commitChange(options);
  report?.(reportOf(options, commit, openedAt, closedAt));
  const { change, result } = commit;
  if (!tracked.wasUsed) return response;
  if (result === "nothing") return withSessionHeaders(response, { level: "private", isFailure }, config);
  if (answerFor(change, result, isSafe(request)) === "not-saved") return replaceUnsaved(options, response, commit);
  const cookie = tracked.isOurs ? commit.cookie : await respectSignOut(options, response, commit.cookie);
  return withSessionHeaders(response, { level: "no-store", cookie, isOtherIdentity: change === "identity" }, config);
}

/** `gone` and `moved`: the session was ended, or got a new id, while the request ran. */
type CommitResult = "stored" | "gone" | "moved" | "failed";

/**
 * What the visitor gets (rules 4.6 and 4.10), in one table. `delivered` without a cookie where the result is not
 * `stored`: a flash comes once more, a renewal at the next request, and what a GET has changed on the way can be lost.
 */
export function answerFor(change: Change, result: CommitResult, isSafeMethod: boolean): "delivered" | "not-saved" {
  if (result !== "failed") return "delivered";
  switch (change) {
    case "identity":
      return "not-saved";
    case "values":
      return isSafeMethod ? "delivered" : "not-saved";
    default:
      return "delivered";
  }
}

const changeOf = (tracked: SessionTracker): Change => {
  const change = tracked.change();
  return change === "none" && tracked.isRenewalDue() ? "renewal" : change;
};

interface Commit {
  change: Change;
  result: CommitResult | "nothing";
  cookie?: string | undefined;
  error?: SessionErrorCode;
}

/** Stores what has changed. Never rejects because of a store: what did not work is part of the result. */
async function commitChange(options: HandleFetchOptions): Promise<Commit> {
  const { config, session } = options;
  const tracked = session[tracker];
  const change = changeOf(tracked);
  if (change === "none") return { change, result: "nothing" };
  const storing = storeWhatFits(options);
  config.ctx?.waitUntil(storing.catch(() => {}));
  try {
    const cookie = await storing;
    if (change === "renewal") await logSession(config, "renewed", session.id);
    return { change, result: "stored", cookie };
  } catch (thrown) {
    const { code, details } = asSessionError(thrown);
    config.log(code, details);
    return { change, result: code === "gone" || code === "moved" ? code : "failed", error: code };
  }
}

/** Without this request's flashes, if it does not fit with them (4.3); a sign-out without what was set after it (6.2). */
async function storeWhatFits(options: HandleFetchOptions): Promise<string | undefined> {
  const { config, session } = options;
  for (;;) {
    try {
      return await store(options);
    } catch (error) {
      const isTooMuch = error instanceof SessionError && ["too-large", "not-storable"].includes(error.code);
      if (!isTooMuch || !session[tracker].shed()) throw error;
      config.log("flash-dropped", error.details);
      if (changeOf(session[tracker]) === "none") return undefined;
    }
  }
}

async function store({ config, session, getSessionCookie, destroySession }: HandleFetchOptions): Promise<string> {
  const tracked = session[tracker];
  const old = tracked.forCommit();
  // The storages of this folder end the old session themselves, in the same step.
  if (!tracked.ending || tracked.isOurs) return getSessionCookie();
  if (!destroySession) {
    throw new ConfigError(
      "With this storage, regenerate() and destroy() need `destroySession` in handleFetch's options.",
    );
  }
  // Ending comes first (P2).
  const removal = await destroySession(old);
  tracked.renew();
  const isSignOut = tracked.ending.kind === "destroy";
  if (isSignOut && Object.keys(old.data).length === 0) return removal;
  return getSessionCookie().catch((error: unknown) => {
    if (!isSignOut) throw error;
    const { code, details } = asSessionError(error);
    config.log(code, details);
    return removal;
  });
}

/** A sign-out made by hand over a storage of another package, whose cookie's name is known only now (2.4). */
async function respectSignOut({ session, destroySession }: HandleFetchOptions, response: Response, cookie?: string) {
  if (!cookie || !removesSessionCookie(response, cookieName(cookie))) return cookie;
  return destroySession?.(session[tracker].forCommit());
}

async function replaceUnsaved(options: HandleFetchOptions, original: Response, { error }: Commit): Promise<Response> {
  const { config, session, notSaved } = options;
  const status = error === "store-error" ? 503 : 500;
  const page = await notSaved?.({ status, session: new SuperflareSession(session[tracker].original()) });
  const advice = status === 503 ? "Please try again in a moment." : "There is more to store than fits.";
  const response = answerInstead(page, status, `Not saved. ${advice}\n`);
  if (status === 503) response.headers.set("Retry-After", "10");
  for (const line of otherCookies(original, config.cookie.name)) response.headers.append("Set-Cookie", line);
  original.body?.cancel().catch(() => {});
  return withSessionHeaders(response, { level: "no-store" }, config);
}

async function refuse({ config, refused }: HandleFetchOptions): Promise<Response> {
  const { method, headers } = config.request;
  config.log("cross-origin", { method, site: headers.get("Sec-Fetch-Site") ?? "" });
  const text = "This request came from another site, so nothing was changed. Open the page here and try again.\n";
  return withSessionHeaders(answerInstead(await refused?.(), 403, text), { level: "no-store" }, config);
}

/** The page if there is one, else the text. */
function answerInstead(page: Response | undefined, status: number, text: string): Response {
  const headers = page?.headers ?? { "Content-Type": "text/plain; charset=utf-8" };
  return new Response(page ? page.body : text, { headers, status });
}

function reportOf(
  { session }: HandleFetchOptions,
  { change, result, error }: Pick<CommitReport, "change" | "result"> & { error?: SessionErrorCode },
  openedAt = Date.now(),
  closedAt = openedAt,
): CommitReport {
  const tracked = session[tracker];
  return {
    change,
    ending: tracked.ending?.kind,
    result,
    error,
    wasUsed: tracked.wasUsed,
    changed: tracked.wasUsed ? tracked.changedNames() : [],
    session: tracked.forCommit(),
    openedAt,
    closedAt,
    committedAt: Date.now(),
  };
}
