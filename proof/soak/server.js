/** The production build in a workerd that can be killed and started again with the same data. */
import { environmentOf } from "../../e2e/stores.ts";
import { migrate, optionsOfApp, readIfThere, startWorkerd } from "../../e2e/workerd.js";

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
    // Without the assets, which would only put another Worker in front of this one.
    const { assets: _, ...options } = await optionsOfApp(".", environmentOf(this.store));
    const { miniflare, origin, pid } = await startWorkerd({
      ...options,
      bindings: { ...options.bindings, SESSION_SECRET: this.secret },
      defaultPersistRoot: this.folder,
      logLevel: "NONE",
    });
    this.miniflare = miniflare;
    this.pid = pid;
    if (this.store === "d1" && !this.#isMigrated) {
      await migrate(await miniflare.getD1Database("SESSION_DB"));
      this.#isMigrated = true;
    }
    return origin;
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
    return this.miniflare?.dispose();
  }
}
