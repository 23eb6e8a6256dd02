/**
 * `npm run explore -- 100000` tries so many interleavings of a visitor's requests in each store
 * (app/lib/session-tests/races.test.ts). `--store d1` takes one store alone. `--seed` and `--path`, which a failure
 * prints, play it again.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { npx } from "./npx.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { store: { type: "string" }, seed: { type: "string" }, path: { type: "string" } },
});

const settings = { RACE_RUNS: positionals[0] ?? "10000" };
for (const [name, value] of Object.entries(values)) settings[`RACE_${name.toUpperCase()}`] = value;
// Local workerd waits until what it writes is on disk. In memory, the same takes a third of the time.
if (existsSync("/dev/shm")) settings.TMPDIR = "/dev/shm";

try {
  npx(["vitest", "run", "--project", "workerd", "--reporter", "default", "app/lib/session-tests/races.test.ts"], {
    stdio: "inherit",
    env: { ...process.env, ...settings },
  });
} catch (error) {
  // vitest has said what is wrong.
  process.exitCode = error.status ?? 1;
}
