/** Copies of hosts in a temporary folder: what `npm` does there, and their servers. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const project = fileURLToPath(new URL("../..", import.meta.url));
const READY = /(?:Ready on|Local:)\s+(http:\/\/[^\s/]+)/;

/** A folder for hosts. Node looks for a package in each folder above, so hosts with the same packages share one install. */
export function createHosts() {
  const base = mkdtempSync(join(tmpdir(), "sessions-hosts-"));
  const template = join(base, "template");
  mkdirSync(template);
  link(join(project, "node_modules"), template);
  const installs = new Map();

  /** Returns the folder below which these packages are found, once they are there. */
  function install(packages = "proof", node) {
    const above = packages === "proof" || packages === "superflare" ? template : base;
    if (!installs.has(packages)) installs.set(packages, installInto(join(above, packages), packages, node));
    return installs.get(packages);
  }

  return {
    /** `OLD_SECRET` signs the cookies of a host's former library. It is shorter than the session allows, as such secrets are. */
    async create({
      name,
      layers,
      packages,
      node,
      hasBindings = true,
      secrets = { SESSION_SECRET: randomBytes(32).toString("base64url"), OLD_SECRET: "s3cr3t" },
    }) {
      const parent = await install(packages, node);
      const folder = mkdtempSync(join(parent, `${name}-`));
      for (const layer of layers) cpSync(join(here, layer), folder, { recursive: true });
      for (const path of ["app/lib/session", "app/lib/session-extras", "migrations"])
        cpSync(join(project, path), join(folder, path), { recursive: true });
      // Any free ports: two hosts run at a time.
      const bindings = hasBindings ? readFileSync(join(folder, "bindings.toml"), "utf8") : "";
      appendFileSync(join(folder, "wrangler.toml"), `${bindings}\n[dev]\nport = 0\ninspector_port = 0\n`);
      return hostIn(folder, { secrets, path: [...binOf(parent, node), process.env.PATH].join(delimiter) });
    },
    remove: () => rmSync(base, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Links or installs these packages. */
async function installInto(folder, packages, node) {
  mkdirSync(folder);
  if (packages === "proof") link(join(project, "proof/node_modules"), folder);
  else if (packages === "superflare") {
    const peers = join(project, "proof/bench/peers");
    await npm(peers, ["ci", "--ignore-scripts"]);
    link(join(peers, "node_modules"), folder);
  } else {
    cpSync(join(here, packages, "package.json"), join(folder, "package.json"));
    if (node) await npm(folder, ["install", "--prefix", "newer-node", `node@${node}`]);
    const path = [...binOf(folder, node), process.env.PATH].join(delimiter);
    await npm(folder, ["install"], path);
  }
  return folder;
}

const link = (target, folder) => symlinkSync(target, join(folder, "node_modules"), "junction");

const binOf = (folder, node) => (node ? [join(folder, "newer-node/node_modules/node/bin")] : []);

async function npm(cwd, args, path = process.env.PATH) {
  const quiet = ["--no-audit", "--no-fund", "--silent"];
  const running = spawn("npm", [...args, ...quiet], { cwd, env: { ...process.env, PATH: path } });
  const { output, code } = await endOf(running);
  if (code !== 0) throw new Error(`npm ${args.join(" ")} ends with ${code}:\n${output}`);
}

function hostIn(folder, { secrets, path }) {
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
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
      },
    });

  return {
    folder,
    secrets,
    async npm(...args) {
      const { output, code } = await endOf(start(args));
      if (code !== 0) throw new Error(`npm ${args.join(" ")} ends with ${code}:\n${output.slice(-4000)}`);
    },
    set(settings) {
      const lines = Object.entries({ ...secrets, ...settings }).map(([key, value]) => `${key}=${value}\n`);
      writeFileSync(join(folder, ".dev.vars"), lines.join(""));
    },
    setCompatibility({ date, flags }) {
      const lines = `compatibility_date = "${date}"\ncompatibility_flags = ${JSON.stringify(flags)}`;
      this.change("wrangler.toml", (settings) => settings.replace(/^compatibility_date = .*$/m, lines));
    },
    change(path, edit) {
      const file = join(folder, path);
      writeFileSync(file, edit(readFileSync(file, "utf8")));
    },
    /** Runs `use` while `npm run script` serves the app. */
    async serve(script, use, options = []) {
      // Development servers look for a port that seems free: two at a time would find the same.
      const port = script === "dev" ? [`--port=${await freePort()}`] : [];
      const server = start(["run", script, "--", ...port, ...options]);
      const ended = endOf(server);
      const stop = () => {
        try {
          process.kill(-server.pid, "SIGKILL");
        } catch {}
        return ended;
      };
      try {
        const origin = await Promise.race([
          originOf(server),
          ended.then(({ code }) => {
            throw new Error(`npm run ${script} ends with ${code}.`);
          }),
        ]);
        return await use(origin);
      } catch (error) {
        const { output } = await stop();
        throw new Error(`${error.message}\n\nOutput of npm run ${script}:\n${output.slice(-4000)}`);
      } finally {
        await stop();
      }
    },
  };
}

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
