/** What the session needs outside the app: the secret, and the bindings of the server under test. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SessionEnv } from "../app/lib/session";
import type { Server } from "./server";
import { environmentOf } from "./stores";

const wranglerConfig = fileURLToPath(new URL("../wrangler.toml", import.meta.url));

/** Returns the environment for `getConfig` and a function that disconnects. The cookie store needs only the secret. */
export async function connectToStore({ store, secret, folder }: Server): Promise<{
  env: SessionEnv;
  disconnect: () => Promise<void>;
}> {
  if (store === "cookie") return { env: { SESSION_SECRET: secret }, disconnect: async () => {} };

  // Loaded only here: it takes a second.
  const { getPlatformProxy } = await import("wrangler");
  const proxy = await getPlatformProxy<SessionEnv>({
    ...(store === "durable-object"
      ? { configPath: await configOfObjects(folder), persist: false }
      : { configPath: wranglerConfig, environment: environmentOf(store), persist: { path: join(folder, "v3") } }),
    // A file that there is not, or wrangler would read the .dev.vars and the .env of whoever runs the tests.
    envFiles: [join(folder, "none.env")],
  });
  return { env: { ...proxy.env, SESSION_SECRET: secret, SESSION_STORE: store }, disconnect: proxy.dispose };
}

/** A Durable Object runs in the process of its Worker, so the binding names the server's script. */
async function configOfObjects(folder: string): Promise<string> {
  const path = join(folder, "objects.json");
  const { unstable_readConfig } = await import("wrangler");
  const { name: script_name } = unstable_readConfig({ config: wranglerConfig, env: environmentOf("durable-object") });
  const bindings = [{ name: "SESSION_OBJECT", class_name: "SessionObject", script_name }];
  writeFileSync(path, JSON.stringify({ name: "e2e", compatibility_date: "2026-04-01", durable_objects: { bindings } }));
  return path;
}
