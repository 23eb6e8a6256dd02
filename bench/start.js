/** How long workerd takes from its start to the first answer, with and without the session: the same page, fresh processes. */
import { createClients } from "./load.js";
import { median, quantile, table } from "./statistics.js";
import { startWorker, variants } from "./worker.js";

const RUNS = 15;
const EMPTY = "an empty Worker";
const names = [EMPTY, "no sessions", "Remix cookie storage", "superflare 0.1.1", "iron-session 8.0.4", "this, cookie"];

export async function start() {
  const seconds = Object.fromEntries(names.map((name) => [name, []]));
  for (let run = 0; run < RUNS; run++) {
    for (const name of names) {
      const worker = await startWorker(variants[name] ?? { entry: "variants/empty", env: {} });
      const [client] = createClients(worker.origin, 1);
      await client.send("/page");
      // All that the process has computed by now: workerd's own start, the script's compilation, one page.
      seconds[name].push(worker.cpuTime());
      client.close();
      await worker.stop();
    }
  }
  // Without what workerd needs for itself, which would make any two apps look alike.
  const net = (name) => median(seconds[name]) - median(seconds[EMPTY]);
  console.log(
    table([
      ["CPU time until the first page", "milliseconds", "middle half", "more than empty", "of no sessions"],
      ...names.map((name) => {
        const [from, to] = [0.25, 0.75].map((share) => (1000 * quantile(seconds[name], share)).toFixed(0));
        const share = (net(name) / net("no sessions")).toFixed(2);
        return [name, (1000 * median(seconds[name])).toFixed(1), `${from}–${to}`, (1000 * net(name)).toFixed(1), share];
      }),
    ]),
  );
}
