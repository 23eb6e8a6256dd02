/** The two answers that handleFetch gives in place of the app's: "not saved" (rule 4.6) and the refusal (rule 7.1). */
import type { SessionConfig } from "./config";
import { otherCookies } from "./cookie/line";
import type { HandleFetchOptions } from "./handle-fetch";
import { guarded, logEvent } from "./log";
import { createSession, withoutFlashes } from "./raw-session";
import { withSessionHeaders } from "./response";
import { type AnySuperflareSession, SuperflareSession, tracker } from "./session";

/**
 * With 503 the store did not answer, so trying again makes sense. With 409 the session has ended, got a new id or belongs
 * to another user meanwhile. With 500 the data cannot be stored.
 */
export interface NotSaved {
  status: 409 | 500 | 503;
  session: AnySuperflareSession;
}

const ADVICE = {
  409: "Your session has changed meanwhile. Please reload the page and try again.",
  500: "There is more to store than fits.",
  503: "Please try again in a moment.",
};

/** Makes the page that says so, with the cookies that the app has set besides the session's. */
export async function notSavedAnswer(
  { config, session, notSaved }: HandleFetchOptions,
  original: Response,
  status: NotSaved["status"],
): Promise<Response> {
  const tracked = session[tracker];
  const why = { status, session: new SuperflareSession(createSession(withoutFlashes(tracked.before))) };
  const text = `Not saved. ${ADVICE[status]}\n`;
  const response = await pageOrText(config, { callback: "notSaved", make: () => notSaved?.(why), status, text });
  if (status === 503) response.headers.set("Retry-After", "10");
  const ownNames = [config.cookie.name, tracked.state?.former?.cookie];
  for (const line of otherCookies(original, ownNames)) response.headers.append("Set-Cookie", line);
  // Nobody waits for it, since it may never end.
  guarded(config, "cancel", () => original.body?.cancel());
  return withSessionHeaders(response, { level: "no-store" }, config);
}

export async function refusal({ config, refused }: HandleFetchOptions): Promise<Response> {
  const { method, headers } = config.request;
  logEvent(config, "cross-origin", { method, site: headers.get("Sec-Fetch-Site") ?? "" });
  const text = "This request came from another site, so nothing was changed. Open the page here and try again.\n";
  const response = await pageOrText(config, { callback: "refused", make: () => refused?.(), status: 403, text });
  return withSessionHeaders(response, { level: "no-store" }, config);
}

interface Page {
  callback: string;
  make: () => Response | Promise<Response> | undefined;
  status: number;
  text: string;
}

/** Returns the page with this status, or the text if there is no page. */
async function pageOrText(config: SessionConfig, { callback, make, status, text }: Page): Promise<Response> {
  const answer = await guarded(config, callback, async () => {
    const page = await make();
    return page && new Response(page.body, { headers: page.headers, status });
  });
  return answer ?? new Response(text, { headers: { "Content-Type": "text/plain; charset=utf-8" }, status });
}
