/** For tests and measurements: app/lib/session-tests/test-worker.ts in a separate workerd, with all bindings. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unstable_dev } from "wrangler";
import { npx } from "./npx.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Returns its origin and what ends it. */
export async function startStoreServer() {
  const folder = mkdtempSync(join(tmpdir(), "sessions-stores-"));
  const config = join(folder, "wrangler.json");
  const main = join(root, "app/lib/session-tests/test-worker.ts");
  writeFileSync(
    config,
    JSON.stringify({
      name: "stores",
      main,
      compatibility_date: "2026-04-01",
      vars: { SESSION_SECRET: randomBytes(32).toString("base64url") },
      kv_namespaces: [{ binding: "SESSION_KV", id: "stores" }],
      d1_databases: [
        {
          binding: "SESSION_DB",
          database_id: "stores",
          database_name: "stores",
          migrations_dir: join(root, "migrations"),
        },
      ],
      durable_objects: { bindings: [{ name: "SESSION_OBJECT", class_name: "SessionObject" }] },
      migrations: [{ tag: "v1", new_sqlite_classes: ["SessionObject"] }],
    }),
  );
  // Another `wrangler dev` that starts or stops meanwhile must not be found here.
  process.env.WRANGLER_REGISTRY_PATH = join(folder, "registry");
  const state = join(folder, "state");
  const apply = ["wrangler", "d1", "migrations", "apply", "SESSION_DB", "--local", "--config", config];
  npx([...apply, "--persist-to", state], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const server = await unstable_dev(main, {
    config,
    persistTo: state,
    logLevel: "warn",
    ip: "127.0.0.1",
    inspect: false,
    experimental: { disableExperimentalWarning: true, testMode: true },
  });
  return {
    origin: `http://localhost:${server.port}`,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
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

/** Where a page that shows the user "ada" asks whether they are still signed in. */
export async function livePath(origin) {
  const tag = await (await fetch(`${origin}/tag?user=ada`)).text();
  return `${origin}/live?as=${tag}`;
}

/** Such a page's WebSocket, by hand (RFC 6455), since Node 20 has none. The server's frames hold their text as it is. */
export async function openSocket(origin, store, cookie) {
  const headers = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
  const key = { "Sec-WebSocket-Key": randomBytes(16).toString("base64"), "X-Store": store, Cookie: cookie };
  const [response, socket] = await once(get(await livePath(origin), { headers: { ...headers, ...key } }), "upgrade");
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
    /** Returns what it has cost to open it. */
    close() {
      socket.destroy();
      return JSON.parse(response.headers["x-costs"] ?? "{}");
    },
  };
}
