/** The stores that the app is tested with, and one that fails: a D1 database without the session's table. */
export const servers = ["cookie", "kv", "d1", "durable-object", "outage"] as const;

/** One server and one Playwright project each. */
export type Server = (typeof servers)[number];

/** Set by the project. */
export interface StoreOptions {
  store: Server;
}
