/**
 * `npm run deploy`, with the arguments of `wrangler deploy`: `npm run deploy -- --env d1`. For D1 the migrations follow
 * the deployment, which is what makes the database when there is none yet.
 */
import { npx } from "./npx.js";

const given = process.argv.slice(2);
const wrangler = (...args) => npx(["wrangler", ...args], { stdio: "inherit" });

const [, environment = process.env.CLOUDFLARE_ENV ?? ""] = given.join(" ").match(/(?:--env|-e)[ =](\S+)/) ?? [];

// Named in any case: with several environments in wrangler.toml, wrangler warns where none is. Empty is the default one.
wrangler(
  "deploy",
  ...given,
  ...(given.some((argument) => /^(--env|-e)\b/.test(argument)) ? [] : [`--env=${environment}`]),
);
if (environment === "d1" && !given.includes("--dry-run")) {
  wrangler("d1", "migrations", "apply", "SESSION_DB", "--remote", "--env", "d1");
}
