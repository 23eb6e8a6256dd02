/** A host in a temporary folder: what `npm` does there, and its server. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const sessionFolder = fileURLToPath(new URL("../../app/lib/session", import.meta.url));
const migrations = fileURLToPath(new URL("../../migrations", import.meta.url));

const READY = /(?:Ready on|Local:)\s+(http:\/\/[^\s/]+)/;

/** For hosts that need a newer Node than this one; the package `node` brings it. */
const NEWER_NODE = "24.9.0";

export function createHost({ name, layers, hasEveryStore, formerSecret, secrets = makeSecrets(formerSecret) }) {
  const folder = mkdtempSync(join(tmpdir(), `sessions-${name.replace("/", "-")}-`));
  for (const layer of [...layers, name]) cpSync(join(here, layer), folder, { recursive: true });
  cpSync(sessionFolder, join(folder, "app/lib/session"), { recursive: true });
  if (hasEveryStore) cpSync(migrations, join(folder, "migrations"), { recursive: true });
  // Any free ports: two hosts run at a time.
  appendFileSync(join(folder, "wrangler.toml"), "\n[dev]\nport = 0\ninspector_port = 0\n");
  let path = process.env.PATH;

  const start = (args) =>
    spawn("npm", args, {
      cwd: folder,
      // A group of its own, so that what npm starts ends with it.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        NODE_ENV: undefined,
        PATH: path,
        CI: "true",
        NO_COLOR: "1",
        WRANGLER_SEND_METRICS: "false",
      },
    });

  async function npm(...args) {
    const { output, code } = await endOf(start(args));
    if (code !== 0) throw new Error(`npm ${args.join(" ")} ends with ${code}:\n${output.slice(-4000)}`);
  }

  return {
    folder,
    npm,
    async install() {
      const { engines } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (engines && !isNewEnough(engines.node)) {
        await npm("install", "--prefix", "newer-node", `node@${NEWER_NODE}`, "--no-audit", "--no-fund", "--silent");
        path = join(folder, "newer-node/node_modules/node/bin") + delimiter + path;
      }
      await npm("install", "--no-audit", "--no-fund", "--silent");
    },
    set(settings) {
      const lines = Object.entries({ ...secrets, ...settings }).map(([key, value]) => `${key}=${value}\n`);
      writeFileSync(join(folder, ".dev.vars"), lines.join(""));
    },
    setCompatibility({ date, flags }) {
      const file = join(folder, "wrangler.toml");
      const lines = `compatibility_date = "${date}"\ncompatibility_flags = ${JSON.stringify(flags)}`;
      writeFileSync(file, readFileSync(file, "utf8").replace(/^compatibility_date = .*$/m, lines));
    },
    /** Runs `use` while `npm run script` serves the app. */
    async serve(script, use) {
      // Development servers look for a port that seems free: two at a time would find the same.
      const port = script === "dev" ? ["--", `--port=${await freePort()}`] : [];
      const server = start(["run", script, ...port]);
      const ended = endOf(server);
      try {
        const origin = await Promise.race([
          originOf(server),
          ended.then(({ output, code }) => {
            throw new Error(`npm run ${script} ends with ${code}:\n${output.slice(-4000)}`);
          }),
        ]);
        return await use(origin);
      } catch (error) {
        const { output } = await stop();
        throw new Error(`${error.message}\n\nOutput of npm run ${script}:\n${output.slice(-4000)}`);
      } finally {
        await stop();
      }

      function stop() {
        try {
          process.kill(-server.pid, "SIGKILL");
        } catch {}
        return ended;
      }
    },
    /** The app as it was before it had this session folder, with the same packages and secrets. */
    before() {
      const former = createHost({ name: `${name}/before`, layers: [...layers, name, "shared-former"], secrets });
      symlinkSync(join(folder, "node_modules"), join(former.folder, "node_modules"), "junction");
      return former;
    },
    // Not at once: the other host must not wait for thousands of files.
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function makeSecrets(formerSecret) {
  const secrets = { SESSION_SECRET: randomBytes(32).toString("base64url") };
  // Shorter than the folder allows, as such secrets are.
  if (formerSecret) secrets[formerSecret] = "s3cr3t";
  return secrets;
}

/** `range` is like ">=22.22.0". */
const isNewEnough = (range) =>
  process.versions.node.localeCompare(range.replace(">=", ""), undefined, { numeric: true }) >= 0;

function endOf(child) {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  return new Promise((resolve) => child.on("close", (code) => resolve({ output, code })));
}

function originOf(server) {
  let output = "";
  return new Promise((resolve) =>
    server.stdout.on("data", (data) => {
      output += data;
      const [, origin] = READY.exec(output) ?? [];
      if (origin) resolve(origin);
    }),
  );
}
