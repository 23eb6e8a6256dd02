/** What each kind of request asks of each store, counted in local workerd: the table of docs/stores.md. */
import { startStoreServer, visitStore } from "../store-server.js";

/** What is counted for each store; the cookie store asks nothing. */
const counted = {
  kv: ["read", "write", "delete"],
  d1: ["query", "row read", "row written"],
  "durable-object": ["request", "row read", "row written"],
};

/** The steps of each request (tests/session/test-worker.ts), and of the one that comes before it. */
const requests = [
  ["no use of the session", "", "set.theme=dark"],
  ["a read", "read", "set.theme=dark"],
  ["the first write", "set.theme=dark", undefined],
  ["a write", "set.theme=light", "set.theme=dark"],
  ["a flash is shown", "getFlash.success", "flash.success=Saved"],
  ["sign-in", "regenerate&set.user=ada", "set.theme=dark"],
  ["sign-out", "destroy&flash.success=Bye", "set.user=ada"],
];

/** Returns what a request with these steps asks of the store, after the one that comes before it. */
async function costsOf(origin, store, steps, before) {
  const { cookie } = before ? await visitStore(origin, store, before) : { cookie: "" };
  return (await visitStore(origin, store, steps, cookie)).costs;
}

/** Returns the rows of the table, as Markdown. */
export async function countStores(origin) {
  const rows = [];
  for (const [name, steps, before] of requests) {
    const cells = [name];
    for (const [store, units] of Object.entries(counted)) {
      const costs = await costsOf(origin, store, steps, before);
      cells.push(units.map((unit) => costs[unit] ?? 0).join("/"));
    }
    rows.push(`| ${cells.join(" | ")} |`);
  }
  return rows;
}

/** Returns what is asked of a store where nothing should be: in the cookie store, and by a visitor without a session. */
export async function countNothing(origin) {
  const found = [];
  for (const [name, steps, before] of requests) {
    found.push([name, await costsOf(origin, "cookie", steps, before)]);
  }
  for (const store of Object.keys(counted)) found.push([store, await costsOf(origin, store, "")]);
  return found.filter(([, costs]) => Object.values(costs).some((times) => times > 0));
}

export async function stores() {
  const { origin, stop } = await startStoreServer();
  console.log((await countStores(origin)).join("\n"));
  await stop();
}
