/** The project in a temporary folder, like a fresh clone after `npm ci`. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

// A list, not a question to git, so that a copy without its history (a downloaded archive) can be tested as well.
const isLeft = /^(\.git|build|public\/build|app\/snippets\.json|\.wrangler|\.cache|test-results)$|(^|\/)node_modules$/;
const isSecret = /^\.(dev\.vars|env)(?!.*\.example$)/;

/** Returns the folder's path, a function that runs a command in it as an owner does, and one that removes it. */
export function makeCopy(name = "project") {
  const parent = mkdtempSync(join(tmpdir(), "sessions-copy-"));
  const folder = join(parent, name);
  cpSync(root, folder, {
    recursive: true,
    filter: (source) => {
      const path = relative(root, source).split(sep).join("/");
      return !isLeft.test(path) && !isSecret.test(path);
    },
  });
  for (const dependencies of ["node_modules", "proof/node_modules"])
    symlinkSync(join(root, dependencies), join(folder, dependencies), "junction");

  function run(command, ...args) {
    // Without CI, where a browser test may fail once: nobody would see it.
    const env = { ...process.env, CI: undefined, NODE_ENV: undefined, NO_COLOR: "1", WRANGLER_SEND_METRICS: "false" };
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8", env });
    return { status, output: `${stdout}${stderr}` };
  }

  // Without git, Biome would not know what to leave out.
  run("git", "init", "--quiet");
  return { folder, run, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

/** Makes `wrangler dev` use any free ports, since a developer may be using the usual one. `lines` go at the top of the file. */
export function setFreePorts(folder, lines = "") {
  const config = join(folder, "wrangler.toml");
  const text = readFileSync(config, "utf8");
  writeFileSync(config, `${lines}${text.replace("[dev]\n", "[dev]\nport = 0\ninspector_port = 0\n")}`);
}

/**
 * Runs a command that serves the app until it is stopped, in a folder. `waitFor` waits for a value; if none comes, the error has
 * what the command has printed.
 */
export function startServing(folder, [command, ...args]) {
  const child = spawn(command, args, {
    cwd: folder,
    // A process group of its own, so that everything that it has started can be stopped.
    detached: process.platform !== "win32",
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      NODE_ENV: undefined,
      NO_COLOR: "1",
      FORCE_COLOR: "0",
      // Unset, as in most shells.
      VITE_CJS_IGNORE_WARNING: undefined,
      CLOUDFLARE_CF_FETCH_ENABLED: undefined,
      WRANGLER_SEND_METRICS: "false",
    },
  });
  const ended = once(child, "close");
  let output = "";
  let errors = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (errors += chunk));

  const waitFor = (probe) =>
    vi.waitFor(
      async () => {
        const value = await probe();
        if (!value) throw new Error(`Timed out. The output of ${[command, ...args].join(" ")}:\n${output}`);
        return value;
      },
      { timeout: 600_000, interval: 100 },
    );

  return {
    waitFor,
    ended,
    /** All that it has printed, and what of it to stderr. */
    output: () => output,
    errors: () => errors,
    origin: () => waitFor(() => /Ready on (https?:\/\/\S+)/.exec(output)?.[1]),
    async stop() {
      if (process.platform === "win32") spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"]);
      // As Ctrl+C does. It may have ended by itself.
      else if (child.exitCode === null) process.kill(-child.pid, "SIGINT");
      await ended;
    },
  };
}
