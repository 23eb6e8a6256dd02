/**
 * HTTP sessions for Cloudflare Workers, under Remix 2, React Router 7 and 8, Hono or no framework. Copy this folder as
 * it is: it imports nothing from outside. It needs a SESSION_SECRET and ten lines in your Worker: see README.md.
 */
export * from "./core";
export { createSessionStorage } from "./stores";
export { createD1Store, deleteExpiredSessions } from "./stores/d1";
export { createDurableObjectStore, SessionObject } from "./stores/durable-object";
export { createKvStore } from "./stores/kv";
export type { RecordStore } from "./stores/record-store";
export { createRecordStorage, type RecordStorageOptions } from "./stores/records";
export type { UserSession, UserSessions } from "./stores/user-sessions";
