/** On a Node that is too old, every command says so in one sentence. On the oldest that is not, everything works. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCopy } from "../copy.js";

const read = (path) => readFileSync(path, "utf8");
/** The oldest of each range in `engines`: "20.19.0" and "22.12.0". */
const minima = JSON.parse(read("package.json")).engines.node.match(/\d+\.\d+\.\d+/g);
const tooOld = ["18.20.8", "20.3.1", "20.18.3", "22.11.0"];

const { folder, remove } = makeCopy();
const nodes = mkdtempSync(join(tmpdir(), "sessions-nodes-"));
afterAll(() => {
  remove();
  rmSync(nodes, { recursive: true });
});

beforeAll(() => {
  writeFileSync(join(nodes, "package.json"), "{}");
  const node = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const packages = [...tooOld, ...minima].map((version) => `v${version}@npm:${node}@${version}`);
  const { status, stderr } = spawnSync("npm", ["install", "--no-audit", ...packages], { cwd: nodes, encoding: "utf8" });
  expect(status, stderr).toBe(0);
});

/** Runs a command as whoever has this Node does. `lines` leaves out those of npm itself. */
function runWith(version, command) {
  const bin = join(nodes, "node_modules", `v${version}`, "bin");
  const env = {
    ...process.env,
    CI: undefined,
    NODE_ENV: undefined,
    NO_COLOR: "1",
    PATH: bin + delimiter + process.env.PATH,
  };
  const [file, ...args] = command.split(" ");
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: folder, encoding: "utf8", env });
  const output = stdout + stderr;
  return {
    status,
    output,
    lines: output.split("\n").filter((line) => line && !/^(> |npm (warn|notice|error) )/.test(line)),
  };
}

test.each(tooOld)("Node %s: each command ends with one sentence, and leaves nothing behind", (version) => {
  for (const command of ["run dev", "run build", "start", "test", "run test:e2e", "run typecheck"]) {
    const { status, lines } = runWith(version, `npm ${command}`);
    expect([command, status, lines]).toEqual([
      command,
      1,
      [`Node ${version} is too old: use ${minima.map(short).join(", ")} or a newer one.`],
    ]);
  }
  expect([".dev.vars", "build"].filter((path) => existsSync(join(folder, path)))).toEqual([]);
});

test.each(minima)("Node %s: the app builds", (version) => {
  const { status, output } = runWith(version, "npm run build");
  expect(status, output).toBe(0);
});

test("the oldest one runs the unit tests, in Node and in workerd", () => {
  const { status, output } = runWith(minima[0], "npm run test:unit -- scripts form-flash");
  expect(status, output).toBe(0);
});

// Those of the workflow: workflows.test.js.
test("the README and .nvmrc name the same Nodes as `engines`", () => {
  expect(read("README.md")).toContain(`It needs Node ${minima.map(short).join(", or ")} or newer.`);
  // On the same line of releases as the oldest, whose types are those of @types/node.
  const [oldest, own] = [minima[0], read(".nvmrc")].map((version) => version.split(".").map(Number));
  expect(own[0]).toBe(oldest[0]);
  expect(own[1]).toBeGreaterThanOrEqual(oldest[1]);
});

/** "20.19" of "20.19.0". */
function short(version) {
  return version.replace(/\.0$/, "");
}
