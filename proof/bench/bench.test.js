/** What the bench's figures stand on. The peers are left out, so that nothing has to be installed for it. */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStoreServer } from "../store-server.js";
import { costsOf } from "./compare.js";
import { countDeviceBinding, startBoundServer } from "./device.js";
import { createClients, run } from "./load.js";
import { format, interval, median, quantile, table } from "./statistics.js";
import { averageOf, countNothing, countStores, pricesOf, rowsOf } from "./stores.js";
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

test("an interval is Student's, so it is wide for few values", () => {
  const { mean, margin, low, high } = interval([9, 10, 11]);
  expect(mean).toBe(10);
  expect(margin).toBeCloseTo(4.3 / Math.sqrt(3), 3);
  expect([low, high]).toEqual([mean - margin, mean + margin]);
  expect(interval([9, 11]).margin).toBeCloseTo(12.71, 3);
});

test("for more values than the table has, an interval is rather too wide than too narrow", () => {
  const values = Array.from({ length: 100 }, (_, index) => index % 2);
  expect(interval(values).margin).toBeCloseTo((2.09 * 0.5025) / 10, 3);
});

test("one value alone has no end to its interval", () => {
  expect(format(interval([5]))).toBe("~5 ±?");
});

test("a figure that could be zero is marked as noise", () => {
  expect(format({ mean: 12.4, margin: 3.2, low: 9.2, high: 15.6 })).toBe("12 ±3");
  expect(format({ mean: 2.4, margin: 3.2, low: -0.8, high: 5.6 }, 1)).toBe("~2.4 ±3.2");
});

test("a table is Markdown, in columns", () => {
  expect(
    table([
      ["a", "b"],
      ["long", 1],
    ]),
  ).toBe("| a    | b |\n| ---- | - |\n| long | 1 |");
});

test("a cost is the median of what a variant takes beyond no sessions in the same round, in each turn", () => {
  const turns = [
    { none: [100, 200, 300], this: [110, 220, 900] },
    { none: [50, 50, 50], this: [55, 56, 57] },
  ];
  expect(costsOf(turns)).toEqual({ none: [0, 0], this: [20, 6] });
});

test.each(["none", "remix", "this", "d1"])(
  "%s runs in a workerd of its own, keeps what is written, and its CPU time grows with its work",
  async (name) => {
    const worker = await startWorker(variants[name]);
    started.push(worker);
    const clients = createClients(worker.origin, 2);
    const [client] = clients;
    await client.visit("/resource?work=write&value=dark");
    const { status, body } = await client.visit("/page?work=read");
    expect(status).toBe(200);
    expect(body.includes("<p>dark</p>")).toBe(name !== "none");

    const before = worker.cpuTime();
    const times = await run(clients, 20, (each) => each.send("/page?work=untouched"));
    expect(times).toHaveLength(20);
    if (existsSync("/proc/self/stat")) expect(worker.cpuTime()).toBeGreaterThan(before);
    for (const each of clients) each.close();
  },
);

test("README.md has the bytes and the accesses that device binding adds, and a refresh writes nothing", async () => {
  const documented = readFileSync("proof/bench/README.md", "utf8");
  const server = await startBoundServer();
  started.push(server);
  const { counts, rows, anHour, data } = await countDeviceBinding(server.origin);
  for (const row of rows) expect(documented.split("\n")).toContain(row);
  for (const { parts } of Object.values(counts)) expect(parts.refresh.asked["row written"] ?? 0).toBe(0);
  const text = documented.replaceAll("\n", " ");
  expect(text).toContain(`${anHour} requests an hour. The session's data grows by ${data} bytes.`);
});

describe("docs/stores.md", () => {
  const documented = readFileSync("docs/stores.md", "utf8");
  let server;
  let counts;
  beforeAll(async () => {
    server = await startStoreServer();
    started.push(server);
    counts = await countStores(server.origin);
  });

  test("has the table that `npm run bench -- stores` counts, and what costs nothing is asked nothing", async () => {
    for (const row of rowsOf(counts)) expect(documented.split("\n")).toContain(row);
    expect(await countNothing(server.origin)).toEqual([]);
  });

  test("has the prices that follow from the table", () => {
    const text = documented.replaceAll("\n", " ");
    const [kv, d1, object] = pricesOf(counts);
    const million = [kv, d1, object].map((price) => price.million.toFixed(2));
    expect(text).toContain(
      `cost ${million[0]} dollars with \`kv\`, ${million[1]} with \`d1\` and ${million[2]} with \`durable-object\``,
    );
    const month = [kv, d1, object].map((price) => price.month.toFixed(0));
    expect(text).toContain(`cost ${month[0]}, ${month[1]} and ${month[2]} dollars a month`);
    // At a thousand queries a second each.
    const databases = (averageOf(counts.d1, "query") * 10_000_000) / 60 / 1_000;
    const [, rounded] = /some (\d+) D1 databases/.exec(text);
    expect(Math.abs(rounded - databases)).toBeLessThan(50);
  });
});
