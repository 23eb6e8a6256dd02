/** The stores that the app is tested with, and `outage`, which fails: a D1 database without the session's table. */
export const stores = ["cookie", "kv", "d1", "durable-object", "outage"] as const;

/** Each is a Playwright project. */
export type Store = (typeof stores)[number];

/** Set by the project. */
export interface StoreOptions {
  store: Store;
}
