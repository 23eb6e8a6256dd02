/** docs/registry.json, from which the shadcn CLI copies the session folder. What the CLI makes of it: registry.slow.test.js. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const { items } = JSON.parse(readFileSync("docs/registry.json", "utf8"));
const pathsOf = ({ files }) => files.map(({ path }) => path);
const folder = "app/lib/session";

test("every file of the folder belongs to exactly one item", () => {
  const product = readdirSync(folder, { recursive: true })
    .filter((path) => /\.\w+$/.test(path))
    .map((path) => `${folder}/${path}`);
  const listed = items.flatMap(pathsOf).filter((path) => path.startsWith(folder));
  expect(listed.sort()).toEqual(product.sort());
});

test("so does every migration, and every path exists and is its own target", () => {
  const files = items.flatMap(({ files }) => files);
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(readdirSync("migrations").map((name) => `migrations/${name}`)),
  );
  for (const { path, type, target } of files) {
    expect([path, existsSync(path), type, target]).toEqual([path, true, "registry:file", `~/${path}`]);
  }
});

/** The item and those that its description says it needs. */
function withNeeds(item) {
  const [, needs = ""] = /Needs: ([^.;]+)/.exec(item.description) ?? [];
  const needed = needs.split(", ").flatMap((name) => items.filter((other) => other.name === name));
  return [item, ...needed.flatMap(withNeeds)];
}

test("an item imports only what it has, or what its description says that it needs", () => {
  for (const item of items) {
    const available = withNeeds(item).flatMap(pathsOf);
    for (const path of pathsOf(item).filter((path) => path.endsWith(".ts"))) {
      const specifiers = [...readFileSync(path, "utf8").matchAll(/ from "(\.[^"]+)"/g)].map(
        ([, specifier]) => specifier,
      );
      for (const specifier of specifiers.filter((specifier) => !specifier.endsWith("/session-data"))) {
        const base = join(path, "..", specifier);
        expect([
          path,
          specifier,
          [base, `${base}.ts`, `${base}/index.ts`].some((file) => available.includes(file)),
        ]).toEqual([path, specifier, true]);
      }
    }
  }
});
