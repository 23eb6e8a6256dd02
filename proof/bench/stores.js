/** What each kind of request costs in each store, counted in local workerd: the table of docs/stores.md. */
import { livePath, openSocket, startStoreServer, visitStore } from "../store-server.js";

const names = ["cookie", "kv", "d1", "durable-object"];

/** Each with the steps that come before it. */
const requests = [
  ["a page, by a visitor without a session", "", undefined],
  ["a page that does not use the session", "", "set.theme=dark"],
  ["a read", "read", "set.theme=dark"],
  ["the first write", "set.theme=dark", undefined],
  ["a write", "set.theme=light", "set.theme=dark"],
  ["a flash is set", "flash.success=Saved", "set.theme=dark"],
  ["a flash is shown", "getFlash.success", "flash.success=Saved"],
  ["sign-in", "regenerate&set.user=ada", "set.theme=dark"],
  ["sign-out", "destroy&flash.success=Bye", "set.user=ada"],
];

/** Returns the rows of the table, as Markdown. */
export async function measureStores(origin) {
  const rows = [];
  const measure = async (name, costsOf) => {
    const cells = [];
    for (const store of names) {
      const counted = Object.entries(await costsOf(store)).filter(([, times]) => times > 0);
      cells.push(counted.map(([what, times]) => `${times} × ${what}`).join(", ") || "–");
    }
    rows.push(`| ${[name, ...cells].join(" | ")} |`);
  };

  for (const [name, steps, before] of requests) {
    await measure(name, async (store) => {
      const { cookie } = before ? await visitStore(origin, store, before) : { cookie: "" };
      return (await visitStore(origin, store, steps, cookie)).costs;
    });
  }

  const signIn = async (store) => (await visitStore(origin, store, "set.user=ada")).cookie;
  await measure("an open page asks whether it is signed out", async (store) => {
    const headers = { "X-Store": store, Cookie: await signIn(store) };
    const response = await fetch(await livePath(origin), { headers });
    return JSON.parse(response.headers.get("X-Costs") ?? "{}");
  });
  const withSockets = (costsOf) => (store) => (store === "durable-object" ? costsOf(store) : {});
  await measure(
    "an open page connects its socket",
    withSockets(async (store) => (await openSocket(origin, store, await signIn(store))).close()),
  );
  await measure(
    "sign-out, with ten open pages",
    withSockets(async (store) => {
      const cookie = await signIn(store);
      const sockets = [];
      for (let tab = 0; tab < 10; tab++) sockets.push(await openSocket(origin, store, cookie));
      const { costs } = await visitStore(origin, store, "destroy&flash.success=Bye", cookie);
      for (const socket of sockets) socket.close();
      return costs;
    }),
  );
  return rows;
}

export async function stores() {
  const { origin, stop } = await startStoreServer();
  console.log((await measureStores(origin)).join("\n"));
  await stop();
}
