/** For tests: the project in a temporary folder, like a fresh clone after `npm ci`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

// A list, not a question to git, so that a copy without its history (a downloaded archive) can be tested as well.
const left = [
  ".git",
  "node_modules",
  "build",
  "public/build",
  "app/snippets.json",
  ".wrangler",
  ".cache",
  "test-results",
  "bench/peers/node_modules",
];
const isSecret = /^\.(dev\.vars|env)(?!.*\.example$)/;

/** Returns the folder's path, a function that runs a command in it as an owner does, and one that removes it. */
export function makeCleanCopy() {
  const folder = mkdtempSync(join(tmpdir(), "sessions-copy-"));
  cpSync(root, folder, {
    recursive: true,
    filter: (source) => {
      const path = relative(root, source).split(sep).join("/");
      return !left.includes(path) && !isSecret.test(path);
    },
  });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");

  const running = new Set();

  async function run(command, ...args) {
    // Without CI, where a browser test may fail once: nobody would see it.
    const env = { ...process.env, CI: undefined, NODE_ENV: undefined, NO_COLOR: "1", WRANGLER_SEND_METRICS: "false" };
    const child = spawn(command, args, {
      cwd: folder,
      detached: hasGroups,
      shell: !hasGroups,
      stdio: ["ignore", "pipe", "pipe"],
      env,
    });
    running.add(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    const [status] = await once(child, "close");
    running.delete(child);
    return { status, output };
  }

  function remove() {
    // Of a test that was not done in time.
    for (const child of running) stopGroup(child, "SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  return { folder, run, remove };
}

// A process group of its own, so that everything that a command has started can be stopped.
const hasGroups = process.platform !== "win32";

function stopGroup(child, signal) {
  if (!hasGroups) {
    spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"]);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // It has ended.
    if (error.code !== "ESRCH") throw error;
  }
}

/** Makes `wrangler dev` use any free ports, since a developer may be using the usual one. `lines` go at the top of the file. */
export function setFreePorts(folder, lines = "") {
  const config = join(folder, "wrangler.toml");
  const text = readFileSync(config, "utf8");
  writeFileSync(config, `${lines}${text.replace("[dev]\n", "[dev]\nport = 0\ninspector_port = 0\n")}`);
}

/**
 * Runs a command that serves the app until it is stopped, in a folder. `waitFor` waits for a value, `limit` milliseconds at
 * most; if none comes, the error has what the command has printed.
 */
export function startServing(folder, [command, ...args], { limit = 60_000 } = {}) {
  const child = spawn(command, args, {
    cwd: folder,
    detached: hasGroups,
    shell: !hasGroups,
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
      { timeout: limit, interval: 100 },
    );

  return {
    waitFor,
    /** All that it has printed, and what of it to stderr. */
    output: () => output,
    errors: () => errors,
    origin: () => waitFor(() => /Ready on (http:\/\/\S+)/.exec(output)?.[1]),
    async stop() {
      stopGroup(child, "SIGINT"); // as Ctrl+C does
      await ended;
    },
  };
}
