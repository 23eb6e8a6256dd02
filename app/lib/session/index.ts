/**
 * HTTP sessions for Cloudflare Workers, under Remix 2, React Router 7 and 8, Hono or no framework. Copy this folder as
 * it is, since it imports nothing from outside. It needs a SESSION_SECRET and ten lines in your Worker (README.md).
 */
export { ConfigError, getConfig, type SessionConfig, type SessionEnv } from "./config";
export { SessionError, type SessionErrorCode } from "./errors";
export { type CommitReport, type HandleFetchOptions, handleFetch, type NotSaved } from "./handle-fetch";
export type { SessionEvent, SessionLog } from "./log";
export { withoutOriginHeader } from "./origin";
export { type AnySuperflareSession, SuperflareSession } from "./session";
export { createSessionStorage } from "./stores";
export { createCookieStorage } from "./stores/cookie";
export { createD1Store, deleteExpiredSessions } from "./stores/d1";
export { createDurableObjectStore, SessionObject } from "./stores/durable-object";
export { createKvStore } from "./stores/kv";
export type { RecordStore } from "./stores/record-store";
export { createRecordStorage, type RecordStorageOptions } from "./stores/records";
export type { UserSession, UserSessions } from "./stores/user-sessions";
export { type CommitOptions, createSession, type Session, type SessionData, type SessionStorage } from "./types";
