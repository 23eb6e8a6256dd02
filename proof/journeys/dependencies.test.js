/**
 * Whatever the code imports, or takes types from, is a dependency that package.json declares. npm finds the dependencies of
 * dependencies, too; pnpm does not.
 */
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import ts from "typescript";
import { expect, test } from "vitest";

const read = (path) => readFileSync(path, "utf8");
const declaredIn = (path) => {
  const { dependencies, devDependencies } = JSON.parse(read(path));
  return Object.keys({ ...dependencies, ...devDependencies });
};
const ofApp = declaredIn("package.json");
const ofProof = [...ofApp, ...declaredIn("proof/package.json")];

/** All but the hosts and the benchmark, whose apps have a package.json each. */
const isSource = (path) =>
  /\.(tsx?|m?js)$/.test(path) &&
  !/^(build|public\/build|proof\/(hosts|bench))\/|(^|\/)(node_modules|\.\w+)\//.test(path);
const folders = readdirSync(".", { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && entry.name !== "node_modules",
);
const sources = [
  ...readdirSync("."),
  ...folders.flatMap(({ name }) => readdirSync(name, { recursive: true }).map((path) => `${name}/${path}`)),
].filter(isSource);

test("every import and every reference names a declared dependency, a file or a module of the platform", () => {
  expect(sources).toEqual(expect.arrayContaining(["worker.ts", "app/root.tsx", "proof/run.js"]));
  const undeclared = sources.flatMap((path) => {
    const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(read(path), true, true);
    return [...importedFiles, ...typeReferenceDirectives]
      .map(({ fileName }) => fileName)
      .filter((name) => isUndeclared(name, path.startsWith("proof/") ? ofProof : ofApp))
      .map((name) => `${path}: ${name}`);
  });
  expect(undeclared).toEqual([]);
});

test("so does every entry of `types` in tsconfig.json", () => {
  const { types } = ts.readConfigFile("tsconfig.json", ts.sys.readFile).config.compilerOptions;
  // "node" is short for "@types/node".
  const isMissing = (name) => isUndeclared(name, ofApp) && !ofApp.includes(`@types/${name}`);
  expect(types.filter(isMissing)).toEqual([]);
});

function isUndeclared(name, declared) {
  if (/^(\.|~\/|\w+:)/.test(name) || isBuiltin(name)) return false;
  const [, packageName] = /^((?:@[^/]+\/)?[^/]+)/.exec(name);
  return !declared.includes(packageName);
}
