/**
 * Creates the tables of the local D1 database, if the app has one, so that `wrangler dev --env d1` works at once. Runs once for each migration:
 * a note beside the local database says what was applied, and is deleted with it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { environmentOf } from "./app-stores.js";
import { npx } from "./npx.js";

const note = ".wrangler/state/migrations-applied";
const migrations = readdirSync("migrations").join("\n");

export default function migrateLocal() {
  const environment = environmentOf("d1");
  if (environment === undefined) return;
  if (existsSync(note) && readFileSync(note, "utf8") === migrations) return;
  npx(["wrangler", "d1", "migrations", "apply", "SESSION_DB", "--local", `--env=${environment}`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  mkdirSync(".wrangler/state", { recursive: true });
  writeFileSync(note, migrations);
}
