/** The stores that the app is tested with, and `outage`, which fails: a D1 database without the session's table. */
export const servers = ["cookie", "kv", "d1", "durable-object", "outage"] as const;

/** Each is a server and a Playwright project. */
export type Server = (typeof servers)[number];

/** Set by the project. */
export interface StoreOptions {
  store: Server;
}
