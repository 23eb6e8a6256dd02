/**
 * The production build in local workerd, with the bindings of wrangler.toml. Each Playwright worker starts the one server that
 * it needs. Why not by `wrangler dev`: ../scripts/workerd.js.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SessionEnv } from "../app/lib/session";
// @ts-expect-error It has no types.
import { migrate, optionsOfApp, startWorkerd } from "../scripts/workerd.js";
import { environmentOf, type Store } from "./stores";

const root = fileURLToPath(new URL("..", import.meta.url));

export interface Server {
  store: Store;
  origin: string;
  /** The secret and the data of this server only. The data is deleted when it stops. */
  secret: string;
  folder: string;
  /** What the app gets, for `getConfig`. To be asked for again after a restart. */
  bindings: () => Promise<SessionEnv>;
  /** Stops it and starts it again at the same address, with the same data. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Serves this project's build. `given` is the folder of another one, and a server whose secret and data it shares. */
export async function startServer(store: Store, given: { project?: string; beside?: Server } = {}): Promise<Server> {
  const { project = root, beside } = given;
  const secret = beside?.secret ?? randomBytes(32).toString("base64url");
  const folder = beside?.folder ?? mkdtempSync(join(tmpdir(), "sessions-e2e-"));

  const app = await optionsOfApp(project, environmentOf(store));
  const options = {
    ...app,
    bindings: { ...app.bindings, SESSION_SECRET: secret, SESSION_INSPECTOR: "on" },
    defaultPersistRoot: folder,
  };
  // Playwright may stop a worker without running its teardown.
  const clean = () => rmSync(folder, { recursive: true, force: true });
  if (!beside) process.once("exit", clean);
  let { miniflare } = await startWorkerd(options);
  if (store === "d1" && !beside) await migrate(await miniflare.getD1Database("SESSION_DB"));
  const { port } = await miniflare.ready;

  return {
    store,
    origin: `http://localhost:${port}`,
    secret,
    folder,
    bindings: () => miniflare.getBindings(),
    async restart() {
      await miniflare.dispose();
      ({ miniflare } = await startWorkerd({ ...options, port: Number(port) }));
    },
    async stop() {
      await miniflare.dispose();
      if (beside) return;
      process.off("exit", clean);
      clean();
    },
  };
}
