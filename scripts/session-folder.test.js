/** The folder that people copy: it stands alone, and what its comments cite can be looked up in it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { readCompilerOptions } from "./compiler-options.js";

const folder = "app/lib/session";
const files = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".ts"));
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
      ...readCompilerOptions(),
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
}, 60_000);

const rules = new Set([...read("RULES.md").matchAll(/^- \*\*(\d\.\d+|P\d)\*\*/gm)].map(([, number]) => number));

test("every rule that a comment or a test of the folder cites stands in its RULES.md", () => {
  expect(rules.size).toBeGreaterThan(40);
  const withTests = [folder, "tests/session"].flatMap((name) =>
    readdirSync(name, { recursive: true })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(name, path)),
  );
  for (const file of withTests) {
    const text = readFileSync(file, "utf8").replace(/(OWASP ASVS 5|RFC \w+|SP 800-38D), [\d., and]+/g, "");
    const cited = text.matchAll(/(?:\brules? |[("]|, |and )(\d\.\d{1,2}|P[1-5])(?=[),:;. ]|$)(?!\d)/gm);
    const missing = [...cited].map(([, number]) => number).filter((number) => !rules.has(number));
    expect([file, missing]).toEqual([file, []]);
  }
});

test("and so does every rule that the rest of the project cites", () => {
  const places = ["app", "e2e", "scripts", "bench"].flatMap((name) =>
    readdirSync(name, { recursive: true })
      .filter((path) => /\.(tsx?|js)$/.test(path) && !path.includes("node_modules"))
      .map((path) => join(name, path)),
  );
  let count = 0;
  for (const file of ["worker.ts", "worker.test.ts", ...places]) {
    for (const [, number] of readFileSync(file, "utf8").matchAll(
      /(?:\brules? |test\(\s*["`])(\d\.\d{1,2}|P[1-5])\b/g,
    )) {
      count++;
      expect([file, number, rules.has(number)]).toEqual([file, number, true]);
    }
  }
  expect(count).toBeGreaterThan(100);
});
