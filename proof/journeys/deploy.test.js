/**
 * What is deployed from a fresh clone: by dry run, since no test has an account. So for the secret, a stand-in for wrangler, first
 * in PATH, answers as wrangler 4.86 does when there is no such Worker yet.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { environmentOf, stores } from "../../e2e/stores.ts";
import { makeCopy } from "../copy.js";

const { folder, run, remove } = makeCopy();
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

test("the first deployment sets a random secret along with the code, and leaves no copy of it behind", () => {
  const bin = join(folder, "stand-in");
  const notes = join(folder, "notes");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "npx"),
    `#!/usr/bin/env node
import fs from "node:fs";
const args = process.argv.slice(2);
const file = args.find((each) => each.startsWith("--secrets-file="))?.split("=")[1];
fs.appendFileSync(${JSON.stringify(notes)}, JSON.stringify({ args, file, text: file && fs.readFileSync(file, "utf8") }) + "\\n");
if (args[1] === "secret") {
  console.error('Worker "my-app" not found. [code: 10007]');
  process.exitCode = 1;
}
`,
  );
  chmodSync(join(bin, "npx"), 0o755);
  const env = { ...process.env, CLOUDFLARE_ENV: "", PATH: bin + delimiter + process.env.PATH };
  const { status, stdout, stderr } = spawnSync("node", ["scripts/deploy.js"], { cwd: folder, encoding: "utf8", env });
  expect(status, stderr).toBe(0);
  const called = readFileSync(notes, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const { file, text } = called.find(({ args }) => args[1] === "deploy");
  expect(text).toMatch(/^SESSION_SECRET=[\w-]{43}\n$/);
  expect(existsSync(file)).toBe(false);
  expect(stdout + JSON.stringify(called.map(({ args }) => args))).not.toContain(text.trim().split("=")[1]);
});

const workflows = readdirSync(".github/workflows").map((name) => readFileSync(`.github/workflows/${name}`, "utf8"));
const commands = [...workflows.join("\n").matchAll(/run: npx wrangler (.*)/g)].map(([, command]) => command);

test.each(commands)("the workflows' `npx wrangler %s` is complete, and uploads the Worker", (command) => {
  expect(dryRun(command.split(" ").map((argument) => argument.replaceAll('"', "")))).toMatch(/^Total Upload: /m);
});
