/** For the soak and the bench: a Worker in a workerd of its own, with nothing in front of it, and its process. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

// Miniflare comes with wrangler.
const { Log, LogLevel, Miniflare } = createRequire(createRequire(import.meta.url).resolve("wrangler"))("miniflare");
const migrations = fileURLToPath(new URL("../migrations/", import.meta.url));

/** Starts it. `options` are Miniflare's; `logLevel` is what Miniflare prints itself. The `pid` is undefined without /proc. */
export async function startWorkerd({ logLevel = "ERROR", ...options }) {
  const before = new Set(workerds());
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    // Straight to the Worker. Miniflare's own Worker in front of it has a heap of its own, which would be measured too.
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
  await miniflare.ready;
  const { origin } = await miniflare.unsafeGetDirectURL();
  return { miniflare, origin, pid: workerds().find((pid) => !before.has(pid)) };
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
