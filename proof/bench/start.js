/** What workerd computes from its start to its first answer, with and without sessions: the same page, fresh processes. */
import { parseArgs } from "node:util";
import { createClient } from "./load.js";
import { format, interval, median, table } from "./statistics.js";
import { verdict } from "./targets.js";
import { startWorker, variants } from "./worker.js";

const TARGET = 1.05;
const names = ["empty", "none", "remix", "superflare", "iron-session", "this"];
const all = { empty: { title: "an empty Worker", entry: "variants/empty", env: {} }, ...variants };

export async function start(args) {
  const { values } = parseArgs({
    args,
    options: { turns: { type: "string", default: "8" }, starts: { type: "string", default: "5" } },
  });
  const turns = [];
  for (let turn = 0; turn < Number(values.turns); turn++) {
    const times = Object.fromEntries(names.map((name) => [name, []]));
    for (let count = 0; count < Number(values.starts); count++) {
      for (const name of names) times[name].push(await timeOfStart(all[name]));
    }
    turns.push(Object.fromEntries(names.map((name) => [name, median(times[name])])));
  }
  const millisecondsOf = (of) => interval(turns.map((turn) => 1000 * of(turn)));
  // Beyond what workerd needs for itself, which would make any two apps look alike.
  const base = millisecondsOf(({ none, empty }) => none - empty).mean;
  const isPlain = (name) => name === "empty" || name === "none";
  console.log(
    `CPU time until the first page, in milliseconds. The 95 % interval is that of ${values.turns} turns, each the median of ${values.starts} fresh processes.\n`,
  );
  console.log(
    table([
      ["Worker", "milliseconds", "beyond no sessions", "ratio, beyond an empty Worker"],
      ...names.map((name) => {
        const time = millisecondsOf((turn) => turn[name]);
        if (isPlain(name)) return [all[name].title, format(time, 1), "", ""];
        const beyond = millisecondsOf((turn) => turn[name] - turn.none);
        const ratio = `${(1 + beyond.mean / base).toFixed(2)} ±${(beyond.margin / base).toFixed(2)}`;
        return [all[name].title, format(time, 1), format(beyond, 1), ratio];
      }),
    ]),
  );
  const over = millisecondsOf((turn) => turn.this - turn.empty - TARGET * (turn.none - turn.empty));
  console.log(`\nThe target of "this, cookie": ${verdict(over, `${TARGET} times no sessions`, 1)}.`);
}

/** Seconds: workerd's own start, the script's compilation, one page. */
async function timeOfStart(variant) {
  const worker = await startWorker(variant);
  const client = createClient(worker.origin);
  await client.send("/page");
  const seconds = worker.cpuTime();
  client.close();
  await worker.stop();
  return seconds;
}
