/**
 * What every app needs, with the cookie store: index.ts without its optional parts. An app that imports from here can
 * leave out index.ts, and every file that README.md calls optional or that is of another store.
 */
export { ConfigError, getConfig, type SessionConfig, type SessionEnv } from "./config";
export { SessionError, type SessionErrorCode } from "./errors";
export { type CommitReport, type HandleFetchOptions, handleFetch, type NotSaved } from "./handle-fetch";
export type { SessionEvent, SessionLog } from "./log";
export { withoutOriginHeader } from "./origin";
export { SuperflareSession } from "./session";
export { createCookieStorage } from "./stores/cookie";
export { type CommitOptions, createSession, type Session, type SessionData, type SessionStorage } from "./types";
