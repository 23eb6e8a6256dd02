/** What the bench's figures stand on. The peers are left out, so that nothing has to be installed for it. */
import { existsSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { createClients, run } from "./load.js";
import { median, quantile, table } from "./statistics.js";
import { startWorker, variants } from "./worker.js";

const started = [];
afterAll(async () => {
  for (const worker of started) await worker.stop();
});

test("quantiles are of the sorted values", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(quantile([4, 3, 2, 1], 0.25)).toBe(2);
  expect(quantile([1, 2, 3], 1)).toBe(3);
});

test("a table is Markdown, in columns", () => {
  expect(
    table([
      ["a", "b"],
      ["long", 1],
    ]),
  ).toBe("| a    | b |\n| ---- | - |\n| long | 1 |");
});

test.each(["no sessions", "Remix cookie storage", "this, cookie", "this, d1"])(
  "%s runs in a workerd of its own, keeps what is written, and its CPU time grows with its work",
  async (name) => {
    const worker = await startWorker(variants[name]);
    started.push(worker);
    const clients = createClients(worker.origin, 2);
    const [client] = clients;
    await client.visit("/resource?work=write&value=dark");
    const { status, body } = await client.visit("/page?work=read");
    expect(status).toBe(200);
    expect(body.includes("<p>dark</p>")).toBe(name !== "no sessions");

    const before = worker.cpuTime();
    const times = await run(clients, 20, (each) => each.send("/page?work=untouched"));
    expect(times).toHaveLength(20);
    if (existsSync("/proc/self/stat")) expect(worker.cpuTime()).toBeGreaterThan(before);
    for (const each of clients) each.close();
  },
  60_000,
);
