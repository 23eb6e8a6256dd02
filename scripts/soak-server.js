/** For the soak test: the production build in a workerd that can be killed and started again with the same data. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

// Miniflare comes with wrangler.
const { Log, LogLevel, Miniflare } = createRequire(createRequire(import.meta.url).resolve("wrangler"))("miniflare");

const build = readFileSync("build/index.js", "utf8");
const migrations = readdirSync("migrations").map((file) => readFileSync(`migrations/${file}`, "utf8"));

export class SoakServer {
  #isMigrated = false;

  constructor({ store, secret, folder }) {
    this.store = store;
    this.secret = secret;
    this.folder = folder;
    this.start();
  }

  /** `origin` resolves once it serves requests. */
  start() {
    this.origin = this.#start();
  }

  async #start() {
    const environment = this.store === "cookie" ? undefined : this.store;
    // Without the assets, which would only put another Worker in front of this one.
    const { assets: _, ...options } = unstable_getMiniflareWorkerOptions("wrangler.toml", environment).workerOptions;
    const before = new Set(workerds());
    this.miniflare = new Miniflare({
      ...options,
      modules: [{ type: "ESModule", path: "build/index.js", contents: build }],
      bindings: { ...options.bindings, SESSION_SECRET: this.secret },
      defaultPersistRoot: this.folder,
      host: "127.0.0.1",
      port: 0,
      // Straight to the Worker. Miniflare's own Worker in front of it has a heap of its own, which would be measured too.
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      cf: false,
      log: new Log(LogLevel.NONE),
      // The session's log lines.
      handleRuntimeStdio: (stdout, stderr) => {
        stdout.resume();
        stderr.resume();
      },
    });
    await this.miniflare.ready;
    this.pid = workerds().find((pid) => !before.has(pid));
    if (this.store === "d1" && !this.#isMigrated) await this.#migrate();
    return (await this.miniflare.unsafeGetDirectURL()).origin;
  }

  async #migrate() {
    const database = await this.miniflare.getD1Database("SESSION_DB");
    const statements = migrations.join("\n").replace(/--.*$/gm, "").split(";");
    for (const statement of statements.filter((each) => each.trim())) await database.prepare(statement).run();
    this.#isMigrated = true;
  }

  /** Kills workerd, whatever it is doing, and starts another one. Where its id is not known, Miniflare kills it. */
  async restart() {
    const { miniflare } = this;
    let restarted;
    this.origin = new Promise((resolve) => {
      restarted = resolve;
    });
    if (this.pid) process.kill(Number(this.pid), "SIGKILL");
    await miniflare.dispose();
    restarted(this.#start());
    await this.origin;
  }

  /** The memory of workerd in MiB, or NaN where there is no /proc. */
  memory() {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readIfThere(`/proc/${this.pid}/status`)) ?? [];
    return Number(kilobytes) / 1024;
  }

  stop() {
    return this.miniflare.dispose();
  }
}

/** The ids of the workerds that this process has started. None where there is no /proc. */
function workerds() {
  const children = readIfThere(`/proc/self/task/${process.pid}/children`).split(" ").filter(Boolean);
  return children.filter((pid) => readIfThere(`/proc/${pid}/comm`).trim() === "workerd");
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
