/** The browser's tests: the production build, in local workerd, with a secret and a store made for this run alone. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { findBrowser } from "./browser";

// Playwright reads this file again in each of its workers, which inherit what is put into the environment here.
process.env.BROWSER_PATH = findBrowser();
process.env.E2E_SESSION_SECRET ??= randomBytes(32).toString("base64url");
process.env.E2E_PORT ??= String(await freePort());
process.env.E2E_FOLDER ??= mkdtempSync(join(tmpdir(), "sessions-e2e-"));

const { BROWSER_PATH, E2E_SESSION_SECRET, E2E_PORT, E2E_FOLDER } = process.env;
const origin = `http://localhost:${E2E_PORT}`;
process.env.E2E_ORIGIN = origin;

// Given with --env-file, it is read in place of .dev.vars; a --var would lose against a developer's own.
const secrets = join(E2E_FOLDER, "secrets.env");
writeFileSync(secrets, `SESSION_SECRET=${E2E_SESSION_SECRET}\n`, { mode: 0o600 });

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results/e2e",
  globalTeardown: "./remove-folder.ts",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  reporter: [["list"], ["json", { outputFile: "../test-results/e2e.json" }]],
  use: {
    baseURL: origin,
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: BROWSER_PATH,
      args: [
        // Chromium's sandbox refuses to run as root, as in most containers. Anyone else keeps it.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: [
      "npx wrangler dev --ip 127.0.0.1 --inspector-port 0 --show-interactive-dev-session=false --log-level warn",
      `--port ${E2E_PORT} --env-file "${secrets}" --persist-to "${join(E2E_FOLDER, "state")}"`,
    ].join(" "),
    cwd: "..",
    url: `${origin}/robots.txt`,
    reuseExistingServer: false,
    timeout: 60_000,
    // Time for wrangler to end workerd; killed outright, it would leave it behind.
    gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
    stdout: "pipe",
    env: { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false", NO_UPDATE_NOTIFIER: "1" },
  },
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
