/**
 * Sets the session's headers on the response: the cookie, and those that keep a personal response out of shared caches.
 * Cloudflare may cache a Worker's 200 that has no Cache-Control, under a key without the cookie, and serve it to the
 * next visitor.
 */
import type { SessionConfig } from "./config";
import { cookieName, isRemoval, linesOf } from "./cookie/line";
import { listOf } from "./list";
import { logEvent } from "./log";

export interface SessionHeaders {
  /**
   * With `private` the response shows session data. With `no-store` it changes the session; a cache would repeat that.
   */
  level: "private" | "no-store";
  /** The `Set-Cookie` line. */
  cookie?: string | undefined;
  /** The line that removes the cookie of the former storage (rule 1.6). */
  removal?: string | undefined;
  /** The browser's prefetched pages were rendered for somebody else (rule 5.5). */
  isOtherIdentity?: boolean;
}

/**
 * Returns the response with these headers. It is a copy if the headers are immutable, as on a proxied response, or if
 * there is no body. The body is not touched (2.5).
 *
 * @throws Error in development if the route made a personal response public, so that other visitors would see it (5.3)
 */
export function withSessionHeaders(original: Response, options: SessionHeaders, config: SessionConfig): Response {
  const response = withVary(original);
  const { level, cookie, removal, isOtherIdentity } = options;
  response.headers.set("Cache-Control", cacheControl(response.headers, level, config));
  setSessionCookie(response.headers, cookie, config);
  if (removal) setSessionCookie(response.headers, removal, config);
  // The route may clear something itself, so this is appended.
  if (isOtherIdentity) response.headers.append("Clear-Site-Data", '"prefetchCache", "prerenderCache"');
  return response;
}

/** Runs first, because setting a header is the only way to find out that they are immutable. */
function withVary(original: Response): Response {
  const vary = original.headers.get("Vary");
  const names = vary && (listOf(vary).some((name) => /^(cookie|\*)$/i.test(name)) ? vary : `${vary}, Cookie`);
  const setVary = (response: Response) => {
    response.headers.set("Vary", names || "Cookie");
    return response;
  };
  // A response without a body can be a constant for many visitors. None may get another's cookie (P4).
  if (original.body) {
    try {
      return setVary(original);
    } catch {}
  }
  // The copy keeps the body and the webSocket.
  return setVary(new Response(original.body, original));
}

/** Only shared caches read these, and prefer them to Cache-Control (RFC 9213). */
const SHARED_CACHE_HEADERS = ["CDN-Cache-Control", "Cloudflare-CDN-Cache-Control"];

function cacheControl(headers: Headers, level: SessionHeaders["level"], config: SessionConfig): string {
  const directives = listOf(headers.get("Cache-Control"));
  const isPublic = (directive: string) => /^(public|s-maxage)\b/i.test(directive);
  const sharedHeaders = SHARED_CACHE_HEADERS.filter((name) => !/^(|no-store|private)$/i.test(headers.get(name) ?? ""));
  const mistakes = [...directives.filter(isPublic), ...sharedHeaders];
  if (mistakes.length > 0) {
    if (config.isDevelopment) {
      throw new Error(
        `${new URL(config.request.url).pathname} uses the session, but lets shared caches keep its response ` +
          `(${mistakes.join(", ")}). They would show it to other visitors. Remove that, or do not use the session in ` +
          "its loaders.",
      );
    }
    logEvent(config, "public-downgraded", { directives: mistakes });
    for (const name of sharedHeaders) headers.delete(name);
  }
  if (level === "no-store") return "no-store";
  const allowed = directives.filter((directive) => !isPublic(directive));
  const isPrivate = allowed.some((directive) => /^(private|no-store)$/i.test(directive));
  return (isPrivate ? allowed : ["private", ...allowed]).join(", ");
}

/**
 * Replaces a route's own line for this cookie (2.4). If there is no line to send, it drops the route's line unless that
 * removes the cookie. The lines of other cookies stay.
 */
function setSessionCookie(headers: Headers, line: string | undefined, config: SessionConfig): void {
  const name = line ? cookieName(line) : config.cookie.name;
  const lines = linesOf(headers);
  const replaced = lines.filter((own) => cookieName(own) === name && (line || !isRemoval(own)));
  if (replaced.length > 0) {
    headers.delete("Set-Cookie");
    for (const other of lines) if (!replaced.includes(other)) headers.append("Set-Cookie", other);
  }
  if (!replaced.every(isRemoval)) logEvent(config, "superseded", { cookie: name });
  if (line) headers.append("Set-Cookie", line);
}
