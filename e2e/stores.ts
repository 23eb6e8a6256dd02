/**
 * The stores that the app is tested with: that of wrangler.toml's top level, which is the default, and those of its
 * environments. To be without a store, delete its environment.
 */
import { fileURLToPath } from "node:url";
import { unstable_readConfig as readConfig, experimental_readRawConfig as readRawConfig } from "wrangler";

/** `outage` is D1 without the table: every access fails. */
export type Store = "cookie" | "kv" | "d1" | "durable-object" | "outage";

/** Set by the project. */
export interface StoreOptions {
  store: Store;
}

const config = fileURLToPath(new URL("../wrangler.toml", import.meta.url));
const environments = new Map<Store, string>();
for (const environment of ["", ...Object.keys(readRawConfig({ config }).rawConfig.env ?? {})]) {
  const { SESSION_STORE = "cookie" } = readConfig({ config, env: environment }).vars;
  const store = SESSION_STORE as Store;
  if (!environments.has(store)) environments.set(store, environment);
}
const d1 = environments.get("d1");
if (d1 !== undefined) environments.set("outage", d1);

/** The default store comes first. */
export const stores = [...environments.keys()];

/** Whether the next request reads every write, on any machine. */
export const isConsistent = (store: Store) => store === "d1" || store === "durable-object";

/** The environment of wrangler.toml that has this store. "" is its top level. */
export const environmentOf = (store: Store) => environments.get(store);
