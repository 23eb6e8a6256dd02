/** A variant in a workerd of its own, by miniflare's API, on this machine alone; and the CPU time that it takes. */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

// miniflare comes with wrangler.
const { Log, LogLevel, Miniflare } = createRequire(createRequire(import.meta.url).resolve("wrangler"))("miniflare");
const root = fileURLToPath(new URL("..", import.meta.url));

const ours = (store) => ({ entry: "variants/this", env: { SESSION_STORE: store } });
export const variants = {
  "no sessions": { entry: "variants/none", env: {} },
  "Remix cookie storage": { entry: "variants/remix", env: {} },
  "superflare 0.1.1": { entry: "peers/superflare", env: {} },
  "iron-session 8.0.4": { entry: "peers/iron-session", env: {} },
  "this, cookie": ours("cookie"),
  "this, kv": ours("kv"),
  "this, d1": ours("d1"),
  "this, durable-object": ours("durable-object"),
};

/** The variant as one module, as small as it is deployed. */
async function bundle(entry, settings) {
  const { outputFiles } = await build({
    entryPoints: [`${root}bench/${entry}.ts`],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    jsx: "automatic",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
    ...settings,
  });
  return outputFiles[0].text;
}

/** Starts it. `options` are miniflare's and `settings` esbuild's, beside those that every variant has. */
export async function startWorker({ entry, env }, options = {}, settings = {}) {
  const script = await bundle(entry, settings);
  const before = new Set(workerds());
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.js", contents: script }],
    compatibilityDate: "2026-04-01",
    host: "127.0.0.1",
    port: 0,
    // Straight to the Worker: miniflare's own, in front of it, would be measured too.
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    cf: false,
    log: new Log(LogLevel.ERROR),
    handleRuntimeStdio: (stdout, stderr) => {
      stdout.resume();
      stderr.resume();
    },
    bindings: { SESSION_SECRET: randomBytes(32).toString("base64url"), ...env },
    // Each of these is a Worker of miniflare's in the same process.
    ...(/^(kv|d1|durable-object)$/.test(env.SESSION_STORE) && {
      kvNamespaces: ["SESSION_KV"],
      d1Databases: ["SESSION_DB"],
      durableObjects: { SESSION_OBJECT: { className: "SessionObject", useSQLite: true } },
    }),
    ...options,
  });
  await miniflare.ready;
  const { origin } = await miniflare.unsafeGetDirectURL();
  if (env.SESSION_STORE === "d1") await migrate(await miniflare.getD1Database("SESSION_DB"));
  const pid = workerds().find((each) => !before.has(each));
  return {
    origin,
    script,
    bytes: gzipSync(script).length,
    cpuTime: () => cpuTimeOf(pid),
    stop: () => miniflare.dispose(),
    miniflare,
  };
}

async function migrate(database) {
  for (const file of readdirSync(`${root}migrations`)) {
    const statements = readFileSync(`${root}migrations/${file}`, "utf8").replace(/--.*$/gm, "").split(";");
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

/** Seconds that all threads of the process have run; NaN where the system does not say. */
function cpuTimeOf(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce(
      (sum, id) => sum + Number(readIfThere(`/proc/${pid}/task/${id}/schedstat`).split(" ")[0]) / 1e9,
      0,
    );
  } catch {
    return Number.NaN;
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "0";
  }
}
