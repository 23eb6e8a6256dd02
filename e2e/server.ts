/** The production build in local workerd, run by `wrangler dev`. Each Playwright worker starts the one server that it needs. */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { environmentOf, type Store } from "./stores";

const root = fileURLToPath(new URL("..", import.meta.url));
const wrangler = createRequire(import.meta.url).resolve("wrangler/bin/wrangler.js");

export interface Server {
  store: Store;
  origin: string;
  /** The secret and the data of this server only. Both are deleted when it stops. */
  secret: string;
  folder: string;
  /** Stops it and starts it again at the same address, with the same data. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Serves this project's build. `given` is the folder of another one, and a server whose secret and data it shares. */
export async function startServer(store: Store, given: { project?: string; beside?: Server } = {}): Promise<Server> {
  const { project = root, beside } = given;
  const secret = beside?.secret ?? randomBytes(32).toString("base64url");
  const folder = beside?.folder ?? mkdtempSync(join(tmpdir(), "sessions-e2e-"));
  // The session fixture looks up this server's Durable Objects here. Any other `wrangler dev` has another registry.
  process.env.WRANGLER_REGISTRY_PATH = join(folder, "registry");
  const env = {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    FORCE_COLOR: "0",
    NO_COLOR: "1",
  };

  // An --env-file replaces .dev.vars. A --var would lose against a developer's .dev.vars.
  const secrets = join(folder, "secrets.env");
  writeFileSync(secrets, `SESSION_SECRET=${secret}\nSESSION_INSPECTOR=on\n`, { mode: 0o600 });

  const environment = `--env=${environmentOf(store)}`;
  if (store === "d1" && !beside) {
    const migrate = ["d1", "migrations", "apply", "SESSION_DB", "--local", environment, `--persist-to=${folder}`];
    const { status, stderr } = spawnSync(process.execPath, [wrangler, ...migrate], {
      cwd: project,
      env,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`The migrations of the test database failed:\n${stderr}`);
  }

  const options = ["--ip=127.0.0.1", "--inspector-port=0", "--show-interactive-dev-session=false"];
  const files = [`--env-file=${secrets}`, `--persist-to=${folder}`];
  const start = (port: string) =>
    runUntilReady(store, ["dev", environment, ...options, `--port=${port}`, ...files], {
      cwd: project,
      env,
    });
  let running = await start("0");
  const { port } = running;

  return {
    store,
    origin: `http://localhost:${port}`,
    secret,
    folder,
    async restart() {
      await running.stop();
      running = await start(port);
    },
    async stop() {
      await running.stop();
      if (!beside) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function runUntilReady(store: Store, args: string[], place: { cwd: string; env: NodeJS.ProcessEnv }) {
  const child = spawn(process.execPath, [wrangler, ...args], { ...place, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  // Playwright may stop a worker without running its teardown.
  const kill = () => child.kill();
  process.once("exit", kill);

  let output = "";
  const port = await new Promise<string>((resolve, reject) => {
    const read = (text: string) => {
      output += text;
      const [, port] = /Ready on http:\/\/\S+:(\d+)/.exec(output) ?? [];
      if (port) resolve(port);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", read);
    const fail = () => reject(new Error(`The server for "${store}" did not start:\n${output}`));
    ended.then(fail);
    setTimeout(fail, 60_000).unref();
  });

  return {
    port,
    async stop() {
      process.off("exit", kill);
      kill();
      await ended;
    },
  };
}
