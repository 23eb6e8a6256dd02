/** D1 and Durable Objects as sessions grow in number and visitors come at once: reads and writes of existing sessions. */
import { createClients, run } from "./load.js";
import { quantile, table } from "./statistics.js";
import { startWorker, variants } from "./worker.js";

const SESSIONS = [1, 100, 10_000];
const CONNECTIONS = [1, 8, 64];
const CALLS = 600;
const WARM_UP = 3_000;
let value = 0;

export async function scale() {
  const rows = [
    ["store", "sessions", "connections", "reads/s", "p50, ms", "p99, ms", "writes/s", "p50, ms", "p99, ms"],
  ];
  for (const store of ["d1", "durable-object"]) {
    const worker = await startWorker(variants[store]);
    const cookies = [];
    // For nothing, until the engine has compiled what is used most: else the first rows would be those of a cold process.
    await addSessions(worker, [], WARM_UP);
    for (const sessions of SESSIONS) {
      await addSessions(worker, cookies, sessions);
      for (const connections of CONNECTIONS) {
        const read = await measure(worker, cookies, connections, () => "read");
        const write = await measure(worker, cookies, connections, () => `write&value=${++value}`);
        rows.push([store, sessions, connections, ...read, ...write]);
      }
    }
    await worker.stop();
  }
  console.log(table(rows));
}

async function addSessions({ origin }, cookies, count) {
  const clients = createClients(origin, 16);
  await run(clients, count - cookies.length, async (client) => {
    client.cookie = "";
    await client.visit("/resource?work=write&value=first");
    if (!client.cookie) throw new Error("A session was not stored: the figures would be those of fewer.");
    cookies.push(client.cookie);
  });
  for (const client of clients) client.close();
}

async function measure({ origin }, cookies, connections, work) {
  const clients = createClients(origin, connections);
  let call = 0;
  const visit = async (client) => {
    call++;
    // A large step, so that neighbouring calls are not for neighbouring sessions.
    client.cookie = cookies[(call * 7919) % cookies.length];
    await client.send(`/resource?work=${work()}`);
  };
  await run(clients, CALLS / 4, visit);
  const start = performance.now();
  const times = await run(clients, CALLS, visit);
  const perSecond = CALLS / ((performance.now() - start) / 1000);
  for (const client of clients) client.close();
  return [perSecond.toFixed(0), quantile(times, 0.5).toFixed(1), quantile(times, 0.99).toFixed(1)];
}
