/** The deadline of `npm run test:journeys`, in a run of vitest with a test that never ends. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const vitest = join(createRequire(import.meta.url).resolve("vitest/package.json"), "../vitest.mjs");
const deadline = pathToFileURL("scripts/deadline.js").href;

test("a run that is not done in time fails, and names the tests that were running and no other", () => {
  const folder = mkdtempSync(join(tmpdir(), "sessions-deadline-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (name, text) => writeFileSync(join(folder, name), text);
  write(
    "vitest.config.mjs",
    `import { createDeadline } from ${JSON.stringify(deadline)};
     export default { test: { globals: true, testTimeout: 60_000, reporters: ["verbose", createDeadline(0.02)] } };`,
  );
  write("a.test.js", `test("is done", () => {}); test("hangs", () => new Promise(() => {}));`);
  const { status, stderr } = spawnSync(process.execPath, [vitest, "run", "--root", folder], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("Not done within 0.02 minutes in all. Still running:\n  hangs");
  expect(stderr).not.toContain("is done");
}, 30_000);
