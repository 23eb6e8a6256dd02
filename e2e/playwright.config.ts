/** The browser tests: the production build in local workerd, with each store. Each run has its own secret and data. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { findBrowser } from "./browser";
import { freePort } from "./free-port";
import { type Server, type StoreOptions, servers } from "./stores";

// Playwright reads this file again in each worker. The workers inherit the environment set here.
process.env.BROWSER_PATH = findBrowser();
process.env.E2E_SESSION_SECRET ??= randomBytes(32).toString("base64url");
process.env.E2E_FOLDER ??= mkdtempSync(join(tmpdir(), "sessions-e2e-"));
process.env.E2E_PORTS ??= (await Promise.all(servers.map(freePort))).join();

// Where servers and tests find each other's Durable Objects, separate from any other `wrangler dev`.
process.env.WRANGLER_REGISTRY_PATH = join(process.env.E2E_FOLDER, "registry");
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";

const { BROWSER_PATH, E2E_SESSION_SECRET, E2E_FOLDER } = process.env;
const ports = process.env.E2E_PORTS.split(",");
const originOf = (server: Server) => `http://localhost:${ports[servers.indexOf(server)]}`;
// The other specs do not depend on the store.
const specsOfStores = /(theme|form-flash|account|session|inspector)\.spec\.ts$/;
const specs: Record<Server, RegExp> = {
  cookie: /(?<!outage|lighthouse)\.spec\.ts$/,
  kv: specsOfStores,
  d1: specsOfStores,
  "durable-object": specsOfStores,
  outage: /outage\.spec\.ts$/,
};

// An --env-file replaces .dev.vars. A --var would lose against a developer's .dev.vars.
const secrets = join(E2E_FOLDER, "secrets.env");
writeFileSync(secrets, `SESSION_SECRET=${E2E_SESSION_SECRET}\nSESSION_INSPECTOR=on\n`, { mode: 0o600 });

export default defineConfig<StoreOptions>({
  testDir: ".",
  outputDir: "../test-results/e2e",
  globalTeardown: "./remove-folder.ts",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  reporter: [["list"], ["json", { outputFile: "../test-results/e2e.json" }]],
  use: {
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: BROWSER_PATH,
      args: [
        // Chromium's sandbox does not run as root, which most containers use.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    ...servers.map((server) => ({
      name: server,
      testMatch: specs[server],
      use: { store: server, baseURL: originOf(server) },
      // The session fixture opens the database files of these two servers, and SQLite locks them for each write. So no test
      // may write while the server answers another one.
      ...((server === "kv" || server === "d1") && { workers: 1 }),
    })),
    {
      name: "lighthouse",
      testMatch: /lighthouse\.spec\.ts$/,
      // Last and alone, because anything running beside it would be measured too.
      dependencies: [...servers],
      workers: 1,
      use: { store: "cookie" as const, baseURL: originOf("cookie") },
    },
  ],
  webServer: servers.map((server) => {
    const state = join(E2E_FOLDER, server);
    const environment = server === "cookie" ? '--env=""' : `--env ${server === "outage" ? "d1" : server}`;
    const serve = [
      `npx wrangler dev ${environment} --ip 127.0.0.1 --inspector-port 0 --show-interactive-dev-session=false`,
      `--log-level warn --port ${new URL(originOf(server)).port} --env-file "${secrets}" --persist-to "${state}"`,
    ].join(" ");
    const migrate = `npx wrangler d1 migrations apply SESSION_DB --local --env d1 --persist-to "${state}"`;
    return {
      name: server,
      command: server === "d1" ? `${migrate} && ${serve}` : serve,
      cwd: "..",
      url: `${originOf(server)}/robots.txt`,
      reuseExistingServer: false,
      timeout: 90_000,
      // wrangler needs time to stop workerd. Killed at once, it would leave it running.
      gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
      stdout: "pipe",
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", NO_UPDATE_NOTIFIER: "1" } as Record<string, string>,
    };
  }),
});
