/**
 * wrangler's `[build] command`: makes a bare `npx wrangler deploy` ship a fresh production build. Under `wrangler dev` it
 * leaves an existing build alone: `remix dev` (npm run dev) or `npm start` has made it, and another build would replace it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { npx } from "./npx.js";

const isDev = process.env.WRANGLER_COMMAND === "dev";
if (!isDev || !existsSync("build/index.js")) await import("./build.js");
if (isDev && existsSync("migrations")) await createLocalTables();

/**
 * So that `npx wrangler dev --env d1` works at once. A note beside the local databases says what was applied, and is deleted
 * with them: this runs after every edit.
 */
async function createLocalTables() {
  const note = ".wrangler/state/migrations-applied";
  const wanted = [...readdirSync("migrations"), readFileSync("wrangler.toml", "utf8")].join("\n");
  if (existsSync(note) && readFileSync(note, "utf8") === wanted) return;
  const { unstable_readConfig: readConfig } = await import("wrangler");
  const read = (env) => readConfig({ config: "wrangler.toml", env }, { hideWarnings: true });
  for (const environment of ["", ...read("").definedEnvironments]) {
    if (!read(environment).d1_databases.some(({ binding }) => binding === "SESSION_DB")) continue;
    npx(["wrangler", "d1", "migrations", "apply", "SESSION_DB", "--local", `--env=${environment}`], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  mkdirSync(".wrangler/state", { recursive: true });
  writeFileSync(note, wanted);
}
