/**
 * `npm run deploy`, with the arguments of `wrangler deploy`: `npm run deploy -- --env d1`. A Worker that has no
 * SESSION_SECRET gets a random one with the deployment itself, so that no request is answered without one. The D1 migrations
 * run after the deployment, because the first one creates the database.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const given = process.argv.slice(2);
const [, environment = process.env.CLOUDFLARE_ENV ?? ""] = given.join(" ").match(/(?:--env|-e)[ =](\S+)/) ?? [];
const worker = environment ? `the Worker of the environment "${environment}"` : "the Worker";

// Always passed: with several environments in wrangler.toml, wrangler warns if none is named. Empty means the default.
const env = `--env=${environment}`;
const isNamed = given.some((argument) => /^(--env|-e)\b/.test(argument));
const deploy = ["deploy", ...given, ...(isNamed ? [] : [env])];

if (given.includes("--dry-run")) run(deploy);
else if (hasSecret()) run(deploy);
else withSecretsFile((file) => run([...deploy, `--secrets-file=${file}`]));

if (environment === "d1" && !given.includes("--dry-run")) {
  run(["d1", "migrations", "apply", "SESSION_DB", "--remote", env]);
}

/** Ends the process with wrangler's own status if it fails: it has said why. */
function run(args) {
  const { status } = spawnSync("npx", ["wrangler", ...args], { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}

function hasSecret() {
  const { status, stdout, stderr } = spawnSync("npx", ["wrangler", "secret", "list", "--format=json", env], {
    encoding: "utf8",
    stdio: ["inherit", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  if (status === 0) return JSON.parse(stdout.slice(stdout.indexOf("["))).some(({ name }) => name === "SESSION_SECRET");
  const output = `${stdout}${stderr}`;
  // The first deployment: there is no such Worker yet.
  if (/\b10007\b|does not exist/i.test(output)) return false;
  console.error(
    /CLOUDFLARE_API_TOKEN|wrangler login|not authenticated|\b10000\b/i.test(output)
      ? "Not logged in to Cloudflare: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN."
      : `Whether ${worker} has a SESSION_SECRET could not be found out:\n${output.trim()}`,
  );
  process.exit(1);
}

/** Not as an argument, which other processes can read. */
function withSecretsFile(use) {
  const folder = mkdtempSync(join(tmpdir(), "deploy-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Also if wrangler fails, or the deployment is interrupted.
  process.on("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
  const file = join(folder, "secrets.env");
  writeFileSync(file, `SESSION_SECRET=${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
  console.log(`${worker[0].toUpperCase()}${worker.slice(1)} has no SESSION_SECRET: this deployment sets a random one.`);
  use(file);
}
