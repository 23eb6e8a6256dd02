/** A variant in a workerd of its own, by miniflare's API, on this machine alone; and the CPU time that it takes. */
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { migrate, readIfThere, startWorkerd } from "../../e2e/workerd.js";

const here = fileURLToPath(new URL(".", import.meta.url));

const ours = (store) => ({ title: `this, ${store}`, entry: "variants/this", env: { SESSION_STORE: store } });
export const variants = {
  none: { title: "no sessions", entry: "variants/none", env: {} },
  remix: { title: "Remix signed cookie", entry: "variants/remix", env: {} },
  superflare: { title: "superflare 0.1.1", entry: "peers/superflare", env: {} },
  "iron-session": { title: "iron-session 8.0.4", entry: "peers/iron-session", env: {} },
  this: ours("cookie"),
  kv: ours("kv"),
  d1: ours("d1"),
  "durable-object": ours("durable-object"),
};

const bundles = new Map();
/** The variant as one module, as small as it is deployed. */
function bundle(entry, settings) {
  const key = JSON.stringify([entry, settings]);
  if (!bundles.has(key)) bundles.set(key, makeBundle(entry, settings));
  return bundles.get(key);
}

async function makeBundle(entry, settings) {
  const { outputFiles } = await build({
    entryPoints: [`${here}${entry}.ts`],
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

/**
 * Starts it. `options` are miniflare's and `settings` esbuild's, beside those that every variant has. `hasQuery` gives the
 * page with a query its database: a Worker of miniflare's in the same process, so only where it is measured.
 */
export async function startWorker({ entry, env }, { hasQuery = false, settings = {}, ...options } = {}) {
  const script = await bundle(entry, settings);
  const hasRecords = /^(kv|d1|durable-object)$/.test(env.SESSION_STORE);
  const { miniflare, origin, pid } = await startWorkerd({
    modules: [{ type: "ESModule", path: "worker.js", contents: script }],
    compatibilityDate: "2026-04-01",
    bindings: { SESSION_SECRET: randomBytes(32).toString("base64url"), ...env },
    // Each of these is a Worker of miniflare's in the same process, too.
    ...(hasRecords && {
      kvNamespaces: ["SESSION_KV"],
      durableObjects: { SESSION_OBJECT: { className: "SessionObject", useSQLite: true } },
    }),
    d1Databases: [...(hasRecords ? ["SESSION_DB"] : []), ...(hasQuery ? ["BENCH_DB"] : [])],
    ...options,
  });
  if (env.SESSION_STORE === "d1") await migrate(await miniflare.getD1Database("SESSION_DB"));
  if (hasQuery) await fill(await miniflare.getD1Database("BENCH_DB"));
  return {
    origin,
    script,
    bytes: gzipSync(script).length,
    cpuTime: () => cpuTimeOf(pid),
    stop: () => miniflare.dispose(),
    miniflare,
  };
}

async function fill(database) {
  await database.prepare("CREATE TABLE article (id INTEGER PRIMARY KEY, title TEXT NOT NULL)").run();
  await database.prepare("INSERT INTO article (id, title) VALUES (1, 'An article')").run();
}

/** Seconds that all threads of the process have run; NaN where the system does not say. */
export function cpuTimeOf(pid) {
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
