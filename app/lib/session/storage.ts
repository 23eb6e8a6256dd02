/** The store that the settings ask for. An app that needs one alone can call that one's factory in worker.ts instead. */
import type { SessionConfig } from "./config";
import { createRecordSessionStorage, type RecordSessionStorage } from "./record-storage";
import { createSealedCookieSessionStorage } from "./stores/cookie";
import { createD1Store } from "./stores/d1";
import { createDurableObjectStore } from "./stores/durable-object";
import { createKvStore } from "./stores/kv";

/** A plain Remix SessionStorage, cheap to make: once for each request, since a Worker's secrets exist only there. */
export function createSessionStorage<Data, FlashData = Data>(
  config: SessionConfig,
): RecordSessionStorage<Data, FlashData> {
  const { store } = config;
  switch (store.kind) {
    case "cookie":
      return createSealedCookieSessionStorage(config);
    case "kv":
      return createRecordSessionStorage(createKvStore(store.binding), config);
    case "d1":
      return createRecordSessionStorage(createD1Store(store.binding), config);
    case "durable-object":
      return createRecordSessionStorage(createDurableObjectStore(store.binding, config), config);
  }
}
