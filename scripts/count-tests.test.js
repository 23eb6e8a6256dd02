/** The last lines of a run of CI, from reports that vitest and Playwright wrote. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";

const require = createRequire(import.meta.url);
const vitest = join(require.resolve("vitest/package.json"), "../vitest.mjs");
const playwright = join(require.resolve("@playwright/test/package.json"), "../cli.js");
const counting = resolve("scripts/count-tests.js");

let folder;
afterEach(() => rmSync(folder, { recursive: true }));

/** In a folder from which both can be imported. */
function start(files) {
  mkdirSync("test-results", { recursive: true });
  folder = mkdtempSync(resolve("test-results/count-"));
  mkdirSync(join(folder, "test-results"));
  writeFileSync(join(folder, "vitest.config.js"), 'export default { test: { retry: 1, include: ["*.test.js"] } };');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

const run = (...args) => spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });

function runVitest() {
  run(vitest, "run", "--root", folder, "--reporter=json", "--outputFile=test-results/unit.json");
}

function runPlaywright() {
  const config = `export default { projects: [{ name: "kv" }], testDir: ".", outputDir: "output", testMatch: "*.spec.js",
    retries: 1, reporter: [["json", { outputFile: "test-results/e2e.json" }]] };`;
  writeFileSync(join(folder, "playwright.config.js"), config);
  run(playwright, "test");
}

const copyReport = (from, to) =>
  copyFileSync(join(folder, `test-results/${from}.json`), join(folder, `test-results/${to}.json`));

function count() {
  const { stdout, status } = run(counting);
  return { lines: stdout.trim().split("\n"), status };
}

// On one line each: what begins with `test(` counts as a test of this project.
const unitTests = `import { expect, test } from "vitest"; let attempts = 0;
  const now = () => expect(++attempts).toBe(2); test("passes", () => {}); test("passes now and then", now);`;

const browserTests = `import { expect, test } from "@playwright/test";
  const now = ({}, { retry }) => expect(retry).toBe(1); test("passes", () => {});
  test.describe("in a group", () => test("passes now and then", now));`;

test("what passed only the second time has passed, and is named", () => {
  start({ "a.test.js": unitTests, "a.spec.js": browserTests });
  runVitest();
  runPlaywright();
  for (const report of ["slow", "journeys", "removals"]) copyReport("unit", report);
  copyReport("e2e", "e2e-all");
  expect(count()).toEqual({
    lines: [
      "Passed only the second time: passes now and then",
      ...Array(2).fill("Passed only the second time: [kv] passes now and then"),
      ...Array(3).fill("Passed only the second time: passes now and then"),
      "12 passed, 0 failed",
    ],
    status: 0,
  });
}, 60_000);

test("what failed both times, was skipped, did not load or left no report has failed", () => {
  start({
    "a.test.js": `${unitTests} test("fails", () => expect(1).toBe(2));`,
    "b.test.js": "nonsense(",
    "a.spec.js": `${browserTests} test("fails", () => expect(1).toBe(2)); test.skip("is skipped", () => {});`,
  });
  runVitest();
  runPlaywright();
  const { lines, status } = count();
  expect(lines.at(-1)).toBe("4 passed, 8 failed");
  expect(lines.filter((line) => line.startsWith("No report in"))).toHaveLength(4);
  expect(status).toBe(1);
}, 60_000);
