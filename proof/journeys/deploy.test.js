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
    expect(printed).not.toContain("SESSION_INSPECTOR");
    if (environment) expect(printed).toContain(`env.SESSION_STORE ("${store}")`);
  },
);

const [demonstration] = /^npm run deploy .*--var.*$/m.exec(readFileSync("docs/deploy.md", "utf8"));

test("docs/deploy.md's command for a public demonstration deploys its setting", () => {
  const { status, output } = run(...demonstration.split(" "), "--dry-run");
  expect([status, output.includes("env.SESSION_INSPECTOR")], output).toEqual([0, true]);
});

test("deploy.yml deploys a public demonstration where the repository's variable says so, and nowhere else", () => {
  const [, command] = /run: (npm run deploy.*)/.exec(readFileSync(".github/workflows/deploy.yml", "utf8"));
  const given = (setting) => run("env", `SESSION_INSPECTOR=${setting}`, "bash", "-c", `echo ${command}`).output.trim();
  expect([given("on"), given("")]).toEqual([demonstration, "npm run deploy --"]);
});

const workflows = readdirSync(".github/workflows").map((name) => readFileSync(`.github/workflows/${name}`, "utf8"));
const commands = [...workflows.join("\n").matchAll(/run: npx wrangler (.*)/g)].map(([, command]) => command);

test.each(commands)("the workflows' `npx wrangler %s` is complete, and uploads the Worker", (command) => {
  expect(dryRun(command.split(" ").map((argument) => argument.replaceAll('"', "")))).toMatch(/^Total Upload: /m);
});
