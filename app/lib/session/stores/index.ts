/**
 * The stores that keep records on the server, and the one function that makes whichever the settings name. An app with one
 * store can call its factory instead: `createRecordStorage(createD1Store(env.SESSION_DB), config)`.
 */
import type { SessionConfig, SessionEnv } from "../config";
import { createCookieStorage } from "../cookie/storage";
import { ConfigError } from "../errors";
import type { SessionStorage } from "../types";
import { createD1Store } from "./d1";
import { createDurableObjectStore, type ObjectNamespace } from "./durable-object";
import { createKvStore } from "./kv";
import { createRecordStorage } from "./records";
import type { UserSessions } from "./user-sessions";

export { createD1Store, deleteExpiredSessions } from "./d1";
export { createDurableObjectStore, SessionObject } from "./durable-object";
export { createKvStore } from "./kv";
export type { RecordStore } from "./record-store";
export { createRecordStorage, type RecordStorageOptions } from "./records";
export type { UserSession, UserSessions } from "./user-sessions";

/** All settings, and the bindings of the stores. An app's own Env has those of its store. */
export interface StoreEnv extends SessionEnv {
  /** "cookie" (the default), "kv", "d1" or "durable-object". */
  SESSION_STORE?: string;
  SESSION_KV?: KVNamespace;
  SESSION_DB?: D1Database;
  /** "on" reads from the nearest copy of the database (d1.ts). */
  SESSION_D1_REPLICAS?: string;
  SESSION_OBJECT?: ObjectNamespace;
}

export type StoreSetting =
  | { kind: "cookie" }
  | { kind: "kv"; binding: KVNamespace }
  | { kind: "d1"; binding: D1Database; hasReplicas: boolean }
  | { kind: "durable-object"; binding: ObjectNamespace };

/**
 * Makes a plain SessionStorage (rule 1.5). Make one for each request, since a Worker's secrets exist only there.
 *
 * @throws ConfigError if the store is unknown or lacks its binding
 */
export function createSessionStorage<Data, FlashData = Data>(
  config: SessionConfig,
): SessionStorage<Data, FlashData> & { userSessions?: UserSessions<Data> } {
  const store = storeOf(config);
  if (store.kind === "cookie") return createCookieStorage(config);
  if (store.kind === "kv") return createRecordStorage(createKvStore(store.binding), config);
  if (store.kind === "d1") return createRecordStorage(createD1Store(store.binding, store), config);
  return createRecordStorage(createDurableObjectStore(store.binding, config), config);
}

/** Reads which store the settings name. Throws as `createSessionStorage` does. */
export function storeOf({ env }: Pick<SessionConfig, "env">): StoreSetting {
  const { SESSION_STORE, SESSION_KV, SESSION_DB, SESSION_OBJECT, SESSION_D1_REPLICAS = "" } = env as StoreEnv;
  const kind = SESSION_STORE || "cookie";
  switch (kind) {
    case "cookie":
      return { kind };
    case "kv":
      return { kind, binding: bound({ SESSION_KV }, kind) };
    case "d1":
      if (!["", "on", "off"].includes(SESSION_D1_REPLICAS))
        throw new ConfigError(`SESSION_D1_REPLICAS is "${SESSION_D1_REPLICAS}"; it takes on or off.`);
      return { kind, binding: bound({ SESSION_DB }, kind), hasReplicas: SESSION_D1_REPLICAS === "on" };
    case "durable-object":
      return { kind, binding: bound({ SESSION_OBJECT }, kind) };
    default:
      throw new ConfigError(`SESSION_STORE is "${kind}"; it takes cookie, kv, d1 or durable-object.`);
  }
}

function bound<Binding>(named: Record<string, Binding | undefined>, kind: string): Binding {
  const [[name, binding] = []] = Object.entries(named);
  if (binding) return binding;
  throw new ConfigError(`SESSION_STORE is "${kind}", but wrangler.toml has no binding ${name} for it.`);
}
