/** registry.json, from which the shadcn CLI copies the session folder. What the CLI makes of it: shadcn.test.js. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const { items } = JSON.parse(readFileSync("proof/registry/registry.json", "utf8"));
const [session, ...extras] = items;

const asFile = (path) => ({ path, type: "registry:file", target: `~/${path}` });

test("its first item is the whole session folder, and every migration, each file at the path that it has here", () => {
  const files = readdirSync("app/lib/session", { recursive: true })
    .filter((path) => /\.\w+$/.test(path))
    .map((path) => `app/lib/session/${path.replaceAll("\\", "/")}`);
  const migrations = readdirSync("migrations").map((name) => `migrations/${name}`);
  const expected = [...files, ...migrations].map(asFile);
  const byPath = (one, other) => (one.path < other.path ? -1 : 1);
  expect(session.files.toSorted(byPath)).toEqual(expected.sort(byPath));
});

test("each session extra is an item of its own", () => {
  const files = readdirSync("app/lib/session-extras").filter((name) => name.endsWith(".ts"));
  const expected = files.map((file) => [file.replace(".ts", ""), [asFile(`app/lib/session-extras/${file}`)]]);
  expect(extras.map(({ name, files }) => [name, files]).sort()).toEqual(expected.sort());
});

test("what it hands out is 0BSD, and LICENSE and the folder's README say so", () => {
  for (const path of ["LICENSE", "app/lib/session/README.md"]) {
    const text = readFileSync(path, "utf8");
    expect([path, text.includes("0BSD"), text.includes("migrations/")]).toEqual([path, true, true]);
  }
});
