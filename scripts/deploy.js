/**
 * `npm run deploy`, with the arguments of `wrangler deploy`: `npm run deploy -- --env d1`. The D1 migrations run after the
 * deployment, because the first deployment creates the database.
 */
import { npx } from "./npx.js";

const given = process.argv.slice(2);
const wrangler = (...args) => npx(["wrangler", ...args], { stdio: "inherit" });

const [, environment = process.env.CLOUDFLARE_ENV ?? ""] = given.join(" ").match(/(?:--env|-e)[ =](\S+)/) ?? [];

// Always passed: with several environments in wrangler.toml, wrangler warns if none is named. Empty means the default.
wrangler(
  "deploy",
  ...given,
  ...(given.some((argument) => /^(--env|-e)\b/.test(argument)) ? [] : [`--env=${environment}`]),
);
if (environment === "d1" && !given.includes("--dry-run")) {
  wrangler("d1", "migrations", "apply", "SESSION_DB", "--remote", "--env", "d1");
}
