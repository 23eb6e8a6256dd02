/**
 * Puts the session's headers on the response, in one place and in one go: the cookie, and what keeps a personal response
 * out of shared caches. Cloudflare may cache a Worker's 200 that has no Cache-Control, under a key without the cookie, and
 * answer the next visitor with it.
 */
import type { SessionConfig } from "./config";
import { cookieName, isRemoval } from "./cookie/line";

export interface SessionHeaders {
  /** `private`: the response shows what the session holds. `no-store`: it changes the session; shown again, it would repeat it. */
  level: "private" | "no-store";
  /** The `Set-Cookie` line. */
  cookie?: string | undefined;
  /** A line that the route sends itself would store what a failed request has changed (rule 4.5). */
  isFailure?: boolean;
  /** What the browser has fetched ahead was rendered for somebody else (rule 5.5). */
  isOtherIdentity?: boolean;
}

/**
 * The response with these headers. It is changed in place; a copy is made only where headers are immutable, as those of
 * a proxied response are, or where there is no body. The body is not touched (2.5).
 *
 * @throws Error in development, if the route made a personal response public: it would be shown to other visitors (5.3)
 */
export function withSessionHeaders(original: Response, headers: SessionHeaders, config: SessionConfig): Response {
  const response = withVary(original);
  const { level, cookie, isFailure, isOtherIdentity } = headers;
  response.headers.set("Cache-Control", cacheControl(response.headers, level, config));
  if (cookie || isFailure) setSessionCookie(response.headers, cookie, config);
  // Added to what the route clears itself.
  if (isOtherIdentity) response.headers.append("Clear-Site-Data", '"prefetchCache", "prerenderCache"');
  return response;
}

/** The first header to be set, because it fails where headers are immutable. Nothing else tells. */
function withVary(response: Response): Response {
  const vary = varyWithCookie(response.headers.get("Vary"));
  // A response without a body can be a constant that is sent to many visitors. None may get the cookie of another (P4).
  if (response.body) {
    try {
      response.headers.set("Vary", vary);
      return response;
    } catch {}
  }
  // With the same body, and the same webSocket.
  const copy = new Response(response.body, response);
  copy.headers.set("Vary", vary);
  return copy;
}

function varyWithCookie(vary: string | null): string {
  if (!vary) return "Cookie";
  return listOf(vary).some((name) => /^(cookie|\*)$/i.test(name)) ? vary : `${vary}, Cookie`;
}

/** Meant for shared caches alone, where they win over Cache-Control (RFC 9213). */
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
    config.log("public-downgraded", { directives: mistakes });
    for (const name of sharedHeaders) headers.delete(name);
  }
  if (level === "no-store") return "no-store";
  const kept = directives.filter((directive) => !isPublic(directive));
  const isPrivate = kept.some((directive) => /^(private|no-store)$/i.test(directive));
  return (isPrivate ? kept : ["private", ...kept]).join(", ");
}

/** Adds the line and leaves those of other cookies. A route's own line for this cookie is superseded (2.4). */
function setSessionCookie(headers: Headers, line: string | undefined, config: SessionConfig): void {
  const name = line ? cookieName(line) : config.cookie.name;
  const lines = headers.has("Set-Cookie") ? headers.getSetCookie() : [];
  const own = lines.filter((other) => cookieName(other) === name);
  if (own.length > 0) {
    headers.delete("Set-Cookie");
    for (const other of lines) if (!own.includes(other)) headers.append("Set-Cookie", other);
  }
  if (!own.every(isRemoval)) config.log("superseded", { cookie: name });
  if (line) headers.append("Set-Cookie", line);
}

/** Whether the route has removed the session's cookie itself: a sign-out made by hand (2.4). */
export function removesSessionCookie({ headers }: Response, name: string): boolean {
  return (
    headers.has("Set-Cookie") && headers.getSetCookie().some((line) => cookieName(line) === name && isRemoval(line))
  );
}

/** The lines of other cookies, for an answer that replaces the app's. */
export function otherCookies({ headers }: Response, name: string): string[] {
  return headers.getSetCookie().filter((line) => cookieName(line) !== name);
}

/** The members of a list. A comma in a quoted string separates nothing. */
function listOf(header: string | null): string[] {
  return header?.match(/(?:[^",]|"(?:\\.|[^"\\])*")+/g)?.map((member) => member.trim()) ?? [];
}
