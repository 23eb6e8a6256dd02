/**
 * `npm run dev` in a fresh clone with a custom domain: it serves the app on localhost, creates a secret, serves edits, prints
 * no warnings, and stops with all its processes.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makeCleanCopy, setFreePorts } from "./clean-copy.js";

const { folder, remove } = makeCleanCopy();
const patiently = { timeout: 60_000, interval: 100 };
let dev;
let output = "";
let origin;

beforeAll(async () => {
  setFreePorts(folder, 'routes = [{ pattern = "example.com", custom_domain = true }]\n');
  dev = spawn("npm", ["run", "dev"], {
    cwd: folder,
    // A process group of its own, so that the test can stop everything that it started.
    detached: process.platform !== "win32",
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      NODE_ENV: undefined,
      NO_COLOR: "1",
      FORCE_COLOR: "0",
      // Unset, as in most shells.
      VITE_CJS_IGNORE_WARNING: undefined,
      CLOUDFLARE_CF_FETCH_ENABLED: undefined,
      WRANGLER_SEND_METRICS: "false",
    },
  });
  for (const stream of [dev.stdout, dev.stderr]) stream.on("data", (chunk) => (output += chunk));
  origin = await waitFor(() => /Ready on (http:\/\/\S+)/.exec(output)?.[1]);
}, 90_000);

afterAll(async () => {
  const ended = once(dev, "close");
  if (process.platform === "win32") spawn("taskkill", ["/pid", String(dev.pid), "/T", "/F"]);
  else process.kill(-dev.pid, "SIGINT"); // as Ctrl+C does
  await ended;
  remove();
}, 30_000);

/** Waits for a value. If none comes, the error has the output of the command. */
async function waitFor(probe) {
  return await vi.waitFor(async () => {
    const value = await probe();
    if (!value) throw new Error(`Timed out. The output of npm run dev:\n${output}`);
    return value;
  }, patiently);
}

const readPage = async () => (await fetch(origin)).text();

test("the page is served", async () => {
  await waitFor(async () => (await fetch(origin)).status === 200);
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
  await waitFor(async () => (await readPage()).includes("Edited while it runs"));
}, 90_000);

// Runs last, after a start and a rebuild.
test("nothing is printed that looks like a problem", () => {
  const isProblem = (line) => /warn|error|deprecat|not found|\b[45]\d\d\b/i.test(line);
  // wrangler says so of the cron trigger of the D1 store, if that is the default.
  const lines = output
    .split("\n")
    .filter((line) => !line.includes("Scheduled Workers are not automatically triggered"));
  expect(lines.filter(isProblem)).toEqual([]);
});
