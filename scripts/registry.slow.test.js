/** Copies the session folder into an empty project as its README says, with the shadcn CLI, and type-checks it there. */
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const root = fileURLToPath(new URL("..", import.meta.url));
const { items } = JSON.parse(readFileSync("docs/registry.json", "utf8"));
const [, version] = /shadcn@([\d.]+) build/.exec(readFileSync("app/lib/session/README.md", "utf8"));

const temporary = mkdtempSync(join(tmpdir(), "sessions-registry-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));
const built = join(temporary, "built");

/** The CLI with these arguments. */
function shadcn(...args) {
  const cli = join(temporary, "cli/node_modules/shadcn/dist/index.js");
  return execFileSync("node", [cli, ...args], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

beforeAll(() => {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  execFileSync("npm", ["install", "--prefix", join(temporary, "cli"), `shadcn@${version}`, ...quiet]);
  shadcn("build", "docs/registry.json", "--output", built);
});

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true }).filter((path) => statSync(join(folder, path)).isFile());

function emptyProject() {
  const project = mkdtempSync(join(temporary, "project-"));
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
  return project;
}

const add = (project, names, ...options) =>
  shadcn("add", ...names.map((name) => join(built, `${name}.json`)), "--yes", "--cwd", project, ...options);

/** At the settings of a Worker that has nothing else. */
function typeCheck(project) {
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"), "junction");
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2024", "DOM", "DOM.Iterable"],
    types: ["@cloudflare/workers-types/2023-07-01", "node"],
    module: "ESNext",
    moduleResolution: "Bundler",
    strict: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ include: ["app", "e2e"], compilerOptions }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return execFileSync("node", [tsc, "-p", project], { encoding: "utf8" });
}

test("the CLI finds the registry valid", () => {
  expect(() => shadcn("registry", "validate", "docs/registry.json")).not.toThrow();
});

const records = ["session", "session-records"];
const all = items.map(({ name }) => name).filter((name) => name !== "session-fixtures");

describe.each([
  ["the cookie store alone", ["session"]],
  ["the cookie store, with all that is optional", ["session", "session-adopt", "session-inspect", "session-check"]],
  ["KV", [...records, "session-kv"]],
  ["D1", [...records, "session-d1"]],
  ["Durable Objects", [...records, "session-durable-object"]],
  ["the whole folder", all],
  ["the Playwright fixtures", [...all, "session-fixtures"]],
])("%s", (_, names) => {
  test("arrive in an empty project byte for byte, and type-check there", () => {
    const project = emptyProject();
    add(project, names);
    const expected = items
      .filter(({ name }) => names.includes(name))
      .flatMap(({ files }) => files.map(({ path }) => path));
    expect(filesIn(project).sort()).toEqual([...expected, "package.json"].sort());
    for (const path of expected) expect(readFileSync(join(project, path))).toEqual(readFileSync(join(root, path)));
    if (names.includes("session-fixtures")) {
      mkdirSync(join(project, "app/lib"), { recursive: true });
      const types =
        "export type SessionData = { theme: string };\nexport type SessionFlashData = { success: string };\n";
      writeFileSync(join(project, "app/lib/session-data.ts"), types);
    }
    expect(typeCheck(project)).toBe("");
  });
});

test("a newer version replaces the files with --overwrite, for `git diff` to show", () => {
  const project = emptyProject();
  add(project, ["session"]);
  const file = join(project, "app/lib/session/log.ts");
  writeFileSync(file, "an older version\n");
  add(project, ["session"], "--overwrite");
  expect(readFileSync(file)).toEqual(readFileSync(join(root, "app/lib/session/log.ts")));
});
