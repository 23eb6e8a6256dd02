/**
 * The README's commands, as written, in a copy of the tree in which nothing is installed, and whose path has a space and a
 * letter outside ASCII.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { findBrowser } from "../../e2e/browser.ts";
import { settled } from "../../e2e/settled.ts";
import { makeCopy, setFreePorts, startServing } from "../copy.js";

const [, block] = /```sh\n([\s\S]*?)```/.exec(readFileSync("README.md", "utf8"));
const [start, check] = block
  .trim()
  .split("\n")
  .map((line) => line.split("#")[0].trim());

const { folder, run, remove } = makeCopy("mein Projekt é");
afterAll(remove);

test("the first one installs and serves the app, with hot reload; it prints no problem, and its pages have none", async () => {
  rmSync(join(folder, "node_modules"));
  setFreePorts(folder);
  const running = startServing(folder, ["sh", "-c", start]);
  onTestFinished(running.stop);
  const origin = await running.origin();

  const browser = await chromium.launch({
    executablePath: findBrowser("shell"),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  const page = await browser.newPage();
  const found = [];
  page.on("pageerror", (error) => found.push(String(error)));
  page.on("console", (message) => {
    if (/error|warning/.test(message.type())) found.push(message.text());
  });
  await page.goto(origin);
  await settled(page);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Theme" }).click();
  await page.getByRole("main").getByRole("button", { name: "Dark" }).click();
  await page.locator("html[data-theme=dark]").waitFor();
  // Drawn before it is stored.
  await settled(page);
  await page.reload();
  await settled(page);
  expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");

  const route = join(folder, "app/routes/theme-toggle/route.tsx");
  writeFileSync(route, readFileSync(route, "utf8").replace(/pageMeta\(\s*"[^"]+"/, 'pageMeta("Edited while it runs"'));
  await vi.waitFor(async () => expect(await page.title()).toContain("Edited while it runs"), {
    timeout: 600_000,
    interval: 200,
  });
  await browser.close();
  expect(found).toEqual([]);

  // npm warns of the packages that the lock file has as deprecated, of which there may be none, and names its own newer version.
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const deprecated = Object.entries(packages)
    .filter(([, { deprecated }]) => deprecated)
    .map(([path, { version }]) => `npm warn deprecated ${path.split("node_modules/").at(-1)}@${version}: `);
  const ofNpm =
    /^npm notice( New \w+ version of npm available! .*| Changelog: \S+| To update run: npm install -g npm@\S+)?$/;
  const isKnown = (line) => !line || ofNpm.test(line) || deprecated.some((start) => line.startsWith(start));
  const lines = running
    .errors()
    .split("\n")
    .map((line) => line.trim());
  expect(lines.filter((line) => !isKnown(line))).toEqual([]);
});

test("the second one's scripts pass there: unit tests of rooms, of the scripts and of the build, and a browser test", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(scripts.test).toBe("npm run test:unit && npm run test:e2e");
  for (const script of [
    "test:unit -- form-flash theme-toggle scripts/snippets",
    "test:e2e -- form-flash --project cookie",
  ]) {
    const { status, output } = run("npm", "run", ...script.split(" "));
    expect(status, output).toBe(0);
  }
});

test("the second one is what the project's own check on a bare clone runs", () => {
  expect(readFileSync(".ci/run", "utf8")).toContain(`\n${check} `);
});
