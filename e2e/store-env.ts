/** What the session needs outside the app: the secret, and the bindings of the server under test. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getPlatformProxy } from "wrangler";
import type { SessionEnv } from "../app/lib/session";
import type { Server } from "./stores";

const wranglerConfig = fileURLToPath(new URL("../wrangler.toml", import.meta.url));

/** Returns the environment for `getConfig` and a function that disconnects. The cookie store needs only the secret. */
export async function connectToStore(store: Server): Promise<{ env: SessionEnv; disconnect: () => Promise<void> }> {
  const { E2E_SESSION_SECRET = "", E2E_FOLDER = "" } = process.env;
  const secret = { SESSION_SECRET: E2E_SESSION_SECRET };
  if (store === "cookie") return { env: secret, disconnect: async () => {} };

  const proxy = await getPlatformProxy<SessionEnv>(
    store === "durable-object"
      ? { configPath: configOfObjects(E2E_FOLDER), persist: false }
      : { configPath: wranglerConfig, environment: store, persist: { path: join(E2E_FOLDER, store, "v3") } },
  );
  return { env: { ...proxy.env, ...secret, SESSION_STORE: store }, disconnect: proxy.dispose };
}

/** A Durable Object runs in the process of its Worker, so the binding names the server's script. */
function configOfObjects(folder: string): string {
  const path = join(folder, "objects.json");
  const script_name = "remix-cloudflare-sessions-durable-object";
  const bindings = [{ name: "SESSION_OBJECT", class_name: "SessionObject", script_name }];
  writeFileSync(path, JSON.stringify({ name: "e2e", compatibility_date: "2026-04-01", durable_objects: { bindings } }));
  return path;
}
