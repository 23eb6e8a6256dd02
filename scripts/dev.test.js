/** `npm run dev` in a fresh clone: it serves the app, creates a secret, serves edits, and stops with all its processes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makeCleanCopy } from "./clean-copy.js";

const { folder, remove } = makeCleanCopy();
const patiently = { timeout: 60_000, interval: 100 };
let dev;
let output = "";
let origin;

beforeAll(async () => {
  // Any free port: the usual one may be in use by a developer.
  appendFileSync(join(folder, "wrangler.toml"), "\n[dev]\nport = 0\ninspector_port = 0\n");
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
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
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

test("an edit is served without a restart", async () => {
  const route = join(folder, "app/routes/_index.tsx");
  const heading = /title="[^"]+"/;
  const source = readFileSync(route, "utf8");
  expect(source).toMatch(heading);
  writeFileSync(route, source.replace(heading, 'title="Edited while it runs"'));
  await waitFor(async () => (await readPage()).includes("Edited while it runs"));
}, 90_000);
