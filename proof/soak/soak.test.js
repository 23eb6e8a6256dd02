/**
 * Nearly thirty thousand requests to the production build: pages, `.data`, posts, sign-ins, with each store. workerd is killed twice
 * with each, and every session must still hold what it held before. Then a long run without a kill, in which memory must level
 * off: a leak of a page per request, which ends in evictions in production, shows in no other test.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { stores as tested } from "../../e2e/stores.ts";
import buildIfChanged from "../../scripts/build-if-changed.js";
import { SoakServer } from "./server.js";
import { Visitor } from "./visitor.js";

const stores = tested.filter((store) => store !== "outage");
const VISITORS = 16;

beforeAll(buildIfChanged);

let server;
let folder;
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function startServer(store) {
  folder = mkdtempSync(join(tmpdir(), "sessions-soak-"));
  server = new SoakServer({ store, secret: randomBytes(32).toString("base64url"), folder });
}

/** Sends as many requests; `before` is called with the number of each one. Returns how many got no response. */
async function soak({ requests, pages, before = () => {} }) {
  let count = 0;
  let unanswered = 0;
  const visitors = Array.from({ length: VISITORS }, (_, number) => new Visitor(number, pages));
  await Promise.all(
    visitors.map(async (visitor) => {
      while (count < requests) {
        before(++count);
        const { origin } = server;
        if (await visitor.act(await origin)) continue;
        if (server.origin === origin) throw new Error("A request got no response, although workerd was not killed.");
        unanswered++;
      }
    }),
  );
  return unanswered;
}

test.each(stores)(
  "%s: every response is the expected one, and no acknowledged write is lost when workerd is killed",
  async (store) => {
    startServer(store);
    const kills = [];
    const unanswered = await soak({
      requests: 2_000,
      pages: 0.4,
      before: (count) => {
        if (count === 700 || count === 1_400) kills.push(server.restart());
      },
    });
    await Promise.all(kills);
    console.log(`${store}: 2,000 requests, ${kills.length} kills, ${unanswered} requests without a response`);
  },
);

test("memory levels off: the second half of 20,000 requests adds less than 8 kB each", async () => {
  startServer(stores[0]);
  const memory = new Map();
  await soak({
    requests: 20_000,
    pages: 0.9,
    before: (count) => {
      if (count % 2_000 === 0) memory.set(count, Math.round(server.memory()));
    },
  });
  if (Number.isNaN(server.memory())) {
    console.log("Memory cannot be read on this system, only on Linux. The responses were as expected.");
    return;
  }
  console.log([...memory].map(([count, mebibytes]) => `${count} requests: ${mebibytes} MiB`).join(", "));
  expect((memory.get(20_000) - memory.get(10_000)) * 1024).toBeLessThan(8 * 10_000);
});
