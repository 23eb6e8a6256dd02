/** What `npx wrangler deploy --env …` deploys from a fresh clone. The default environment is in deploy.test.js. */
import { afterAll, expect, test } from "vitest";
import { readAppStores } from "./app-stores.js";
import { makeCleanCopy } from "./clean-copy.js";
import { npx } from "./npx.js";

const { folder, remove } = makeCleanCopy();
afterAll(remove);

const bindings = { kv: "env.SESSION_KV", d1: "env.SESSION_DB", "durable-object": "env.SESSION_OBJECT" };

test.each(readAppStores().slice(1))(
  "the environment $environment deploys without changes, with the limit of sign-in attempts and only its own binding and setting",
  ({ store, environment }) => {
    const printed = npx(["wrangler", "deploy", "--dry-run", "--env", environment], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
      encoding: "utf8",
    });
    expect(printed.match(/env\.\w+/g)?.sort()).toEqual([bindings[store], "env.SESSION_STORE", "env.SIGN_IN_LIMIT"]);
    expect(printed).toContain(`("${environment}")`);
  },
  60_000,
);
