/**
 * Gives the local D1 database its tables, so that `wrangler dev --env d1` works as it is. Once for each migration: the
 * note of what was applied lies beside the local database, and goes with it.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const note = ".wrangler/state/migrations-applied";
const migrations = readdirSync("migrations").join("\n");

if (!existsSync(note) || readFileSync(note, "utf8") !== migrations) {
  execFileSync("npx", ["wrangler", "d1", "migrations", "apply", "SESSION_DB", "--local", "--env", "d1"], {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  mkdirSync(".wrangler/state", { recursive: true });
  writeFileSync(note, migrations);
}
