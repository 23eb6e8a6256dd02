/**
 * `npm run dev` in a fresh clone with a custom domain: it serves the app on localhost, creates a secret, serves edits, prints
 * no warnings, and stops with all its processes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCleanCopy, setFreePorts, startServing } from "./clean-copy.js";

const { folder, remove } = makeCleanCopy();
let dev;
let origin;

beforeAll(async () => {
  setFreePorts(folder, 'routes = [{ pattern = "example.com", custom_domain = true }]\n');
  dev = startServing(folder, ["npm", "run", "dev"]);
  origin = await dev.origin();
}, 90_000);

afterAll(async () => {
  await dev?.stop();
  remove();
}, 30_000);

const readPage = async () => (await fetch(origin)).text();

test("the page is served", async () => {
  await dev.waitFor(async () => (await fetch(origin)).status === 200);
  expect(await readPage()).toContain("<html");
}, 90_000);

test("a .dev.vars with a random secret is created", () => {
  const [, secret = ""] = /^SESSION_SECRET=(.+)$/m.exec(readFileSync(join(folder, ".dev.vars"), "utf8")) ?? [];
  expect(secret.length).toBeGreaterThanOrEqual(32);
});

test("with a custom domain in wrangler.toml, localhost still gets a cookie without Secure, and forms work", async () => {
  const response = await fetch(`${origin}/theme-toggle`, {
    method: "POST",
    body: new URLSearchParams({ theme: "dark" }),
    headers: { Origin: origin },
    redirect: "manual",
  });
  expect(response.status).toBe(303);
  const [cookie = ""] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^session=/);
  expect(cookie).not.toMatch(/; Secure/i);
});

test("/favicon.ico is served", async () => {
  const { status, headers } = await fetch(`${origin}/favicon.ico`);
  expect([status, headers.get("Content-Type")]).toEqual([200, expect.stringMatching(/^image\//)]);
});

test("an edit is served without a restart", async () => {
  const route = join(folder, "app/routes/_index.tsx");
  const heading = /title="[^"]+"/;
  const source = readFileSync(route, "utf8");
  expect(source).toMatch(heading);
  writeFileSync(route, source.replace(heading, 'title="Edited while it runs"'));
  await dev.waitFor(async () => (await readPage()).includes("Edited while it runs"));
}, 90_000);

// Runs last, after a start and a rebuild.
test("nothing is printed that looks like a problem", () => {
  const isProblem = (line) => /warn|error|deprecat|not found|\b[45]\d\d\b/i.test(line);
  // wrangler says so of the cron trigger of the D1 store, if that is the default.
  const lines = dev
    .output()
    .split("\n")
    .filter((line) => !line.includes("Scheduled Workers are not automatically triggered"));
  expect(lines.filter(isProblem)).toEqual([]);
});
