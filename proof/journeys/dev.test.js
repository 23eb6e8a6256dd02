/**
 * `npm run dev` in a fresh clone with a custom domain: it serves the app on localhost, creates a secret, serves edits, prints
 * little and no warnings, and stops with all its processes.
 */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { findBrowser } from "../../e2e/browser.ts";
import { makeCopy, startServing } from "../copy.js";
import { freePort } from "../free-port.ts";

const { folder, remove } = makeCopy();
const command = ["npm", "run", "dev", "--", "--port", "0", "--inspector-port", "0"];
let dev;
let origin;

beforeAll(async () => {
  const config = join(folder, "wrangler.toml");
  const route = 'routes = [{ pattern = "example.com", custom_domain = true }]\n';
  writeFileSync(config, route + readFileSync(config, "utf8"));
  dev = startServing(folder, command);
  origin = await dev.origin();
});

afterAll(async () => {
  await dev?.stop();
  remove();
});

const readPage = async () => (await fetch(origin)).text();

test("the page is served", async () => {
  await dev.waitFor(async () => (await fetch(origin)).status === 200);
  expect(await readPage()).toContain("<html");
});

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
  expect(cookie).toMatch(/^[\w-]+=/);
  expect(cookie).not.toMatch(/^__Host-|; Secure/i);
});

test("/favicon.ico is served", async () => {
  const { status, headers } = await fetch(`${origin}/favicon.ico`);
  expect([status, headers.get("Content-Type")]).toEqual([200, expect.stringMatching(/^image\//)]);
});

const ROUTE = "app/routes/_index/route.tsx";
/** Saves the home page's route with this title, and waits until Remix has told the browsers. */
async function save(title, server = dev, project = folder) {
  const since = server.output().length;
  const source = readFileSync(join(project, ROUTE), "utf8");
  const edited = source.replace(/pageMeta\(\s*"[^"]+"/, `pageMeta("${title}"`);
  expect(edited).not.toBe(source);
  writeFileSync(join(project, ROUTE), edited);
  await server.waitFor(() => server.output().includes("[info] hmr", since));
}

test("an edit is served without a restart", async () => {
  await save("Edited while it runs");
  expect(await readPage()).toContain("Edited while it runs");
});

test("each save prints three lines at most", async () => {
  const since = dev.output().length;
  await save("Edited once more");
  await save("Edited again");
  const lines = dev.output().slice(since).trimEnd().split("\n");
  expect(lines.filter((line) => line.includes(ROUTE))).toHaveLength(2);
  expect(lines.length, lines.join("\n")).toBeLessThanOrEqual(6);
});

// After a start and a rebuild.
test("nothing is printed that looks like a problem", () => {
  const isProblem = (line) => /warn|error|deprecat|not found|\b[45]\d\d\b/i.test(line);
  // wrangler says so of the cron trigger of the D1 store, if that is the default.
  const lines = dev
    .output()
    .split("\n")
    .filter((line) => !line.includes("Scheduled Workers are not automatically triggered"));
  expect(lines.filter(isProblem)).toEqual([]);
});

test("an edit that does not compile prints the file, the line and what is wrong, and the next save is served", async () => {
  const source = readFileSync(join(folder, ROUTE), "utf8");
  const since = dev.errors().length;
  writeFileSync(join(folder, ROUTE), `${source}\nexport const broken = ;\n`);
  const place = `${ROUTE}:${source.split("\n").length + 1}:`;
  await dev.waitFor(() => dev.errors().slice(since).includes(`${place}22: ERROR: Unexpected ";"`));
  writeFileSync(join(folder, ROUTE), source);
  await save("Mended");
  expect(await readPage()).toContain("Mended");
});

test("it ends when wrangler has ended, and says so", async () => {
  const { pid } = await dev.waitFor(() => processes().find(({ command }) => /\bcli\.js dev\b/.test(command)));
  process.kill(pid, "SIGTERM");
  await dev.waitFor(() => dev.output().includes(", and npm run dev with it."));
  await dev.ended;
});

test("--env and --port reach wrangler, and a SIGTERM ends it with all its processes", async () => {
  const port = String(await freePort());
  const again = startServing(folder, [...command.slice(0, 4), "--env", "d1", "--port", port, "--inspector-port", "0"]);
  expect(new URL(await again.origin()).port).toBe(port);
  expect(again.output()).toContain('env.SESSION_STORE ("d1")');
  const [{ pid }] = processes().filter(({ command }) => command.startsWith("node scripts/dev.js"));
  process.kill(pid, "SIGTERM");
  await again.ended;
  await again.waitFor(() => processes().length === 0);
});

test("with --https, the command that it prints opens a browser that binds a session to its device, and shows edits", async () => {
  const copy = makeCopy();
  onTestFinished(copy.remove);
  const server = startServing(copy.folder, [...command, "--https", "--env", "durable-object"]);
  onTestFinished(() => server.stop());
  const [, flags, origin] = await server.waitFor(() => /^\S+ ("--.*") (https:\S+)$/m.exec(server.output()));
  const args = [...flags.matchAll(/"(--[^"]+)"/g)].map(([, flag]) => flag);
  const profile = args.find((flag) => flag.startsWith("--user-data-dir="));
  const browser = await chromium.launchPersistentContext(join(copy.folder, "..", "profile"), {
    executablePath: findBrowser("full"),
    args: [...args.filter((flag) => flag !== profile), ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  });
  onTestFinished(() => browser.close());
  const [page] = browser.pages();

  await page.goto(`${origin}/account`);
  await page.getByLabel("Name").fill("Ada");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Signed in as").waitFor();
  // The browser registers its key a moment later.
  await server.waitFor(async () => {
    await page.reload();
    return (await page.textContent("main")).includes("Bound to this device");
  });

  const devtools = await browser.newCDPSession(page);
  await devtools.send("Network.enable");
  const connected = new Promise((resolve) => devtools.once("Network.webSocketHandshakeResponseReceived", resolve));
  await page.goto(origin);
  await connected;
  await save("Edited over https", server, copy.folder);
  await server.waitFor(async () => (await page.title()).startsWith("Edited over https"));
});

/** The processes that run in the folder. */
function processes() {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      if (readlinkSync(`/proc/${pid}/cwd`) !== folder) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return [{ pid: Number(pid), command }];
    } catch {
      // Another user's, not a process, or gone by now.
      return [];
    }
  });
}
