/** Copies the session folder into an empty project as its README says, with the shadcn CLI, and type-checks it there. */
import { execFile } from "node:child_process";
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
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const root = fileURLToPath(new URL("..", import.meta.url));
const { items } = JSON.parse(readFileSync("docs/registry.json", "utf8"));
const readme = readFileSync("app/lib/session/README.md", "utf8");
const [line, version] = /npx shadcn@([\d.]+) build .*/.exec(readme);
const run = promisify(execFile);

const temporary = mkdtempSync(join(tmpdir(), "sessions-registry-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));
const built = join(temporary, "built");

/** The CLI with these arguments, without anybody to answer its questions. */
async function shadcn(...args) {
  const cli = join(temporary, "cli/node_modules/shadcn/dist/index.js");
  const running = run("node", [cli, ...args], { cwd: root });
  running.child.stdin.end();
  return (await running).stdout;
}

beforeAll(async () => {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  await run("npm", ["install", "--prefix", join(temporary, "cli"), `shadcn@${version}`, ...quiet]);
});

/** The README's line, with these items (files or URLs) in the place of `session.json`. */
async function follow(project, items, ...options) {
  for (const command of line.split(" && ")) {
    const [, ...args] = command.split(" ").slice(1);
    const replaced = args.flatMap((arg) =>
      arg === "/tmp/r" ? [built] : arg === "/tmp/r/session.json" ? items : arg === "../my-app" ? [project] : [arg],
    );
    await shadcn(...replaced, ...(args[0] === "add" ? options : []));
  }
}

const builtFiles = (names) => names.map((name) => join(built, `${name}.json`));

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true }).filter((path) => statSync(join(folder, path)).isFile());

function emptyProject() {
  const project = mkdtempSync(join(temporary, "project-"));
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
  return project;
}

/** At the settings of a Worker that has nothing else. */
async function typeCheck(project) {
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
    paths: { "~/*": ["./app/*"] },
  };
  const include = ["app", "e2e", "worker.ts"];
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ include, compilerOptions }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = await run("node", [tsc, "-p", project]).catch((error) => error);
  return stdout;
}

/** The recipe of a bare Worker, as it is for the whole folder, with the README's call and imports for one store. */
function addRecipe(project, name) {
  const files = { "worker.ts": "bare-worker", "app/app.ts": "bare-worker", "app/journey.ts": "shared" };
  for (const [file, host] of Object.entries(files)) {
    mkdirSync(join(project, file, ".."), { recursive: true });
    const text = readFileSync(join(root, "e2e/hosts", host, file), "utf8");
    writeFileSync(join(project, file), name === "session" ? text : forOneStore(text, name));
  }
}

function forOneStore(text, name) {
  const [, call] = new RegExp(`^\\| \`${name}\\.json\` +\\| \`(.*)\``, "m").exec(readme);
  const [, createStore] = /\((create\w+Store)\(/.exec(call) ?? [];
  const store = `~/lib/session/stores/${name.replace("session-", "")}`;
  const imports = createStore
    ? `import { createRecordStorage } from "~/lib/session/stores/records";\nimport { ${createStore} } from "${store}";\n`
    : 'import { createCookieStorage } from "~/lib/session/core";\n';
  return (
    text
      .replace("createSessionStorage<SessionData, SessionFlashData>(config)", call)
      .replace(" createSessionStorage,", "")
      .replace(
        /^export \{ SessionObject \}.*$/m,
        name === "session-durable-object" ? `export { SessionObject } from "${store}";` : "",
      )
      .replace(/"\.\/(app\/)?lib\/session"/g, '"~/lib/session/core"')
      // In an app that has the binding, its type is not optional.
      .replace("<SessionEnv>", '<Required<Pick<SessionEnv, "SESSION_KV" | "SESSION_DB" | "SESSION_OBJECT">>>')
      .replace(/^export default/m, `${imports}export default`)
  );
}

/** The files that these items bring, byte for byte and nothing else. */
function expectFiles(project, names) {
  const chosen = items.filter(({ name }) => names.includes(name));
  const expected = [...new Set(chosen.flatMap(({ files }) => files.map(({ path }) => path)))];
  expect(filesIn(project).sort()).toEqual([...expected, "package.json"].sort());
  for (const path of expected) expect(readFileSync(join(project, path))).toEqual(readFileSync(join(root, path)));
}

test("the CLI finds the registry valid", async () => {
  await expect(shadcn("registry", "validate", "docs/registry.json")).resolves.toBeDefined();
});

test.each(items.map(({ name }) => name).filter((name) => name !== "session-fixtures"))(
  "the README's line with %s brings its files into an empty project, byte for byte, and a recipe type-checks there",
  async (name) => {
    const project = emptyProject();
    await follow(project, builtFiles([name]));
    expectFiles(project, [name]);
    addRecipe(project, name);
    expect(await typeCheck(project)).toBe("");
  },
);

test("with session and session-fixtures it brings the Playwright fixtures, and they type-check", async () => {
  expect(readme).toContain("/tmp/r/session.json /tmp/r/session-fixtures.json");
  const project = emptyProject();
  await follow(project, builtFiles(["session", "session-fixtures"]));
  expectFiles(project, ["session", "session-fixtures"]);
  mkdirSync(join(project, "app/lib"), { recursive: true });
  const types = "export type SessionData = { theme: string };\nexport type SessionFlashData = { success: string };\n";
  writeFileSync(join(project, "app/lib/session-data.ts"), types);
  expect(await typeCheck(project)).toBe("");
});

test("it takes the built items from a URL as well", async () => {
  const server = createServer((request, response) =>
    response.setHeader("Content-Type", "application/json").end(readFileSync(join(built, basename(request.url)))),
  );
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const project = emptyProject();
  try {
    await follow(project, [`http://127.0.0.1:${server.address().port}/session.json`]);
  } finally {
    server.close();
  }
  expectFiles(project, ["session"]);
});

test("a newer version replaces the files with --overwrite, for `git diff` to show", async () => {
  const project = emptyProject();
  await follow(project, builtFiles(["session"]));
  const file = join(project, "app/lib/session/log.ts");
  writeFileSync(file, "an older version\n");
  await follow(project, builtFiles(["session"]), "--overwrite");
  expect(readFileSync(file)).toEqual(readFileSync(join(root, "app/lib/session/log.ts")));
});
