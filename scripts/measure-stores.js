/** `npm run measure`: what each kind of request costs in each store, counted in local workerd. The table of docs/stores.md. */
import { pathToFileURL } from "node:url";
import { startStoreServer, visitStore } from "./store-server.js";

const stores = ["cookie", "kv", "d1", "durable-object"];

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
  for (const [name, steps, before] of requests) {
    const cells = [];
    for (const store of stores) {
      const { cookie } = before ? await visitStore(origin, store, before) : { cookie: "" };
      const { costs } = await visitStore(origin, store, steps, cookie);
      const counted = Object.entries(costs).filter(([, times]) => times > 0);
      cells.push(counted.map(([what, times]) => `${times} × ${what}`).join(", ") || "–");
    }
    rows.push(`| ${[name, ...cells].join(" | ")} |`);
  }
  return rows;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { origin, stop } = await startStoreServer();
  console.log((await measureStores(origin)).join("\n"));
  await stop();
}
