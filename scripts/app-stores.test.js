/** What wrangler.toml says about the stores, and what is left of it without some of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";
import { appStoresOf, withoutStores } from "./app-stores.js";

const settings = (store, environment = "") => {
  const head = environment && `env.${environment}.`;
  return `[${head}vars]\nSESSION_STORE = "${store}"\n`;
};
const cron = '# Deletes expired sessions, once an hour.\n[triggers]\ncrons = ["17 * * * *"]\n';
const limit = '[[ratelimits]]\nname = "SIGN_IN_LIMIT"\nnamespace_id = "1001"\nsimple = { limit = 10, period = 60 }\n';
const database = '[[d1_databases]]\nbinding = "SESSION_DB"\ndatabase_name = "shop"\n';
const inEnvironment = (section, name) => section.replace(/^(\[+)(?=\w)/m, `$1env.${name}.`);

const own = 'name = "shop"\nmain = "./build/index.js"\n';
const toml = [
  own,
  limit,
  settings("kv", "kv"),
  '[[env.kv.kv_namespaces]]\nbinding = "SESSION_KV"\n',
  settings("d1", "eu"),
  ...[cron, limit, database].map((section) => inEnvironment(section, "eu")),
].join("\n");

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sessions-stores-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As wrangler reads it. */
function read(text, env) {
  const config = join(folder, "wrangler.toml");
  writeFileSync(config, text);
  return readConfig({ config, env });
}

test("the default store comes first, and each has its environment", () => {
  const others = [
    { store: "kv", environment: "kv" },
    { store: "d1", environment: "eu" },
  ];
  expect(appStoresOf(toml)).toEqual([{ store: "cookie", environment: "" }, ...others]);
  expect(appStoresOf(`${toml}\n${settings("durable-object")}`)[0]).toEqual({
    store: "durable-object",
    environment: "",
  });
});

test("without a store, its environment has gone, and the rest is as it was", () => {
  const left = withoutStores(toml, ["kv"]);
  expect(left).toBe(toml.replace(/\[env\.kv[\s\S]*?(?=\[env\.eu)/, ""));
  expect(withoutStores(left, ["kv"])).toBe(left);
});

test("without the default, another store has its place: its settings, its bindings and its cron", () => {
  const left = withoutStores(toml, ["cookie"]);
  expect(appStoresOf(left)).toEqual([
    { store: "d1", environment: "" },
    { store: "kv", environment: "kv" },
  ]);
  const { vars, d1_databases, triggers, ratelimits } = read(left);
  expect(vars).toEqual({ SESSION_STORE: "d1" });
  expect(d1_databases).toMatchObject([{ binding: "SESSION_DB", database_name: "shop" }]);
  expect(triggers.crons).toEqual(["17 * * * *"]);
  expect(ratelimits).toHaveLength(1);
});

test("and without that one, nothing of it is left, but what is the app's own", () => {
  const withOwn = withoutStores(toml, ["cookie"]).replace("[vars]\n", '[vars]\nSHOP = "open"\n');
  const left = withoutStores(withOwn, ["d1"]);
  const { vars, d1_databases, triggers, kv_namespaces } = read(left);
  expect(vars).toEqual({ SHOP: "open", SESSION_STORE: "kv" });
  expect([d1_databases, triggers.crons]).toEqual([[], undefined]);
  expect(kv_namespaces).toMatchObject([{ binding: "SESSION_KV" }]);
});

test("a cron of the app's own is not lost, nor that of the store: the owner is asked", () => {
  const withCron = `${own}\n[triggers]\ncrons = ["0 4 * * *"]\n\n${toml.slice(own.length)}`;
  expect(() => withoutStores(withCron, ["cookie"])).toThrow(
    '[triggers] of wrangler.toml has not `crons = ["17 * * * *"]`',
  );
});

test("the last store cannot be removed", () => {
  expect(() => withoutStores(toml, ["cookie", "kv", "d1"])).toThrow("leave one");
});

test("without a store of this app, wrangler.toml has no trace of it", () => {
  const text = readFileSync("wrangler.toml", "utf8");
  expect(withoutStores(text, [])).toBe(text);
  for (const { store } of appStoresOf(text).slice(1)) {
    expect(withoutStores(text, [store])).not.toMatch(new RegExp(`"${store}"|^\\[+env\\.${store}\\.`, "m"));
  }
});
