/** The figures on the home page, compared with what they come from. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { figures } from "../app/routes/_index/figures.ts";
import { countDeclaredTests } from "./declared-tests.js";

const performance = readFileSync("docs/performance.md", "utf8");

/** The cells of a row, by the names of the columns: of the table whose header begins with this cell. */
function rowOf(table, row) {
  const lines = performance.split("\n").map((line) =>
    line
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
  const head = lines.findIndex(([first]) => first === table);
  const cells = lines.slice(head).find(([first]) => first === row) ?? [];
  return Object.fromEntries(lines[head].map((name, column) => [name, cells[column]]));
}

test("there are at least as many tests as it says, and not half as many again", () => {
  const files = ["app", "e2e", "scripts", "bench"]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => `${folder}/${file}`));
  const declared = countDeclaredTests([...files, "worker.test.ts"]);
  expect(declared).toBeGreaterThanOrEqual(figures.tests);
  expect(declared).toBeLessThan(figures.tests * 1.5);
});

test("the bytes are those of docs/performance.md, which scripts/size.test.js measures", () => {
  const { "kB, gzip, more than without": documented } = rowOf("Worker", "this, cookie store alone");
  expect(Number(documented)).toBe(figures.kilobytes);
});

test("a read costs what docs/performance.md says, beside Remix's own", () => {
  const read = rowOf("rendered page", "read");
  const microseconds = (cell) => Number(/^~?(\d+)/.exec(cell)?.[1]);
  expect(microseconds(read["this, cookie"])).toBe(figures.read.this);
  expect(microseconds(read["Remix signed cookie"])).toBe(figures.read.remix);
});

test("it names each store", () => {
  const stores = readdirSync("app/lib/session/stores").filter((file) =>
    /^(cookie|kv|d1|durable-object)\.ts$/.test(file),
  );
  expect(figures.stores).toHaveLength(stores.length);
});
