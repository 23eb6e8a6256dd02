/** The stores over real HTTP, in a separate workerd, and the costs in docs/stores.md, measured again. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { measureStores } from "./measure-stores.js";
import { startStoreServer, visitStore } from "./store-server.js";

// A hundred writes to a slow disk take a while, and no test here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server;
beforeAll(async () => {
  server = await startStoreServer();
});
afterAll(() => server?.stop());

const keys = Array.from({ length: 100 }, (_, index) => `key${index}`);

describe.each(["d1", "durable-object"])("8.2 %s", (store) => {
  const visit = (steps, cookie) => visitStore(server.origin, store, steps, cookie);

  test("a hundred parallel requests, each writing its own key, lose nothing", async () => {
    const { cookie } = await visit("set.theme=dark");
    const answers = await Promise.all(keys.map((key) => visit(`set.${key}=yes`, cookie)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const expected = Object.fromEntries(keys.map((key) => [key, "yes"]));
    expect((await visit("read", cookie)).data).toEqual({ theme: "dark", ...expected });
  });

  test("parallel sets, unsets and a flash lose nothing", async () => {
    const { cookie } = await visit(keys.map((key) => `set.${key}=old`).join("&"));
    const steps = keys.map((key, index) => (index % 2 ? `unset.${key}` : `set.${key}=new`));
    await Promise.all([...steps, "flash.success=Saved"].map((step) => visit(step, cookie)));
    const expected = Object.fromEntries(keys.filter((_, index) => index % 2 === 0).map((key) => [key, "new"]));
    expect((await visit("read&getFlash.success", cookie)).data).toEqual({ ...expected, success: "Saved" });
  });
});

test("the table in docs/stores.md is what `npm run measure` counts", async () => {
  const cellsOf = (row) => row.split("|").map((cell) => cell.trim());
  const documented = readFileSync("docs/stores.md", "utf8").split("\n").map(cellsOf);
  for (const row of await measureStores(server.origin)) expect(documented).toContainEqual(cellsOf(row));
});
