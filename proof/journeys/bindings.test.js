/**
 * `Env` says what the Worker has, and wrangler.toml gives it that. Not by `wrangler types`, which would write a file of the
 * platform's types beside those of the folder that people copy, and make every binding of any environment required.
 */
import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import {
  unstable_convertConfigBindingsToStartWorkerBindings as bindingsOf,
  unstable_readConfig as readConfig,
} from "wrangler";
import { environmentOf, stores } from "../../e2e/stores.ts";

/** By name, the type of each property of an interface, without `| undefined`. */
function propertiesOf(file, name) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
  return Object.fromEntries(found.members.map((each) => [each.name.text, each.type.getText()]));
}

const own = propertiesOf("app/load-context.ts", "Env");
const declared = {
  ...propertiesOf("app/lib/session/config.ts", "SessionEnv"),
  ...propertiesOf("app/lib/session/stores/index.ts", "StoreEnv"),
  ...own,
};

/** What `Env` calls each kind of binding that this app has. */
const types = {
  plain_text: "string",
  kv_namespace: "KVNamespace",
  d1: "D1Database",
  durable_object_namespace: "ObjectNamespace",
  ratelimit: 'Pick<RateLimit, "limit">',
};

const given = stores.flatMap((store) =>
  Object.entries(bindingsOf(readConfig({ config: "wrangler.toml", env: environmentOf(store) || undefined }))),
);

test.each(given)("wrangler.toml gives the Worker %s, which Env declares", (name, { type }) => {
  expect(declared).toEqual(expect.objectContaining({ [name]: types[type] ?? expect.any(String) }));
});

test("every binding that Env declares for the app itself is given in some environment", () => {
  const names = given.map(([name]) => name);
  for (const [name, type] of Object.entries(own)) if (type !== "string") expect(names).toContain(name);
});
