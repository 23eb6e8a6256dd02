/**
 * `npm run deploy`, with the arguments of `wrangler deploy`: `npm run deploy -- --env d1`. For D1 the migrations follow
 * the deployment, which is what makes the database when there is none yet.
 */
import { execFileSync } from "node:child_process";

const given = process.argv.slice(2);
const wrangler = (...args) =>
  execFileSync("npx", ["wrangler", ...args], { stdio: "inherit", shell: process.platform === "win32" });

wrangler("deploy", ...given);
const environment = given.join(" ").match(/--env[ =](\S+)|-e (\S+)/);
const isD1 = [environment?.[1], environment?.[2], process.env.CLOUDFLARE_ENV].includes("d1");
if (isD1 && !given.includes("--dry-run")) {
  wrangler("d1", "migrations", "apply", "SESSION_DB", "--remote", "--env", "d1");
}
