/**
 * What a request costs with each way to have sessions, beyond one with none.
 *
 * No two processes of the same program are equally fast: the engine compiles a little differently in each. So every
 * variant runs in several fresh workerds, and the intervals come from these. Within a turn of fresh workerds the variants
 * alternate in short rounds, so that whatever else the machine does meets all of them alike.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createClients, run } from "./load.js";
import { format, interval, mean, median, table } from "./statistics.js";
import { startWorker, variants } from "./worker.js";
import { assertWorks, createKnownClients, WORKS } from "./works.js";

const BASE = "none";
/** Calls in one round: a few milliseconds, so that the variants alternate faster than the machine changes. */
const PAGES = {
  resource: { title: "resource route", calls: 40 },
  page: { title: "rendered page", calls: 20 },
  query: { title: "page with a D1 query", calls: 16 },
};
/** They take several times as long, and their share is plain to see with fewer. */
const CALLS_WITH_RECORDS = 8;

export async function compare(args) {
  const { names, pages, works, workerds, rounds, warmUp, isMean } = parseOptions(args);
  const cells = pages.flatMap((page) => works.map((work) => ({ page, work, turns: [] })));
  const bytes = {};
  for (let turn = 0; turn < workerds; turn++) {
    const startedAt = performance.now();
    const started = [];
    try {
      for (const name of names) started.push(await startVariant(name, pages));
      for (const { name, worker } of started) bytes[name] = worker.bytes;
      // For nothing, until the engine has compiled what is used most.
      for (const cell of cells) await measureRounds(started, cell, warmUp);
      for (const cell of cells) cell.turns.push(await measureRounds(started, cell, rounds));
    } finally {
      for (const { worker, known, anonymous } of started) {
        for (const client of [...known, ...anonymous]) client.close();
        await worker.stop();
      }
    }
    const seconds = (performance.now() - startedAt) / 1000;
    console.error(`${turn + 1} of ${workerds} fresh workerds each, ${seconds.toFixed(0)} s`);
  }
  writeFileSync("test-results/bench.json", JSON.stringify(cells, null, 1));
  console.log(report({ names, pages, cells, bytes, workerds, rounds, isMean }));
}

function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string", default: Object.keys(variants).join() },
      pages: { type: "string", default: Object.keys(PAGES).join() },
      works: { type: "string", default: Object.keys(WORKS).join() },
      workerds: { type: "string", default: "6" },
      rounds: { type: "string", default: "50" },
      "warm-up": { type: "string", default: "15" },
      mean: { type: "boolean", default: false },
    },
  });
  const listOf = (option, known) => {
    const list = values[option].split(",");
    const unknown = list.find((each) => !Object.hasOwn(known, each));
    if (unknown === undefined) return list;
    throw new Error(`--${option} takes some of ${Object.keys(known).join()}; "${unknown}" is none of them.`);
  };
  return {
    names: [BASE, ...listOf("only", variants).filter((name) => name !== BASE)],
    pages: listOf("pages", PAGES),
    works: listOf("works", WORKS),
    workerds: Number(values.workerds),
    rounds: Number(values.rounds),
    warmUp: Number(values["warm-up"]),
    isMean: values.mean,
  };
}

async function startVariant(name, pages) {
  const worker = await startWorker(variants[name], { hasQuery: pages.includes("query") });
  if (name !== BASE) await assertWorks(variants[name].title, worker, pages);
  const known = await createKnownClients(worker);
  return { name, worker, known, anonymous: createClients(worker.origin) };
}

/** The microseconds a call, in each round of each variant. The first one to go is another one each time. */
async function measureRounds(started, cell, rounds) {
  const costs = Object.fromEntries(started.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const first = round % started.length;
    for (const each of [...started.slice(first), ...started.slice(0, first)])
      costs[each.name].push(await measure(each, cell));
  }
  return costs;
}

async function measure({ name, worker, known, anonymous }, { page, work }) {
  const { isKnown, call } = WORKS[work];
  const hasRecords = (variants[name].env.SESSION_STORE ?? "cookie") !== "cookie";
  const calls = hasRecords ? CALLS_WITH_RECORDS : PAGES[page].calls;
  const before = worker.cpuTime();
  await run(isKnown ? known : anonymous, calls, (client) => call(client, `/${page}`));
  return (1e6 * (worker.cpuTime() - before)) / calls;
}

/** What each variant takes beyond no sessions in one cell: for each turn, the middle of its rounds' differences. */
export function costsOf(turns, middle = median) {
  const names = Object.keys(turns[0]);
  const cost = (turn, name) => middle(turn[name].map((microseconds, round) => microseconds - turn[BASE][round]));
  return Object.fromEntries(names.map((name) => [name, turns.map((turn) => cost(turn, name))]));
}

function report({ names, pages, cells, bytes, workerds, rounds, isMean }) {
  const middle = isMean ? mean : median;
  const others = names.filter((name) => name !== BASE);
  const titles = names.map((name) => variants[name].title);
  const rows = (page) =>
    cells
      .filter((cell) => cell.page === page)
      .map(({ work, turns }) => {
        const costs = costsOf(turns, middle);
        const base = interval(turns.map((turn) => middle(turn[BASE]))).mean.toFixed(0);
        return [work, base, ...others.map((name) => format(interval(costs[name])))];
      });
  return [
    `Microseconds of CPU time: what a request takes without sessions, and what it takes beyond that. Each variant ran in ${workerds} fresh workerds, ${rounds} rounds each; the 95 % interval is that of the workerds. "~" marks what is less than the noise. ${isMean ? "Means" : "Medians"} of the rounds.`,
    ...pages.map((page) => table([[PAGES[page].title, ...titles], ...rows(page)])),
    table([
      ["Worker", "kB, gzip", "beyond no sessions"],
      ...names.map((name) => [
        variants[name].title,
        (bytes[name] / 1000).toFixed(1),
        ((bytes[name] - bytes[BASE]) / 1000).toFixed(1),
      ]),
    ]),
  ].join("\n\n");
}
