/**
 * `Env` says what the Worker has, and wrangler.toml gives it that. Not by `wrangler types`, which would write a file of the
 * platform's types beside those of the folder that people copy, and make every binding of any environment required.
 */
import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";

const environments = [undefined, "kv", "d1", "durable-object"];

/** By name, the type of each property of an interface, without `| undefined`. */
function propertiesOf(file, name) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
  return Object.fromEntries(found.members.map((each) => [each.name.text, each.type.getText()]));
}

const declared = {
  ...propertiesOf("app/lib/session/config.ts", "SessionEnv"),
  ...propertiesOf("app/load-context.ts", "Env"),
};

const given = environments.flatMap((env) => {
  const { vars, kv_namespaces, d1_databases, durable_objects, ratelimits } = readConfig({
    config: "wrangler.toml",
    env,
  });
  return [
    ...Object.keys(vars).map((name) => [name, "string"]),
    ...kv_namespaces.map(({ binding }) => [binding, "KVNamespace"]),
    ...d1_databases.map(({ binding }) => [binding, "D1Database"]),
    ...durable_objects.bindings.map(({ name }) => [name, "ObjectNamespace"]),
    ...ratelimits.map(({ name }) => [name, "AttemptLimit"]),
  ];
});

test.each(given)("wrangler.toml gives the Worker %s, which Env declares as %s", (name, type) => {
  expect(declared[name]).toBe(type);
});

test("every binding that Env declares is given in some environment", () => {
  const names = given.map(([name]) => name);
  const bindings = Object.entries(declared).filter(([, type]) => type !== "string");
  expect(bindings.length).toBeGreaterThan(3);
  for (const [name] of bindings) expect(names).toContain(name);
});
