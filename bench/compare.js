/**
 * What a request costs with each way to have sessions, against one with none. The variants take turns in short rounds, so
 * that whatever else the machine does meets all of them alike.
 */
import { writeFileSync } from "node:fs";
import { createClients, run } from "./load.js";
import { quantile, table } from "./statistics.js";
import { startWorker, variants } from "./worker.js";

const MAX_SECONDS = 210;
const MIN_ROUNDS = 5;
/** Calls of one variant in one round: a tenth of a second. Stores with records take longer, and their share is plain to see. */
const CALLS = { page: 160, resource: 320 };
const CALLS_WITH_RECORDS = { page: 32, resource: 64 };
const BASE = "no sessions";

let count = 0;
const value = () => `value-${++count}`;
const works = {
  "untouched, anonymous": { isKnown: false, call: (client, path) => client.send(`${path}?work=untouched`) },
  "untouched, with a cookie": { isKnown: true, call: (client, path) => client.send(`${path}?work=untouched`) },
  read: { isKnown: true, call: (client, path) => client.send(`${path}?work=read`) },
  write: { isKnown: true, call: (client, path) => client.send(`${path}?work=write&value=${value()}`) },
  "flash and show": {
    isKnown: true,
    call: async (client, path) => {
      await client.visit(`${path}?work=flash&value=${value()}`);
      await client.visit(`${path}?work=show`);
    },
  },
};

export async function compare() {
  const startedAt = performance.now();
  const workers = new Map();
  for (const [name, variant] of Object.entries(variants)) workers.set(name, await startWorker(variant));
  try {
    const cells = [];
    for (const kind of Object.keys(CALLS)) {
      for (const [work, { isKnown, call }] of Object.entries(works))
        cells.push({ kind, work, isKnown, call, rounds: [] });
    }
    const clients = new Map();
    for (const [name, worker] of workers) {
      await check(name, worker);
      clients.set(name, { known: await knownClients(worker, name), anonymous: createClients(worker.origin) });
    }
    const measureAll = async (keep) => {
      for (const cell of cells) {
        const round = {};
        for (const name of rotated([...workers.keys()])) {
          const visitors = clients.get(name)[cell.isKnown ? "known" : "anonymous"];
          round[name] = await measure(workers.get(name), visitors, cell, variants[name].env.SESSION_STORE);
        }
        if (keep) cell.rounds.push(round);
      }
    };
    // For nothing, until the engine has compiled what is used most.
    for (let round = 0; round < 3; round++) await measureAll(false);
    let rounds = 0;
    while (rounds < MIN_ROUNDS || performance.now() - startedAt < MAX_SECONDS * 1000) {
      await measureAll(true);
      rounds++;
    }
    for (const { known, anonymous } of clients.values()) for (const client of [...known, ...anonymous]) client.close();
    return report(cells, workers, rounds);
  } finally {
    for (const { stop } of workers.values()) await stop();
  }
}

let turn = 0;
function rotated(names) {
  const start = turn++ % names.length;
  return [...names.slice(start), ...names.slice(0, start)];
}

async function knownClients({ origin }, name) {
  const clients = createClients(origin);
  for (const client of clients) {
    await client.visit(`/page?work=write&value=${value()}`);
    if (name !== BASE && !client.cookie) throw new Error(`${name} sends no cookie for what is written.`);
  }
  return clients;
}

/** What is measured is what works: a value that is written is read, and a message is shown once. */
async function check(name, { origin }) {
  if (name === BASE) return;
  const [client] = createClients(origin, 1);
  const seen = [];
  for (const step of ["write&value=dark", "read", "flash&value=hello", "show", "show"]) {
    const { status, body } = await client.visit(`/resource?work=${step}`);
    seen.push(`${status} ${body}`);
  }
  const pages = [];
  for (const step of ["read", "flash&value=hello", "show", "show"])
    pages.push(await client.visit(`/page?work=${step}`));
  client.close();
  const isShown = pages.map(({ body }, index) => body.includes(index === 0 ? "<p>dark</p>" : "<p>hello</p>"));
  const expected = ["200 dark", "200 dark", "200 hello", "200 hello"];
  const isRight = expected.every((text, index) => seen[index] === text) && !seen[4].includes("hello");
  if (!isRight || isShown.join() !== "true,true,true,false")
    throw new Error(`${name} does not do its work: ${seen.join(", ")}`);
}

async function measure({ cpuTime }, clients, { kind, call }, store = "cookie") {
  const calls = (store === "cookie" ? CALLS : CALLS_WITH_RECORDS)[kind];
  const [cpu, start] = [cpuTime(), performance.now()];
  await run(clients, calls, (client) => call(client, `/${kind}`));
  return { cpu: (cpuTime() - cpu) / calls, wall: (performance.now() - start) / 1000 / calls };
}

function report(cells, workers, rounds) {
  const names = [...workers.keys()];
  const hasCpu = cells[0].rounds.every((round) => round[BASE].cpu > 0);
  const results = cells.map(({ kind, work, rounds }) => ({
    kind,
    work,
    variants: Object.fromEntries(
      names.map((name) => [
        name,
        {
          cpu: ratios(rounds, name, "cpu"),
          throughput: ratios(rounds, name, "wall"),
          microseconds: 1e6 * typical(rounds, name, "cpu"),
        },
      ]),
    ),
  }));
  const show = (measure) => (kind) =>
    table([
      [kind === "page" ? "rendered page" : "resource route", ...names],
      ...results
        .filter((result) => result.kind === kind)
        .map(({ work, variants }) => [work, ...names.map((name) => format(variants[name][measure]))]),
    ]);
  const micros = () =>
    table([
      ["", ...names],
      ...results.map(({ kind, work, variants }) => [
        `${kind}, ${work}`,
        ...names.map((name) => variants[name].microseconds.toFixed(0)),
      ]),
    ]);
  const size = workers.get(BASE).bytes;
  const parts = [
    `${rounds} rounds. 1.00 is the app without sessions; at 0.50 a request costs twice as much. In brackets, the same from the even and from the odd rounds alone: where these differ, the machine was noisier than what is measured.`,
    ...(hasCpu
      ? [
          "### CPU time of workerd",
          ...["page", "resource"].map(show("cpu")),
          "### The same in microseconds a request",
          micros(),
        ]
      : ["No /proc here, so CPU time was not measured; the noise below is larger than most differences."]),
    "### Throughput",
    ...["page", "resource"].map(show("throughput")),
    "### Size",
    table([
      ["Worker", "kB, gzip", "more than without"],
      ...names.map((name) => {
        const { bytes } = workers.get(name);
        return [name, (bytes / 1000).toFixed(1), ((bytes - size) / 1000).toFixed(1)];
      }),
    ]),
  ];
  console.log(parts.join("\n\n"));
  writeFileSync("test-results/bench.json", JSON.stringify({ rounds, results }, null, 2));
  return results;
}

/** Of all rounds, their first quartile: whatever disturbs a round makes it longer, and never shorter. */
const typical = (rounds, name, measure) =>
  quantile(
    rounds.map((round) => round[name][measure]),
    0.25,
  );

/** How much of the work without sessions is done in the same time. */
function ratios(rounds, name, measure) {
  const ratio = (some) => typical(some, BASE, measure) / typical(some, name, measure);
  const half = (rest) => rounds.filter((_, index) => index % 2 === rest);
  return { all: ratio(rounds), even: ratio(half(0)), odd: ratio(half(1)) };
}

const format = ({ all, even, odd }) => `${all.toFixed(2)} (${even.toFixed(2)}, ${odd.toFixed(2)})`;
