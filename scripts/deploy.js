/**
 * `npm run deploy`, with the arguments of `wrangler deploy`: `npm run deploy -- --env d1`. A Worker that has no
 * SESSION_SECRET gets a random one with the deployment itself, so that no request is answered without one. The D1 migrations
 * run after the deployment, because the first one creates the database.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { npx, tryNpx } from "./npx.js";

const given = process.argv.slice(2);
const { values } = parseArgs({
  args: given,
  strict: false,
  options: {
    env: { type: "string", short: "e", default: process.env.CLOUDFLARE_ENV ?? "" },
    name: { type: "string" },
    config: { type: "string", short: "c" },
    "secrets-file": { type: "string" },
    "dry-run": { type: "boolean" },
  },
});
const environment = values.env;
const worker = environment ? `the Worker of the environment "${environment}"` : "the Worker";

// Always passed: with several environments in wrangler.toml, wrangler warns if none is named. Empty means the default.
const env = `--env=${environment}`;
const config = values.config ? [`--config=${values.config}`] : [];
const isNamed = given.some((argument) => /^(--env\b(?!-)|-e)/.test(argument));
const deploy = ["deploy", ...given, ...(isNamed ? [] : [env])];

const run = (args) => npx(["wrangler", ...args], { stdio: "inherit" });

if (values["dry-run"] || values["secrets-file"] || hasSecret()) run(deploy);
else withSecretsFile((file) => run([...deploy, `--secrets-file=${file}`]));

if (!values["dry-run"] && (await hasDatabase())) {
  run(["d1", "migrations", "apply", "SESSION_DB", "--remote", env, ...config]);
}

async function hasDatabase() {
  const { unstable_readConfig: readConfig } = await import("wrangler");
  const { d1_databases } = readConfig({ config: values.config, env: environment }, { hideWarnings: true });
  return d1_databases.some(({ binding }) => binding === "SESSION_DB");
}

/** Asks for the very Worker that is deployed: a random secret in place of another's would sign everybody out. */
function hasSecret() {
  const named = [env, ...(values.name ? [`--name=${values.name}`] : []), ...config];
  const { status, stdout, stderr } = tryNpx(["wrangler", "secret", "list", "--format=json", ...named], {
    encoding: "utf8",
    stdio: ["inherit", "pipe", "pipe"],
  });
  if (status === 0) return JSON.parse(stdout.slice(stdout.indexOf("["))).some(({ name }) => name === "SESSION_SECRET");
  const output = `${stdout}${stderr}`;
  // The first deployment: there is no such Worker yet.
  if (/\b10007\b|does not exist/i.test(output)) return false;
  console.error(
    /CLOUDFLARE_API_TOKEN|wrangler login|not authenticated|\b10000\b/i.test(output)
      ? "Not logged in to Cloudflare: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN."
      : `wrangler could not say whether ${worker} has a SESSION_SECRET:\n${output.trim()}`,
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
