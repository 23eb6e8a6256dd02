/**
 * HTTP sessions for Remix on Cloudflare Workers. Copy this folder as it is; it needs `@remix-run/cloudflare` and
 * `jose`, a SESSION_SECRET, and the ten lines of worker.ts.
 */
export { ConfigError, getConfig, type SessionConfig, type SessionEnv } from "./config";
export { SessionError, type SessionErrorCode } from "./errors";
export { type HandleFetchOptions, handleFetch } from "./handle-fetch";
export { inspectSession, type SessionOutcome, type SessionReport } from "./inspect";
export type { SessionEvent, SessionLog } from "./log";
export { withOriginChecked } from "./origin";
export { createRecordSessionStorage, type RecordSessionStorage, type RecordStorageOptions } from "./record-storage";
export type { RecordStore } from "./record-store";
export { SuperflareSession } from "./session";
export { createSessionStorage } from "./storage";
export { createSealedCookieSessionStorage } from "./stores/cookie";
export { createD1Store, deleteExpiredSessions } from "./stores/d1";
export { createDurableObjectStore, SessionObject } from "./stores/durable-object";
export { createKvStore } from "./stores/kv";
export type { UserSession, UserSessions } from "./user-sessions";
