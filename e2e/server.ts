/** The production build in local workerd, with the bindings of wrangler.toml. Each Playwright worker starts one server. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StoreEnv } from "../app/lib/session/stores";
import { environmentOf, type Store } from "./stores";
// @ts-expect-error It has no types.
import { migrate, optionsOfApp, startWorkerd } from "./workerd.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Of wrangler.toml and .dev.vars. */
type Variables = Record<string, string>;

export interface Server {
  origin: string;
  /** What the app gets, for `getConfig`. Ask again after a restart. */
  bindings: () => Promise<StoreEnv>;
  /** Starts it again at the same address, with the same data, and with these variables in place of its own. */
  restart: (variables?: Variables) => Promise<void>;
  /** Stops it and deletes its data. */
  stop: () => Promise<void>;
}

/** `https` is with Miniflare's own certificate, for localhost. */
export async function startServer(store: Store, { https = false } = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "sessions-e2e-"));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  // Playwright may stop a worker without running its teardown.
  process.once("exit", clean);

  const app = await optionsOfApp(root, environmentOf(store));
  const bindings = {
    ...app.bindings,
    SESSION_SECRET: randomBytes(32).toString("base64url"),
    SESSION_INSPECTOR: "on",
  };
  const options = { ...app, bindings, https, defaultPersistRoot: folder };
  let { miniflare } = await startWorkerd(options);
  if (store === "d1") await migrate(await miniflare.getD1Database("SESSION_DB"));
  const { port } = await miniflare.ready;

  return {
    origin: `${https ? "https" : "http"}://localhost:${port}`,
    bindings: () => miniflare.getBindings(),
    async restart(variables = {}) {
      await miniflare.dispose();
      ({ miniflare } = await startWorkerd({
        ...options,
        bindings: { ...bindings, ...variables },
        port: Number(port),
      }));
    },
    async stop() {
      await miniflare.dispose();
      process.off("exit", clean);
      clean();
    },
  };
}
