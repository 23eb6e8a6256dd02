/** Makes the store that the settings name. An app with one store can call its factory in worker.ts instead. */
import type { SessionConfig } from "../config";
import type { SessionStorage } from "../types";
import { createCookieStorage } from "./cookie";
import { createD1Store } from "./d1";
import { createDurableObjectStore } from "./durable-object";
import { createKvStore } from "./kv";
import { createRecordStorage } from "./records";
import type { UserSessions } from "./user-sessions";

/** Makes a plain SessionStorage (rule 1.5). Make one for each request, since a Worker's secrets exist only there. */
export function createSessionStorage<Data, FlashData = Data>(
  config: SessionConfig,
): SessionStorage<Data, FlashData> & { userSessions?: UserSessions<Data> } {
  const { store } = config;
  switch (store.kind) {
    case "cookie":
      return createCookieStorage(config);
    case "kv":
      return createRecordStorage(createKvStore(store.binding), config);
    case "d1":
      return createRecordStorage(createD1Store(store.binding, store), config);
    case "durable-object":
      return createRecordStorage(createDurableObjectStore(store.binding, config), config);
  }
}
