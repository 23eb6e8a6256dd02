/**
 * The browser tests: the production build in local workerd, in Chromium. `npx playwright test theme-toggle` runs one room's,
 * and `--project cookie` those with one store. To see what a failed test did, add `--trace on`.
 */
import { defineConfig } from "@playwright/test";
import { findBrowser } from "./e2e/browser";
import { isConsistent, type Store, type StoreOptions, stores } from "./e2e/stores";
import "./scripts/tmpdir-in-memory.js";

// Each worker reads this file again, and inherits the environment set here.
process.env.E2E_BROWSER ??= findBrowser("shell");

/**
 * The default store has all tests, but for those of consistent stores if it is none. The others have those that depend on the
 * store, which does not depend on JavaScript.
 */
function testsOf(store: Store) {
  if (store === "outage") return { grep: /@outage/ };
  if (store === stores[0]) return { grepInvert: isConsistent(store) ? /@outage/ : /@outage|@consistent/ };
  const tags = ["@each-store", isConsistent(store) && "@consistent", store === "durable-object" && "@sockets"];
  return { grep: new RegExp(tags.filter(Boolean).join("|")), grepInvert: /without JavaScript/ };
}

export default defineConfig<StoreOptions>({
  testDir: "e2e",
  outputDir: "test-results/e2e",
  globalSetup: "./scripts/build-if-changed.js",
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  // The report names as flaky what passes only the second time.
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/e2e.json" }]],
  use: {
    launchOptions: {
      executablePath: process.env.E2E_BROWSER,
      args: [
        // Chromium's sandbox does not run as root, which most containers use.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        // It would ask for hosts of its own.
        "--disable-background-networking",
        "--disable-component-update",
      ],
    },
  },
  projects: stores.map((store) => ({
    name: store,
    use: { store },
    ...testsOf(store),
    // Each worker starts a server, which takes longer than the few tests of another store.
    ...(store === stores[0] ? {} : { workers: 1 }),
  })),
});
