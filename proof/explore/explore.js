/**
 * `npm run explore -- 100000` tries so many interleavings of a visitor's requests in each store (tests/session/races.test.ts),
 * and finds each defect that it knows of. `--store d1` takes one store alone. `--seed` and `--path`, which a failure prints,
 * play it again.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { store: { type: "string" }, seed: { type: "string" }, path: { type: "string" } },
});

const settings = { RACE_RUNS: positionals[0] ?? "10000" };
for (const [name, value] of Object.entries(values)) settings[`RACE_${name.toUpperCase()}`] = value;

/** Those that are left. A workerd works on one core, so two are explored at a time; the one that takes longest begins. */
const stores = values.store ? [values.store] : ["durable-object", "d1", "kv"];

async function exploreNext() {
  const store = stores.shift();
  if (!store) return;
  console.log(`${store}: ${settings.RACE_RUNS} runs …`);
  const report = `--outputFile.json=test-results/explore-${store}.json`;
  const run = spawn("npx", ["vitest", "run", "--project", "races", report], {
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...settings, RACE_STORE: store },
  });
  let output = "";
  for (const stream of [run.stdout, run.stderr]) stream.on("data", (text) => (output += text));
  const [status] = await once(run, "close");
  // Whole, because another one is at work.
  console.log(output);
  if (status !== 0) process.exitCode = 1;
  await exploreNext();
}

await Promise.all([exploreNext(), exploreNext()]);
