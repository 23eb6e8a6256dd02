/** A Worker with all stores, over HTTP: tests/session/test-worker.ts, which counts what each request asks of its store. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { get } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { migrate, startWorkerd } from "../e2e/workerd.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Starts it, or another Worker that needs the same. Returns its origin, its process and what ends it. */
export async function startStoreServer(entry = "tests/session/test-worker.ts") {
  const { outputFiles } = await build({
    entryPoints: [root + entry],
    bundle: true,
    format: "esm",
    external: ["cloudflare:workers"],
    write: false,
  });
  const { miniflare, origin, pid } = await startWorkerd({
    modules: true,
    script: outputFiles[0].text,
    compatibilityDate: "2026-04-01",
    bindings: { SESSION_SECRET: randomBytes(32).toString("base64url") },
    kvNamespaces: ["SESSION_KV"],
    d1Databases: ["SESSION_DB"],
    durableObjects: { SESSION_OBJECT: { className: "SessionObject", useSQLite: true } },
  });
  await migrate(await miniflare.getD1Database("SESSION_DB"));
  return { origin, pid, stop: () => miniflare.dispose() };
}

/** Sends the steps (see test-worker.ts) with a cookie; returns the answer's data, its costs and the cookie from then on. */
export async function visitStore(origin, store, steps, cookie = "") {
  const response = await fetch(`${origin}/?${steps}`, { headers: { "X-Store": store, Cookie: cookie } });
  const [line] = response.headers.getSetCookie();
  return {
    status: response.status,
    data: await response.json(),
    costs: JSON.parse(response.headers.get("X-Costs") ?? "{}"),
    cookie: line?.split(";")[0] ?? cookie,
  };
}

/**
 * Opens the WebSocket of a page that shows the user "ada", by hand (RFC 6455), since Node 20 has none. The server's frames hold
 * their text as it is.
 */
export async function openSocket(origin, store, cookie) {
  const headers = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
  const key = { "Sec-WebSocket-Key": randomBytes(16).toString("base64"), "X-Store": store, Cookie: cookie };
  const tag = await (await fetch(`${origin}/tag?user=ada`)).text();
  const request = get(`${origin}/live?as=${tag}`, { headers: { ...headers, ...key } });
  const [, socket] = await once(request, "upgrade");
  let text = "";
  socket.on("data", (data) => {
    text += data.toString("latin1");
  });
  // The server may close it first.
  socket.on("error", () => {});
  return {
    heard: () => text,
    // A text of four bytes, masked with zeros.
    ping: () => socket.write(Buffer.from([0x81, 0x84, 0, 0, 0, 0, ...Buffer.from("ping")])),
    close: () => socket.destroy(),
  };
}
