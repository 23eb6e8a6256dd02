/** What each kind of request asks of each store, counted in local workerd, and its price: the table of docs/stores.md. */
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

/** Returns what each kind of request asks of each store: `counts.d1.sign-in.query`. */
export async function countStores(origin) {
  const counts = {};
  for (const store of Object.keys(counted)) {
    counts[store] = {};
    for (const [name, steps, before] of requests) counts[store][name] = await costsOf(origin, store, steps, before);
  }
  return counts;
}

/** Returns the rows of the table, as Markdown. */
export const rowsOf = (counts) =>
  requests.map(([name]) => {
    const cells = Object.entries(counted).map(([store, units]) =>
      units.map((unit) => counts[store][name][unit] ?? 0).join("/"),
    );
    return `| ${[name, ...cells].join(" | ")} |`;
  });

/**
 * Dollars for a million of each, in November 2026. An object is billed for its 128 MB while it answers, about five
 * milliseconds a request.
 */
const prices = {
  kv: { read: 0.5, write: 5, delete: 5 },
  d1: { "row read": 0.001, "row written": 1 },
  "durable-object": { request: 0.15 + 0.005 * 0.128 * 12.5, "row read": 0.001, "row written": 1 },
};
/** Of a hundred requests. */
const shares = { "a read": 90, "a write": 9, "sign-in": 1 };
const MINUTES_A_MONTH = (365 / 12) * 24 * 60;

/** Returns how many of a unit a request asks for on average. */
export const averageOf = (counts, unit) =>
  Object.entries(shares).reduce((sum, [name, share]) => sum + (share / 100) * (counts[name][unit] ?? 0), 0);

/** Returns the dollars for a million requests with each store, and for 1,000 requests a minute in a month. */
export function pricesOf(counts) {
  return Object.entries(prices).map(([store, units]) => {
    const million = Object.entries(units).reduce(
      (sum, [unit, price]) => sum + price * averageOf(counts[store], unit),
      0,
    );
    return { store, million, month: (million * 1_000 * MINUTES_A_MONTH) / 1e6 };
  });
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
  const counts = await countStores(origin);
  console.log(rowsOf(counts).join("\n"));
  for (const { store, million, month } of pricesOf(counts))
    console.log(`${store}: ${million.toFixed(2)} dollars a million, ${month.toFixed(0)} a month`);
  await stop();
}
