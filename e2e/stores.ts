// @ts-expect-error It has no types.
import { environmentOf as environmentWith, readAppStores } from "../scripts/app-stores.js";

/** What the app is tested with: a store, or `outage`, which fails, since it is a D1 database without the session's table. */
export type Store = "cookie" | "kv" | "d1" | "durable-object" | "outage";

const inWranglerToml: { store: Store }[] = readAppStores();

/** All specs run with the default store, some with the others too. Each is a Playwright project. */
export const [defaultStore = "cookie", ...otherStores] = inWranglerToml.map(({ store }) => store);

/** The environment of wrangler.toml that has this store. */
export function environmentOf(store: Store): string | undefined {
  return environmentWith(store === "outage" ? "d1" : store);
}

/** Set by the project. */
export interface StoreOptions {
  store: Store;
}
