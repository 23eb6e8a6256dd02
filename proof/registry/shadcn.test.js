/** Copies the session folder into an empty project as its README says, with the shadcn CLI, and type-checks it there. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bind } from "../hosts/bind.js";

const root = process.cwd();
const run = promisify(execFile);
const REGISTRY = "proof/registry/registry.json";
const [{ files }] = JSON.parse(readFileSync(REGISTRY, "utf8")).items;
const [line, version] = /npx shadcn@([\d.]+) build .*/.exec(readFileSync("app/lib/session/README.md", "utf8"));

const temporary = mkdtempSync(join(tmpdir(), "sessions-registry-"));
const built = join(temporary, "built");
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** The CLI with these arguments, without anybody to answer its questions. */
async function shadcn(...args) {
  const running = run("node", [join(temporary, "cli/node_modules/shadcn/dist/index.js"), ...args]);
  running.child.stdin.end();
  return (await running).stdout;
}

beforeAll(async () => {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  await run("npm", ["install", "--prefix", join(temporary, "cli"), `shadcn@${version}`, ...quiet]);
});

/** The README's line, with folders of this test in the place of its own. */
async function follow(project, ...options) {
  for (const command of line.split(" && ")) {
    const [, , ...args] = command.split(" ");
    const replaced = args.map((arg) => arg.replace(/^\/tmp\/r/, built).replace("../my-app", project));
    await shadcn(...replaced, ...(args[0] === "add" ? options : []));
  }
}

function emptyProject() {
  const project = mkdtempSync(join(temporary, "project-"));
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
  return project;
}

function addRecipe(project, edit = (recipe) => recipe) {
  for (const host of ["shared", "bare-worker"]) cpSync(join("proof/hosts", host), project, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"), "junction");
  const worker = join(project, "worker.ts");
  writeFileSync(worker, edit(readFileSync(worker, "utf8")));
}

/** What the compiler says. */
const problemsOf = (project) =>
  run("node", ["node_modules/typescript/bin/tsc", "-p", project]).then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout,
  );

/** The project has the item's files, byte for byte, and nothing else. */
function expectFiles(project) {
  const found = readdirSync(project, { recursive: true }).filter((path) => statSync(join(project, path)).isFile());
  expect(found.sort()).toEqual([...files.map(({ path }) => path), "package.json"].sort());
  for (const { path } of files) expect(readFileSync(join(project, path))).toEqual(readFileSync(path));
}

test("the CLI finds the registry valid", async () => {
  await expect(shadcn("registry", "validate", REGISTRY)).resolves.toBeDefined();
});

test("the README's line brings the files into an empty project, and the recipe of a bare Worker type-checks there", async () => {
  const project = emptyProject();
  await follow(project);
  expectFiles(project);
  addRecipe(project);
  expect(await problemsOf(project)).toBe("");
});

test("an extra comes beside it: bound to the device, that recipe type-checks as well", async () => {
  const project = emptyProject();
  await follow(project);
  addRecipe(project, bind);
  expect(await problemsOf(project)).toContain("session-extras/device-binding");
  await shadcn("add", join(built, "device-binding.json"), "--cwd", project);
  expect(await problemsOf(project)).toBe("");
});

test("a newer version replaces the files with --overwrite, for `git diff` to show", async () => {
  const project = emptyProject();
  await follow(project);
  writeFileSync(join(project, "app/lib/session/log.ts"), "an older version\n");
  await follow(project, "--overwrite");
  expectFiles(project);
});
