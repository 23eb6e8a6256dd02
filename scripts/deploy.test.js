/**
 * `npm run deploy`. A deployment needs an account, which no test has: a stand-in for wrangler, first in PATH, answers as
 * wrangler 4.86 does and notes what it was asked.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const NOT_LOGGED_IN = "Not logged in to Cloudflare: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN.\n";

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sessions-deploy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const standIn = `#!/usr/bin/env node
const fs = require("node:fs");
const args = process.argv.slice(2);
const { list, notes, fails } = JSON.parse(process.env.STAND_IN);
const file = args.find((each) => each.startsWith("--secrets-file="))?.split("=")[1];
const secrets = file && { file, text: fs.readFileSync(file, "utf8"), mode: fs.statSync(file).mode & 0o777 };
fs.appendFileSync(notes, JSON.stringify({ args, secrets }) + "\\n");
if (args[1] === "secret") {
  (list.status ? process.stderr : process.stdout).write(list.text);
  process.exitCode = list.status;
} else process.exitCode = fails ? 1 : 0;
`;

function deploy(list, args = [], fails = false) {
  const notes = join(folder, "notes");
  writeFileSync(notes, "");
  writeFileSync(join(folder, "npx"), standIn);
  chmodSync(join(folder, "npx"), 0o755);
  const { status, stdout, stderr } = spawnSync("node", ["scripts/deploy.js", ...args], {
    encoding: "utf8",
    env: {
      ...process.env,
      CLOUDFLARE_ENV: "",
      PATH: folder + delimiter + process.env.PATH,
      STAND_IN: JSON.stringify({ list, notes, fails }),
    },
  });
  const asked = readFileSync(notes, "utf8")
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { status, stdout, stderr, asked, deployed: asked.find(({ args }) => args[1] === "deploy") };
}

const known = (...names) => ({ status: 0, text: JSON.stringify(names.map((name) => ({ name, type: "secret_text" }))) });
const noWorker = { status: 1, text: 'Worker "my-app" not found. [code: 10007]' };

test.each([
  ["the first deployment of a Worker", noWorker],
  ["a Worker that has other secrets", known("OLD_SECRET")],
])("%s sets a random secret along with the code, and leaves no copy of it behind", (_, list) => {
  const { status, stdout, deployed, asked } = deploy(list, ["--env", "kv"]);
  expect(status).toBe(0);
  expect(deployed.secrets.text).toMatch(/^SESSION_SECRET=[\w-]{43}\n$/);
  expect(deployed.secrets.mode).toBe(0o600);
  expect(existsSync(deployed.secrets.file)).toBe(false);
  expect(stdout).toContain('the environment "kv" has no SESSION_SECRET');
  const [, secret] = deployed.secrets.text.trim().split("=");
  expect(stdout + JSON.stringify(asked.map(({ args }) => args))).not.toContain(secret);
});

test.each([
  ["the default environment", "", []],
  ["an environment", "env.eu.", ["--env", "eu"]],
])("if %s has the database of sessions, its migrations run after the code", (_, prefix, args) => {
  const config = join(folder, "wrangler.toml");
  const database = '"SESSION_DB"\ndatabase_name = "shop"\n';
  writeFileSync(
    config,
    `name = "shop"\nmain = "x.js"\n\n[[${prefix}d1_databases]]\nbinding = ${database}\n[env.other]\n`,
  );
  const commands = deploy(noWorker, [...args, "-c", config]).asked.map(({ args }) => args.join(" "));
  expect(commands.at(-2)).toMatch(/^wrangler deploy /);
  expect(commands.at(-1)).toBe(
    `wrangler d1 migrations apply SESSION_DB --remote --env=${args[1] ?? ""} --config=${config}`,
  );
  expect(deploy(noWorker, ["--env", "other", "-c", config]).asked.at(-1).args[1]).toBe("deploy");
});

test("a Worker keeps the secret that it has, also one that is named in the command", () => {
  const { status, asked, deployed } = deploy(known("SESSION_SECRET"), ["--name", "other"]);
  expect([status, deployed.secrets]).toEqual([0, undefined]);
  expect(asked[0].args).toEqual(["wrangler", "secret", "list", "--format=json", "--env=", "--name=other"]);
  expect(deployed.args).toEqual(["wrangler", "deploy", "--name", "other", "--env="]);
});

test("a given file of secrets is passed on, without a random secret", () => {
  const file = join(folder, "mine.env");
  writeFileSync(file, "SESSION_SECRET=mine");
  const { status, deployed } = deploy(noWorker, [`--secrets-file=${file}`]);
  expect(status).toBe(0);
  expect(deployed.args).toEqual(["wrangler", "deploy", `--secrets-file=${file}`, "--env="]);
  expect(existsSync(file)).toBe(true);
});

test("without a login, wrangler itself answers in words that are recognised", () => {
  const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, WRANGLER_SEND_METRICS: "false" };
  for (const name of Object.keys(env)) if (/^(CLOUDFLARE|CF)_/.test(name)) delete env[name];
  const { status, stderr } = spawnSync("node", ["scripts/deploy.js"], { encoding: "utf8", env });
  expect([status, stderr]).toEqual([1, NOT_LOGGED_IN]);
});

test.each([
  "In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN environment variable",
  "You are not authenticated. Please run `wrangler login`.",
])("without a login it says so in one sentence and deploys nothing", (text) => {
  const { status, stderr, deployed } = deploy({ status: 1, text });
  expect([status, deployed]).toEqual([1, undefined]);
  expect(stderr).toBe(NOT_LOGGED_IN);
});

test("if it cannot find out, it repeats what wrangler said and deploys nothing", () => {
  const { status, stderr, deployed } = deploy({ status: 1, text: "fetch failed" }, ["--env=kv"]);
  expect([status, deployed]).toEqual([1, undefined]);
  expect(stderr).toContain('whether the Worker of the environment "kv" has a SESSION_SECRET:\nfetch failed');
});

test("a deployment that fails ends with wrangler's status, applies no migration and leaves no secret behind", () => {
  const { status, stderr, deployed, asked } = deploy(noWorker, ["--env", "d1"], true);
  expect([status, stderr]).toEqual([1, ""]);
  expect(existsSync(deployed.secrets.file)).toBe(false);
  expect(asked).toHaveLength(2);
});

test("a dry run asks for nothing", () => {
  expect(deploy(noWorker, ["--dry-run"]).asked.map(({ args }) => args.join(" "))).toEqual([
    "wrangler deploy --dry-run --env=",
  ]);
});
