/** Sockets of session/live.ts in a real workerd over HTTP: they cost nothing while nothing happens. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { get } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startStoreServer, visitStore } from "./store-server.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let server;
beforeAll(async () => {
  server = await startStoreServer();
});
afterAll(() => server?.stop());

const store = "durable-object";
const visit = (steps, cookie) => visitStore(server.origin, store, steps, cookie);

/** What a path of the test's Worker answers. */
async function ask(path) {
  return (await fetch(server.origin + path, { headers: { "X-Store": store } })).text();
}

/** A WebSocket by hand (RFC 6455), since Node 20 has none. The server's frames hold their text as it is. */
async function openSocket(path, cookie) {
  const headers = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
  const key = { "Sec-WebSocket-Key": randomBytes(16).toString("base64"), "X-Store": store, Cookie: cookie };
  const [, socket] = await once(get(server.origin + path, { headers: { ...headers, ...key } }), "upgrade");
  let text = "";
  socket.on("data", (data) => {
    text += data.toString("latin1");
  });
  return {
    heard: () => text,
    // A text of four bytes, masked with zeros.
    ping: () => socket.write(Buffer.from([0x81, 0x84, 0, 0, 0, 0, ...Buffer.from("ping")])),
  };
}

test("an object whose tabs are open hibernates while nothing happens, and still tells them when the session ends", async () => {
  const { cookie } = await visit("set.user=ada");
  const socket = await openSocket(`/live?as=${await ask("/tag?user=ada")}`, cookie);

  // workerd takes an object out of the memory after ten idle seconds. Each look wakes it, so the looks are further apart.
  const before = Number(await ask("/woken"));
  await visit("read", cookie);
  expect(Number(await ask("/woken"))).toBe(before);
  await expect
    .poll(
      async () => {
        // Answered without waking it.
        socket.ping();
        await visit("read", cookie);
        return Number(await ask("/woken"));
      },
      { interval: 12_000, timeout: 100_000 },
    )
    .toBeGreaterThan(before);
  expect(socket.heard()).toContain("pong");
  expect(socket.heard()).not.toContain("ended");
  await visit("destroy", cookie);
  await expect.poll(() => socket.heard()).toContain("ended");
});
