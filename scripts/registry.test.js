/** docs/registry.json, from which the shadcn CLI copies the session folder. What the CLI makes of it: registry.journey.test.js. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const { items } = JSON.parse(readFileSync("docs/registry.json", "utf8"));
const pathsOf = ({ files }) => files.map(({ path }) => path);
const folder = "app/lib/session";

const sessionItem = items.find(({ name }) => name === "session");

test("the item `session` is the whole folder, and every migration", () => {
  const files = readdirSync(folder, { recursive: true })
    .filter((path) => /\.\w+$/.test(path))
    .map((path) => `${folder}/${path}`);
  const migrations = readdirSync("migrations").map((name) => `migrations/${name}`);
  expect(pathsOf(sessionItem).sort()).toEqual([...files, ...migrations].sort());
});

test("every path exists and is its own target", () => {
  for (const { path, type, target } of items.flatMap(({ files }) => files)) {
    expect([path, existsSync(path), type, target]).toEqual([path, true, "registry:file", `~/${path}`]);
  }
});

test("the header of e2e/fixtures.ts names the files that it needs", () => {
  const { files } = items.find(({ name }) => name === "session-fixtures");
  const [header] = readFileSync("e2e/fixtures.ts", "utf8").split("*/");
  for (const { path } of files.filter(({ path }) => path !== "e2e/fixtures.ts")) {
    expect(header).toContain(path.replace("e2e/", "").replace("scripts/", "../scripts/"));
  }
});

test("what the registry hands out is 0BSD, and LICENSE and the folder's README name all of it", () => {
  const outside = items.flatMap(pathsOf).filter((path) => !path.startsWith(`${folder}/`));
  const flat = (path) => readFileSync(path, "utf8").replace(/\s+/g, " ");
  const [, exception] = flat("LICENSE").split("Exception: ");
  const [, licence] = flat(`${folder}/README.md`).split("## Licence");
  expect(exception).toMatch(/docs\/registry\.json.*0BSD/);
  for (const text of [exception, licence.split(">")[0]]) {
    for (const path of outside) {
      const [top] = path.split("/");
      expect([path, text.includes(`${top}/ `) || text.includes(`${top}/\``) || text.includes(path)]).toEqual([
        path,
        true,
      ]);
    }
  }
});

test("the folder's README names every item", () => {
  const text = readFileSync(`${folder}/README.md`, "utf8");
  for (const { name } of items) expect(text).toMatch(new RegExp(`[/\`]${name}\\.json`));
});

test("an item imports only what it brings; the fixtures need the item `session` as well", () => {
  for (const item of items) {
    const available = item.name === "session-fixtures" ? [item, sessionItem].flatMap(pathsOf) : pathsOf(item);
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
