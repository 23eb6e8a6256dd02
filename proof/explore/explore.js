/**
 * `npm run explore -- 100000` tries so many orders of a visitor's requests in each store (tests/session/races.test.ts)
 * and so many faults (faults.test.ts), and finds each defect that it knows of. `--of faults` explores only faults, and
 * `--store d1` one store. `--seed` and `--path`, which a failure prints, play it again.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";

const FILES = { orders: "races.test.ts", faults: "faults.test.ts" };

const text = { type: "string" };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { of: text, store: text, seed: text, path: text },
});

const settings = { RACE_RUNS: positionals[0] ?? "10000" };
for (const name of ["seed", "path"]) if (values[name]) settings[`RACE_${name.toUpperCase()}`] = values[name];

/**
 * Those that are left. A workerd works on one core, so two explorations run at a time; those that take longest begin.
 * Nothing in the cookie store depends on the order of calls.
 */
const left = [
  ["faults", "durable-object"],
  ["orders", "durable-object"],
  ["faults", "kv"],
  ["faults", "d1"],
  ["orders", "d1"],
  ["orders", "kv"],
  ["faults", "cookie"],
].filter(([of, store]) => (values.of ?? of) === of && (values.store ?? store) === store);
if (left.length === 0) throw new Error("There is nothing to explore: --of takes orders or faults.");

async function exploreNext() {
  const next = left.shift();
  if (!next) return;
  const [of, store] = next;
  console.log(`${of}, ${store}: ${settings.RACE_RUNS} runs …`);
  const start = performance.now();
  const report = `--outputFile.json=test-results/explore-${of}-${store}.json`;
  const run = spawn("npx", ["vitest", "run", "--project", "races", `tests/session/${FILES[of]}`, report], {
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...settings, RACE_STORE: store },
  });
  let output = "";
  for (const stream of [run.stdout, run.stderr]) stream.on("data", (text) => (output += text));
  const [status] = await once(run, "close");
  // Whole, because another one is at work.
  console.log(`${output}\n${of}, ${store}: ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
  if (status !== 0) process.exitCode = 1;
  await exploreNext();
}

await Promise.all([exploreNext(), exploreNext()]);
