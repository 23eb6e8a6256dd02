/** Sockets of session-extras/live.ts in a workerd of their own: they cost nothing while nothing happens. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSocket, startStoreServer, visitStore } from "../store-server.js";

let server;
beforeAll(async () => {
  server = await startStoreServer();
});
afterAll(() => server?.stop());

const store = "durable-object";
const visit = (steps, cookie) => visitStore(server.origin, store, steps, cookie);

const woken = async () => Number(await (await fetch(`${server.origin}/woken`)).text());

test("an object whose tabs are open hibernates while nothing happens, and still tells them when the session ends", async () => {
  const { cookie } = await visit("set.user=ada");
  const socket = await openSocket(server.origin, store, cookie);

  // workerd takes an object out of the memory after ten idle seconds. Each look wakes it, so the looks are further apart.
  const before = await woken();
  await visit("read", cookie);
  expect(await woken()).toBe(before);
  await expect
    .poll(
      async () => {
        // Answered without waking it.
        socket.ping();
        await visit("read", cookie);
        return woken();
      },
      { interval: 12_000, timeout: 600_000 },
    )
    .toBeGreaterThan(before);
  expect(socket.heard()).toContain("pong");
  expect(socket.heard()).not.toContain("ended");
  await visit("destroy", cookie);
  await expect.poll(() => socket.heard()).toContain("ended");
});
