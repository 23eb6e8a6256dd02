/**
 * HTTP sessions for Cloudflare Workers, under Remix 2, React Router 7 and 8, Hono or no framework. Copy this folder as
 * it is, since it imports nothing from outside. It needs a SESSION_SECRET and ten lines in your Worker (README.md).
 *
 * This is its core, with the store that keeps the session in the cookie. `stores/` has those that keep records.
 */
export type { NotSaved } from "./answers";
export { getConfig, type SessionConfig, type SessionEnv } from "./config";
export { createCookieStorage } from "./cookie/storage";
export { isSpeculative } from "./delivery";
export { ConfigError, SessionError, type SessionErrorCode } from "./errors";
export { type HandleFetchOptions, handleFetch } from "./handle-fetch";
export type { SessionEvent, SessionLog } from "./log";
export { withoutOriginHeader } from "./origin";
export { createSession } from "./raw-session";
export type { CommitReport } from "./report";
export { type AnySuperflareSession, SuperflareSession } from "./session";
export type { CommitOptions, Session, SessionData, SessionStorage } from "./types";
export { drainOnThisMachine } from "./unread-body";
