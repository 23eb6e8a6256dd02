/**
 * `Env` says what the Worker has, and wrangler.toml gives it that. Not by `wrangler types`, which would write a file of the
 * platform's types beside those of the folder that people copy, and make every binding of any environment required.
 */
import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";
import { readAppStores } from "./app-stores.js";

const stores = readAppStores();
/** What wrangler itself makes of the environment. */
const read = (environment) => readConfig({ config: "wrangler.toml", env: environment || undefined });

/** By name, the type of each property of an interface, without `| undefined`. */
function propertiesOf(file, name) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
  return Object.fromEntries(found.members.map((each) => [each.name.text, each.type.getText()]));
}

const own = propertiesOf("app/load-context.ts", "Env");
const declared = { ...propertiesOf("app/lib/session/config.ts", "SessionEnv"), ...own };

function givenIn(environment) {
  const { vars, kv_namespaces, d1_databases, durable_objects, ratelimits } = read(environment);
  return [
    ...Object.keys(vars).map((name) => [name, "string"]),
    ...kv_namespaces.map(({ binding }) => [binding, "KVNamespace"]),
    ...d1_databases.map(({ binding }) => [binding, "D1Database"]),
    ...durable_objects.bindings.map(({ name }) => [name, "ObjectNamespace"]),
    ...ratelimits.map(({ name }) => [name, "AttemptLimit"]),
  ];
}

const given = stores.flatMap(({ environment }) => givenIn(environment));

test.each(given)("wrangler.toml gives the Worker %s, which Env declares as %s", (name, type) => {
  expect(declared[name]).toBe(type);
});

test("every binding that Env declares for the app itself is given in some environment", () => {
  const names = given.map(([name]) => name);
  for (const [name, type] of Object.entries(own)) if (type !== "string") expect(names).toContain(name);
});

const bindings = { cookie: [], kv: ["SESSION_KV"], d1: ["SESSION_DB"], "durable-object": ["SESSION_OBJECT"] };

test.each(stores)(
  "the environment with the store $store has its binding, and that of no other",
  ({ store, environment }) => {
    const names = givenIn(environment).map(([name]) => name);
    expect(names.filter((name) => Object.values(bindings).flat().includes(name))).toEqual(bindings[store]);
  },
);

test("the stores that the tests and the deployment know are those that wrangler finds", () => {
  const environments = readFileSync("wrangler.toml", "utf8").matchAll(/^\[+env\.([\w-]+)/gm);
  for (const [, environment] of [["", ""], ...environments]) {
    const store = read(environment).vars.SESSION_STORE ?? "cookie";
    expect(stores).toContainEqual({ store, environment });
  }
});
