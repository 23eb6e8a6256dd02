/**
 * Runs the app's handler and commits the session to its response. Nothing else sends the session's cookie. It needs the
 * config, the session and the storage's `commitSession` (README.md).
 */
import { type NotSaved, notSavedAnswer, refusal } from "./answers";
import { type Commit, commitChange, notSavedStatus } from "./commit";
import type { SessionConfig } from "./config";
import { cookieName, removesCookie, sendsCookie } from "./cookie/line";
import { isSpeculative, wasDelivered } from "./delivery";
import { ConfigError } from "./errors";
import { guarded, logEvent } from "./log";
import { bringsLaxCookies, isCrossOrigin, isSafe } from "./origin";
import { type CommitReport, reported } from "./report";
import { withSessionHeaders } from "./response";
import { type AnySuperflareSession, tracker } from "./session";
import type { SessionTracker } from "./tracker";
import { drainOnThisMachine } from "./unread-body";

export interface HandleFetchOptions {
  config: SessionConfig;
  session: AnySuperflareSession;
  /** Stores the session and resolves to its `Set-Cookie` line. It is called only if there is something to store. */
  getSessionCookie: () => Promise<string>;
  /**
   * Makes the page that replaces a response whose changes were not stored (rule 4.6). Its session holds what it held
   * when the request began. handleFetch sets the status and copies the handler's other cookies. Without it, the answer
   * is a line of text.
   */
  notSaved?: ((why: NotSaved) => Response | Promise<Response>) | undefined;
  /** Makes the page for a refused cross-origin request (rule 7.1), with status 403. Without it, it is a line of text. */
  refused?: (() => Response | Promise<Response>) | undefined;
  /**
   * Allows requests that are meant to come from another origin: Sign in with Apple, SAML, the return from a payment.
   * Browsers send no Lax cookie with these, so their session cannot be changed: redirect to a page of yours that does
   * the rest.
   */
  allowCrossOrigin?: (request: Request) => boolean;
  /** Tells whether the page is loaded ahead in a way that is not known here, so that nobody may ever see it (3.3). */
  isSpeculative?: ((request: Request) => boolean) | undefined;
  /** Tells whether the visitor sees another page instead of this response, as after a framework's own redirect (3.3). */
  leadsElsewhere?: ((request: Request, response: Response) => boolean) | undefined;
  /** Gets the facts of each request and the response that is sent, for a metric or an inspector. */
  report?: ((facts: CommitReport, response: Response) => void) | undefined;
}

/**
 * A second handleFetch for a request would drop the cookie of the first, and one with the session of another request would
 * show one visitor's data to the next (rule 4.13).
 */
const handled = new WeakSet<object>();

/**
 * Returns the handler's response, the very object, if it did not use the session. If the session was read, the response
 * is `private`; if it changed, `no-store` with one `Set-Cookie` line (2.4, 5.1). The body is neither read nor copied
 * (2.5). A response never claims what was not stored (4.6). A write from another origin is answered 403 before the
 * handler runs (7.1). What fails among the options is logged and left out (4.12).
 *
 * Rejects with the error that the handler throws, and then stores nothing (4.5).
 *
 * @throws ConfigError if it has been called for this request or session before
 */
export async function handleFetch(
  options: HandleFetchOptions,
  handler: () => Response | Promise<Response>,
): Promise<Response> {
  const { config, session } = options;
  const { request } = config;
  const tracked = session[tracker];
  if (handled.has(request) || handled.has(session))
    throw new ConfigError("handleFetch was called twice for one request or session. Call it once, outside.");
  handled.add(request).add(session);

  const openedAt = Date.now();
  const says = (option: string, ask: () => boolean | undefined) => guarded(config, option, ask) === true;
  const isFromElsewhere = isCrossOrigin(request);
  if (isFromElsewhere && !says("allowCrossOrigin", () => options.allowCrossOrigin?.(request))) {
    await drainOnThisMachine(request);
    return reported(options, { change: "none", result: "refused" }, await refusal(options), [openedAt, openedAt]);
  }
  tracked.isSpeculative = isSpeculative(request) || says("isSpeculative", () => options.isSpeculative?.(request));
  if (isFromElsewhere && !bringsLaxCookies(request) && !tracked.state?.read.sent) tracked.makeReadOnly();

  const response = await answerOf(handler, tracked, request);
  // A route that removes the cookie itself signs out, so the record ends too (2.4). The cookie of a storage that came
  // before counts as well (1.6).
  const names = [config.cookie.name, tracked.state?.former?.cookie];
  if (tracked.state && names.some((name) => removesCookie(response, name)) && !tracked.isReadOnly) session.destroy();
  const leadsElsewhere = () => says("leadsElsewhere", () => options.leadsElsewhere?.(request, response));
  const isShown = !tracked.isSpeculative && wasDelivered(request, response) && !leadsElsewhere();
  if (tracked.close(response, isShown)) logEvent(config, "change-dropped", { status: response.status });

  const closedAt = Date.now();
  tracked.prepareCommit(!sendsCookie(response, config.cookie.name));
  const commit = await commitChange(tracked, options);
  return reported(options, commit, await answerWith(options, response, commit), [openedAt, closedAt]);
}

async function answerOf(
  handler: () => Response | Promise<Response>,
  tracked: SessionTracker,
  request: Request,
): Promise<Response> {
  let response: Response | undefined;
  try {
    response = await handler();
  } catch (thrown) {
    // A thrown Response is an answer too (2.5). Frameworks catch it; without one, it arrives here.
    if (!(thrown instanceof Response)) {
      tracked.close();
      throw thrown;
    }
    response = thrown;
  } finally {
    await drainOnThisMachine(request, response);
  }
  return response;
}

/** Returns the handler's response with the session's headers, or the one that says "not saved". */
async function answerWith(options: HandleFetchOptions, response: Response, commit: Commit): Promise<Response> {
  const { config, session } = options;
  const tracked = session[tracker];
  const { change, result, cookie } = commit;
  if (!tracked.wasUsed) return response;
  if (result === "nothing") return withSessionHeaders(response, { level: "private" }, config);
  const status = notSavedStatus(commit, isSafe(config.request));
  if (status) return notSavedAnswer(options, response, status);
  // Another package's cookie is known by its line alone, and a route may have removed it (2.4).
  const isRemoved = !tracked.state && cookie && removesCookie(response, cookieName(cookie));
  const line = isRemoved ? undefined : cookie;
  const removal = tracked.state?.former?.removal;
  const isOtherIdentity = change === "identity";
  return withSessionHeaders(response, { level: "no-store", cookie: line, removal, isOtherIdentity }, config);
}
