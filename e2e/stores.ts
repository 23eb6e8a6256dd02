/** The stores that the app is tested with: one server and one Playwright project each. */
export const stores = ["cookie", "kv", "d1", "durable-object"] as const;
export type Store = (typeof stores)[number];

/** Set by the project. */
export interface StoreOptions {
  store: Store;
}
