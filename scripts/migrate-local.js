/**
 * Creates the tables of the local D1 database, so that `wrangler dev --env d1` works at once. Runs once for each migration:
 * a note beside the local database says what was applied, and is deleted with it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { npx } from "./npx.js";

const note = ".wrangler/state/migrations-applied";
const migrations = readdirSync("migrations").join("\n");

export default function migrateLocal() {
  if (existsSync(note) && readFileSync(note, "utf8") === migrations) return;
  npx(["wrangler", "d1", "migrations", "apply", "SESSION_DB", "--local", "--env", "d1"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  mkdirSync(".wrangler/state", { recursive: true });
  writeFileSync(note, migrations);
}
