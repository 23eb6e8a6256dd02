/**
 * `Env` says what the Worker has, and wrangler.toml gives it that. Not by `wrangler types`, which would write a file of the
 * platform's types beside those of the folder that people copy, and make every binding of any environment required.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { expect, onTestFinished, test } from "vitest";
import {
  unstable_convertConfigBindingsToStartWorkerBindings as bindingsOf,
  unstable_readConfig as readConfig,
} from "wrangler";
import { readAppStores } from "./app-stores.js";

const stores = readAppStores();
/** What wrangler itself makes of the environment. */
const read = (environment, config = "wrangler.toml") => readConfig({ config, env: environment || undefined });

/** By name, the type of each property of an interface, without `| undefined`. */
function propertiesOf(file, name) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
  return Object.fromEntries(found.members.map((each) => [each.name.text, each.type.getText()]));
}

const own = propertiesOf("app/load-context.ts", "Env");
const declared = { ...propertiesOf("app/lib/session/config.ts", "SessionEnv"), ...own };

/** What `Env` calls each kind of binding that this app has. For another kind, any type will do. */
const types = {
  plain_text: "string",
  kv_namespace: "KVNamespace",
  d1: "D1Database",
  durable_object_namespace: "ObjectNamespace",
  ratelimit: "AttemptLimit",
};

/** The name of each binding, of whatever kind wrangler knows, and its type. */
function givenIn(environment, config) {
  const bindings = Object.entries(bindingsOf(read(environment, config)));
  return bindings.map(([name, { type }]) => [name, types[type] ?? expect.any(String)]);
}

const given = stores.flatMap(({ environment }) => givenIn(environment));

test.each(given)("wrangler.toml gives the Worker %s, which Env declares as %s", (name, type) => {
  expect(declared).toEqual(expect.objectContaining({ [name]: type }));
});

test("a binding of any kind has to be declared, also of those that this app does not use", () => {
  const folder = mkdtempSync(join(tmpdir(), "sessions-bindings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = join(folder, "wrangler.toml");
  const added = [
    '[ai]\nbinding = "AI"',
    '[[r2_buckets]]\nbinding = "BUCKET"\nbucket_name = "pictures"',
    '[[queues.producers]]\nbinding = "QUEUE"\nqueue = "mails"',
    '[[services]]\nbinding = "OTHER"\nservice = "other-worker"',
  ];
  writeFileSync(config, [readFileSync("wrangler.toml", "utf8"), ...added].join("\n\n"));
  const undeclared = givenIn("", config).filter(([name]) => !declared[name]);
  expect(undeclared.map(([name]) => name).sort()).toEqual(["AI", "BUCKET", "OTHER", "QUEUE"]);
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
