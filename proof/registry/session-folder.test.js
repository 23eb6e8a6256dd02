/** The folder that people copy: it stands alone, and what its comments cite can be looked up in it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const folder = "app/lib/session";
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

test("it compiles with whatever TypeScript can be told to be strict about, since each host has a tsconfig of its own", () => {
  const program = ts.createProgram({
    rootNames: files.map((file) => join(folder, file)),
    options: {
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
    },
  });
  const found = ts.getPreEmitDiagnostics(program);
  expect(
    found.map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`),
  ).toEqual([]);
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
