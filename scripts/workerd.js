/**
 * For tests and measurements: a Worker in a workerd of its own, and its process. Not by `wrangler dev`, whose proxy now and
 * then loses a request: it keeps its connections for five seconds, which is when workerd closes them, and a GET that is sent
 * just then has no answer until the next one comes (workers-sdk#14641).
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Miniflare comes with wrangler.
const { Log, LogLevel, Miniflare } = createRequire(createRequire(import.meta.url).resolve("wrangler"))("miniflare");
const migrations = fileURLToPath(new URL("../migrations/", import.meta.url));

/**
 * Starts it. `options` are Miniflare's; `logLevel` is what Miniflare prints itself. With assets, Miniflare's Worker that serves
 * them is in front; otherwise nothing is. The `pid` is undefined without /proc.
 */
export async function startWorkerd({ logLevel = "ERROR", ...options }) {
  const before = new Set(workerds());
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    // Miniflare's own Worker in front has a heap of its own, which would be measured too.
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    cf: false,
    log: new Log(LogLevel[logLevel]),
    // The session's log lines.
    handleRuntimeStdio: (stdout, stderr) => {
      stdout.resume();
      stderr.resume();
    },
    ...options,
  });
  const front = await miniflare.ready;
  const { origin } = options.assets ? front : await miniflare.unsafeGetDirectURL();
  return { miniflare, origin, pid: workerds().find((pid) => !before.has(pid)) };
}

/** Miniflare's options for the build of an app, as this environment of its wrangler.toml says. */
export async function optionsOfApp(folder, environment) {
  // Loaded only here: it takes a second.
  const { unstable_getMiniflareWorkerOptions } = await import("wrangler");
  const { workerOptions } = unstable_getMiniflareWorkerOptions(
    join(folder, "wrangler.toml"),
    environment || undefined,
    // A file that there is not, or wrangler would read the .dev.vars and the .env of whoever runs the tests.
    { envFiles: [join(folder, "build/none.env")] },
  );
  const contents = readFileSync(join(folder, "build/index.js"), "utf8");
  return { ...workerOptions, modules: [{ type: "ESModule", path: "build/index.js", contents }] };
}

/** Creates the tables of the D1 store. */
export async function migrate(database) {
  for (const file of readdirSync(migrations)) {
    const statements = readFileSync(migrations + file, "utf8")
      .replace(/--.*$/gm, "")
      .split(";");
    for (const statement of statements.filter((each) => each.trim())) await database.prepare(statement).run();
  }
}

/** The processes of workerd that this one has started. None where there is no /proc. */
function workerds() {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        const [, command, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(readIfThere(`/proc/${pid}/stat`)) ?? [];
        return command === "workerd" && Number(parent) === process.pid;
      });
  } catch {
    return [];
  }
}

/** For /proc, whose files go with their process. */
export function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
