/** A deployment waits for what `npm run check` does, and for nothing that breaks without a change of the code. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const read = (name) => readFileSync(`.github/workflows/${name}`, "utf8");
const stepsOf = (name) => [...read(name).matchAll(/^ +- run: (.*)$/gm)].map(([, command]) => command);

test("the check installs and runs `npm run check`, on the Node of .nvmrc and the oldest that works, and no other", () => {
  expect(stepsOf("check.yml")).toEqual(["npm ci", "npx playwright install --with-deps chromium", "npm run check"]);
  const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
  const [oldest] = engines.node.match(/\d+\.\d+\.\d+/);
  const [, matrix] = /\n +matrix:\n([\s\S]*?)\n +steps:/.exec(read("check.yml"));
  expect([...matrix.matchAll(/^ +- (.*)$/gm)].map(([, entry]) => entry)).toEqual([
    "node-version-file: .nvmrc",
    `node-version: ${oldest}`,
  ]);
});

test("the deployment follows a check of main that has passed, and nothing else", () => {
  expect(read("deploy.yml")).toMatch(/workflow_run:\n +workflows: \[check\]\n +branches: \[main\]/);
  expect(read("deploy.yml")).toContain("github.event.workflow_run.conclusion == 'success'");
  expect(stepsOf("deploy.yml")).toEqual(["npm ci", expect.stringMatching(/^npm run deploy\b/)]);
});

test("advisories, the newest Node and other browsers are checked each night and by hand", () => {
  expect(read("proof.yml")).toMatch(/^on:\n +schedule:\n.*\n +workflow_dispatch:\n\n/m);
  expect(stepsOf("proof.yml")).toEqual(
    expect.arrayContaining(["npm audit --omit=dev", "npm run check", "npm test --prefix proof"]),
  );
  expect(read("proof.yml")).toContain("node-version: latest\n");
});

test("the summary of a preview's run has its address", () => {
  const folder = mkdtempSync(join(tmpdir(), "sessions-summary-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // As wrangler 4.86 writes them.
  const lines = [
    { type: "wrangler-session", version: 1, wrangler_version: "4.86.0" },
    { type: "version-upload", version: 1, preview_url: "https://1a2b-app.ada.workers.dev", wrangler_environment: "" },
  ];
  const [, file] = /WRANGLER_OUTPUT_FILE_PATH: (.*)/.exec(read("preview.yml"));
  writeFileSync(join(folder, file), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const summary = join(folder, "summary.md");
  const step = stepsOf("preview.yml").find((command) => command.includes("GITHUB_STEP_SUMMARY"));
  execFileSync("sh", ["-c", step], { cwd: folder, env: { ...process.env, GITHUB_STEP_SUMMARY: summary } });
  expect(readFileSync(summary, "utf8")).toBe("The preview is at <https://1a2b-app.ada.workers.dev>\n");
});
