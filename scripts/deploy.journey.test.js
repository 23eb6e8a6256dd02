/**
 * What `npx wrangler deploy --env …` deploys from a fresh clone, and what the workflows upload. The deployment of the
 * default environment is in deploy.test.js.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { readAppStores } from "./app-stores.js";
import { makeCleanCopy } from "./clean-copy.js";
import { npx } from "./npx.js";

const { folder, remove } = makeCleanCopy();
afterAll(remove);

/** Returns what wrangler prints. */
const dryRun = (args) =>
  npx(["wrangler", ...args, "--dry-run"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
    encoding: "utf8",
  });

const bindings = { kv: "env.SESSION_KV", d1: "env.SESSION_DB", "durable-object": "env.SESSION_OBJECT" };

test.each(readAppStores().slice(1))(
  "the environment $environment deploys without changes, with the limit of sign-in attempts and only its own binding and setting",
  ({ store, environment }) => {
    const printed = dryRun(["deploy", "--env", environment]);
    expect(printed.match(/env\.\w+/g)?.sort()).toEqual([bindings[store], "env.SESSION_STORE", "env.SIGN_IN_LIMIT"]);
    expect(printed).toContain(`("${environment}")`);
  },
  60_000,
);

const workflows = readdirSync(".github/workflows").map((name) => readFileSync(`.github/workflows/${name}`, "utf8"));
const commands = workflows.flatMap((text) =>
  [...text.matchAll(/run: npx wrangler (.*)/g)].map(([, command]) => command),
);

test("each wrangler command of the workflows is on a line of its own, where it is found below", () => {
  expect(commands).toHaveLength(workflows.join("").split("npx wrangler").length - 1);
});

test.each(commands)(
  "the workflows' `npx wrangler %s` is complete, and uploads the Worker",
  (command) => {
    expect(dryRun(command.split(" ").map((argument) => argument.replaceAll('"', "")))).toMatch(/^Total Upload: /m);
  },
  60_000,
);
