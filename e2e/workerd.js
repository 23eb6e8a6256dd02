/**
 * Runs a Worker in a workerd of its own, for tests and measurements. Not by `wrangler dev`: its proxy reuses connections that
 * workerd is about to close, so now and then a GET has no answer until the next one comes (workers-sdk#14641).
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const migrations = fileURLToPath(new URL("../migrations/", import.meta.url));

/** `options` are Miniflare's; `logLevel` is what Miniflare prints itself. The `pid` is undefined without /proc. */
export async function startWorkerd({ logLevel = "ERROR", ...options }) {
  // Comes with wrangler. Loaded only here: it takes a while.
  const { Log, LogLevel, Miniflare } = createRequire(createRequire(import.meta.url).resolve("wrangler"))("miniflare");
  const before = new Set(workerds());
  let errors = "";
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
      stderr.on("data", (text) => (errors = `${errors}${text}`.slice(-10_000)));
    },
    ...options,
  });
  try {
    await miniflare.ready;
  } catch (cause) {
    await miniflare.dispose().catch(() => {});
    throw new Error(`The Worker did not start: ${cause.message}\n${errors}`, { cause });
  }
  const { origin } = await miniflare.unsafeGetDirectURL();
  return { miniflare, origin, pid: workerds().find((pid) => !before.has(pid)) };
}

/**
 * Miniflare's options for an app, as an environment of its wrangler.toml says; "" is the top level. The app is what `main`
 * names: one ES module, already bundled.
 */
export async function optionsOfApp(folder, environment) {
  if (environment === undefined) throw new Error("wrangler.toml has no environment with this store.");
  // Loaded only here: it takes a second.
  const { unstable_getMiniflareWorkerOptions } = await import("wrangler");
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(
    join(folder, "wrangler.toml"),
    environment,
    // A file that does not exist, so that wrangler ignores the developer's .dev.vars and .env.
    { envFiles: [join(folder, "build/none.env")] },
  );
  return { ...workerOptions, modules: [{ type: "ESModule", path: "index.js", contents: readFileSync(main, "utf8") }] };
}

/** Creates the tables of the D1 store. */
export async function migrate(database) {
  const { unstable_splitSqlQuery: split } = await import("wrangler");
  const files = readdirSync(migrations).filter((name) => name.endsWith(".sql"));
  for (const file of files.sort()) {
    for (const statement of split(readFileSync(migrations + file, "utf8"))) await database.prepare(statement).run();
  }
}

/** The ids of the workerd processes that this process has started. None where there is no /proc. */
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

/** For /proc, whose files disappear with their process. */
export function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
