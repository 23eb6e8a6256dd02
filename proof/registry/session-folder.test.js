/** The folder that people copy: it stands alone, and what its comments cite can be looked up in it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, expect, test } from "vitest";

const folder = "app/lib/session";
const temporary = mkdtempSync(join(tmpdir(), "sessions-folder-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const files = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".ts"));
/** Those of tsconfig.json. */
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile("tsconfig.json", ts.sys.readFile).config,
  ts.sys,
  process.cwd(),
);
const read = (path) => readFileSync(join(folder, path), "utf8");

test("1.4 nothing in it is imported from outside", () => {
  expect(files).toContain("session.ts");
  for (const file of files) {
    const imports = [...read(file).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier);
    const isInside = (specifier) => specifier.startsWith(".") && !join(file, "..", specifier).startsWith("..");
    expect([file, imports.filter((specifier) => !isInside(specifier))]).toEqual([file, []]);
  }
});

/** Returns what a version of TypeScript says against these files. */
function problemsOf(version, rootNames, options) {
  const found = version.getPreEmitDiagnostics(version.createProgram({ rootNames, options }));
  return found.map(
    ({ file, messageText }) => `${file?.fileName}: ${version.flattenDiagnosticMessageText(messageText, " ")}`,
  );
}

const extras = readdirSync("app/lib/session-extras").filter((path) => path.endsWith(".ts"));
const paths = [
  ...files.map((file) => join(folder, file)),
  ...extras.map((file) => join("app/lib/session-extras", file)),
];

test("it and the extras compile with whatever TypeScript can be told to be strict about, since each host has a tsconfig of its own", () => {
  const strictest = {
    ...options,
    lib: ["lib.es2022.d.ts"],
    types: ["@cloudflare/workers-types/2023-07-01"],
    allowUnreachableCode: false,
    allowUnusedLabels: false,
    erasableSyntaxOnly: true,
    exactOptionalPropertyTypes: true,
    noFallthroughCasesInSwitch: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noPropertyAccessFromIndexSignature: true,
    noUncheckedIndexedAccess: true,
    noUncheckedSideEffectImports: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    strict: true,
  };
  expect(problemsOf(ts, paths, strictest)).toEqual([]);
});

test("it and the extras compile with TypeScript 5.0, the first that resolves as bundlers do, and types of any date", () => {
  // Not a package of proof/, whose `tsc` would be this one.
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  execFileSync("npm", ["install", "--prefix", temporary, "typescript@5.0.4", ...quiet]);
  const oldest = createRequire(join(temporary, "package.json"))("typescript");
  for (const types of ["@cloudflare/workers-types/2023-07-01", "@cloudflare/workers-types"]) {
    const usual = {
      target: oldest.ScriptTarget.ES2022,
      module: oldest.ModuleKind.ESNext,
      moduleResolution: oldest.ModuleResolutionKind.Bundler,
      lib: ["lib.es2022.d.ts"],
      types: [types],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
    };
    expect(problemsOf(oldest, paths, usual)).toEqual([]);
  }
});

test("docs/stores.md has a line for an app with each store alone, which compiles with an Env that has its binding alone", () => {
  const lines = [...readFileSync("docs/stores.md", "utf8").matchAll(/^(create\w+\(.*\)) +\/\/ Env: (.*)$/gm)];
  expect(lines).toHaveLength(4);
  const from = (path) => JSON.stringify(join(process.cwd(), folder, path));
  const workers = lines.map(([, storage, type], index) => {
    const worker = join(temporary, `worker-${index}.ts`);
    writeFileSync(
      worker,
      `import { createCookieStorage, getConfig, handleFetch, type SessionEnv, SuperflareSession } from ${from(".")};
      import * as stores from ${from("stores")};
      const { createRecordStorage, createKvStore, createD1Store, createDurableObjectStore } = stores;
      type Env = ${type};
      export default {
        async fetch(request, env, ctx) {
          const config = getConfig({ request, env, ctx });
          const sessionStorage = ${storage.replace("Storage(", "Storage<{ theme: string }, { saved: string }>(")};
          const session = new SuperflareSession(await sessionStorage.getSession(request.headers.get("Cookie")));
          const getSessionCookie = () => sessionStorage.commitSession(session.getSession());
          return await handleFetch({ config, session, getSessionCookie }, () => {
            session.set("theme", "dark");
            session.flash("saved", "It is.");
            return new Response();
          });
        },
      } satisfies ExportedHandler<Env>;`,
    );
    return worker;
  });
  const types = ["@cloudflare/workers-types/2023-07-01"];
  expect(problemsOf(ts, workers, { ...options, lib: ["lib.es2022.d.ts"], types })).toEqual([]);
});

test("every rule that the project cites stands in its rules", () => {
  const rules = new Set([...read("RULES.md").matchAll(/^- \*\*(\d\.\d+|P\d)\*\*/gm)].map(([, number]) => number));
  expect(rules.size).toBeGreaterThan(40);
  const places = ["app", "e2e", "proof", "scripts", "tests"].flatMap((name) =>
    readdirSync(name, { recursive: true })
      .filter((path) => /\.(tsx?|js)$/.test(path) && !path.includes("node_modules"))
      .map((path) => join(name, path)),
  );
  // "Rule 6.4" in a comment, or at the beginning of a test's title.
  const citation = /(?:\brules? |\btest\(\s*["`])(\d\.\d{1,2}|P[1-5])\b/g;
  let count = 0;
  for (const file of ["worker.ts", "worker.test.ts", ...places]) {
    for (const [, number] of readFileSync(file, "utf8").matchAll(citation)) {
      count++;
      expect([file, number, rules.has(number)]).toEqual([file, number, true]);
    }
  }
  expect(count).toBeGreaterThan(100);
});
