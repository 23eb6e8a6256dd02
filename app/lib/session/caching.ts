/**
 * Keeps a response that one visitor's session went into out of shared caches. Cloudflare may keep a Worker's 200 that
 * has no Cache-Control, under a key without the cookie, and answer the next visitor with it.
 */
import type { SessionConfig } from "./config";

/**
 * `private`: the response shows what the session holds. `no-store`: it changes the session; shown again from a cache,
 * such as by the back button, it would repeat a message or an old state.
 *
 * @throws Error in development, if the route has made the response public: it would do that for everybody (5.3)
 */
export function withPrivateCaching(response: Response, level: "private" | "no-store", config: SessionConfig): Response {
  const directives = listOf(response.headers.get("Cache-Control"));
  const isPublic = (directive: string) => /^(public|s-maxage)\b/i.test(directive);
  // These are meant for shared caches alone, and win over Cache-Control there (RFC 9213).
  const sharedHeaders = ["CDN-Cache-Control", "Cloudflare-CDN-Cache-Control"].filter((n) => response.headers.has(n));

  const mistakes = [...directives.filter(isPublic), ...sharedHeaders];
  if (mistakes.length > 0) {
    const { pathname } = new URL(config.request.url);
    if (config.isDevelopment) {
      throw new Error(
        `${pathname} uses the session, but lets shared caches keep its response (${mistakes.join(", ")}). They would ` +
          "show it to other visitors. Take that away, or do not touch the session in its loaders.",
      );
    }
    config.log("public-downgraded", { directives: mistakes });
  }

  const kept = directives.filter((directive) => !isPublic(directive));
  const isKeptPrivate = kept.some((directive) => /^(private|no-store)$/i.test(directive));
  const copy = new Response(response.body, response);
  copy.headers.set(
    "Cache-Control",
    level === "no-store" ? "no-store" : (isKeptPrivate ? kept : ["private", ...kept]).join(", "),
  );
  for (const name of sharedHeaders) copy.headers.delete(name);
  const vary = listOf(copy.headers.get("Vary"));
  if (!vary.some((name) => /^(cookie|\*)$/i.test(name))) copy.headers.set("Vary", [...vary, "Cookie"].join(", "));
  return copy;
}

function listOf(header: string | null): string[] {
  return header ? header.split(",").map((member) => member.trim()) : [];
}
