/** The stores that the app is tested with: one server and one Playwright project each. */
export const stores = ["cookie", "kv", "d1", "durable-object"] as const;
export type Store = (typeof stores)[number];

/** One more server, whose store fails: a D1 database without the session's table. */
export const servers = [...stores, "outage"] as const;
export type Server = (typeof servers)[number];

/** Set by the project. */
export interface StoreOptions {
  store: Server;
}
