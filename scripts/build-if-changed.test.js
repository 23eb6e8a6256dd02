import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isBuildFresh, markBuildFresh } from "./build-if-changed.js";
import { makeCleanCopy } from "./clean-copy.js";

const write = (path, text = "changed") => writeFileSync(join(copy.folder, path), text);

const copy = makeCleanCopy();
beforeAll(() => {
  for (const folder of ["build", "public/build"]) mkdirSync(join(copy.folder, folder), { recursive: true });
  write("build/index.js", "the Worker");
  write("public/build/root-ABC.js", "a script");
});
afterAll(copy.remove);

test("a build is fresh until something changes", () => {
  expect(isBuildFresh(copy.folder)).toBe(false);
  markBuildFresh(copy.folder);
  expect(isBuildFresh(copy.folder)).toBe(true);
});

test.each([
  "app/routes/_index.tsx",
  "app/routes/added.tsx",
  "app/styles.css",
  "worker.ts",
  "remix.config.js",
  "package.json",
  "package-lock.json",
  "scripts/snippets.js",
  "build/index.js",
  "public/build/root-DEV.js",
])("a change of %s makes it out of date", (path) => {
  markBuildFresh(copy.folder);
  write(path);
  expect(isBuildFresh(copy.folder)).toBe(false);
});

test("a missing file makes it out of date, a changed test or document does not", () => {
  markBuildFresh(copy.folder);
  write("app/lib/shorten.test.ts");
  write("README.md");
  expect(isBuildFresh(copy.folder)).toBe(true);
  rmSync(join(copy.folder, "public/build/root-ABC.js"));
  expect(isBuildFresh(copy.folder)).toBe(false);
});
