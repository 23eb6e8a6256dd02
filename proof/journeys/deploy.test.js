/** What is deployed from a fresh clone, by dry run. What `npm run deploy` does around it: scripts/deploy.test.js. */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { environmentOf, stores } from "../../e2e/stores.ts";
import { makeCopy } from "../copy.js";

const { run, remove } = makeCopy();
afterAll(remove);

/** Returns what wrangler prints. */
function dryRun(args) {
  const { status, output } = run("npx", "wrangler", ...args, "--dry-run");
  expect(status, output).toBe(0);
  return output;
}

const bindings = { cookie: [], kv: ["SESSION_KV"], d1: ["SESSION_DB"], "durable-object": ["SESSION_OBJECT"] };

test.each(stores.filter((store) => store !== "outage"))(
  "the environment with the store %s deploys without changes, with the binding of its store and no other",
  (store) => {
    const environment = environmentOf(store);
    const printed = dryRun(["deploy", "--env", environment]);
    const session = printed.match(/\bSESSION_(KV|DB|OBJECT)\b/g) ?? [];
    expect(session).toEqual(bindings[store]);
    if (environment) expect(printed).toContain(`env.SESSION_STORE ("${store}")`);
  },
);

const workflows = readdirSync(".github/workflows").map((name) => readFileSync(`.github/workflows/${name}`, "utf8"));
const commands = [...workflows.join("\n").matchAll(/run: npx wrangler (.*)/g)].map(([, command]) => command);

test.each(commands)("the workflows' `npx wrangler %s` is complete, and uploads the Worker", (command) => {
  expect(dryRun(command.split(" ").map((argument) => argument.replaceAll('"', "")))).toMatch(/^Total Upload: /m);
});
