/** What the single steps of the cookie store cost inside workerd, without Remix and without a network. Quick, to work by. */
import { createClient } from "./load.js";
import { format, interval, median, table } from "./statistics.js";
import { startWorker } from "./worker.js";

const WORKERDS = 3;
const ROUNDS = 25;
const WARM_UP = 10;
const COUNT = 400;

/** Each step, the one that it builds on, and what it does beyond that one. */
const STEPS = {
  config: { on: "request", title: "read the settings, make the storage" },
  open: { on: "config", title: "open the cookie" },
  untouched: { on: "open", title: "wrap it, handleFetch: compare, close, nothing to commit" },
  read: { on: "untouched", title: "read a value; the response is made private" },
  headers: { on: "read", title: "write a value; the response gets its headers" },
  write: { on: "headers", title: "seal the cookie" },
  anonymous: { on: "request", title: "all of a request without a cookie" },
  "remix-open": { on: "request", title: "Remix: open the signed cookie" },
  "remix-write": { on: "remix-open", title: "Remix: write a value, sign the cookie, one header" },
};

export async function steps() {
  const turns = [];
  for (let turn = 0; turn < WORKERDS; turn++) {
    const worker = await startWorker({ entry: "variants/steps", env: {} });
    const client = createClient(worker.origin);
    const costs = Object.fromEntries(["request", ...Object.keys(STEPS)].map((step) => [step, []]));
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const [step, rounds] of Object.entries(costs)) {
        const before = worker.cpuTime();
        await client.send(`/${step}?count=${COUNT}`);
        if (round >= 0) rounds.push((1e6 * (worker.cpuTime() - before)) / COUNT);
      }
    }
    client.close();
    await worker.stop();
    turns.push(costs);
  }
  const beyond = (step, base) =>
    format(interval(turns.map((turn) => median(turn[step].map((cost, round) => cost - turn[base][round])))), 1);
  console.log(
    `Microseconds of CPU time, and the 95 % interval of ${WORKERDS} fresh workerds. Request and response are taken off.\n`,
  );
  console.log(
    table([
      ["step", "alone", "so far"],
      ...Object.entries(STEPS).map(([step, { on, title }]) => [title, beyond(step, on), beyond(step, "request")]),
    ]),
  );
}
