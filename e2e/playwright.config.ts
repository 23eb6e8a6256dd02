/** The browser tests of `npm test`: the production build in local workerd, all specs with the default store, some with each. */
import { defineConfig } from "@playwright/test";
import "../scripts/tmpdir-in-memory.js";
import { findBrowser } from "./browser";
import { defaultStore, environmentOf, otherStores, type Store, type StoreOptions } from "./stores";

export const project = (store: Store, testMatch: RegExp) => ({ name: store as string, testMatch, use: { store } });

export const withOneStore = [
  project(defaultStore, /(?<!outage|screenshots|journeys|firefox|lighthouse)\.spec\.ts$/),
  ...(environmentOf("outage") === undefined ? [] : [project("outage", /outage\.spec\.ts$/)]),
];
/** The specs that depend on the store. */
export const specsOfStores =
  /[\\/](theme|form-flash|account|sign-in|live-sign-out|live-back-forward|session|inspector)\.spec\.ts$/;

// Playwright reads this file again in each worker. The workers inherit the environment set here.
process.env.E2E_BROWSER ??= findBrowser("shell");

export default defineConfig<StoreOptions>({
  testDir: ".",
  outputDir: "../test-results/e2e",
  globalSetup: "../scripts/build-if-changed.js",
  fullyParallel: true,
  workers: 2,
  // In a browser, a busy machine can be at fault. What passes only the second time is named at the end, as something to mend.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  reporter: [["list"], ["json", { outputFile: "../test-results/e2e.json" }]],
  use: {
    // Recording traces takes a third longer. To see what a failed test did: `npm run spec -- theme --trace on`.
    trace: "off",
    launchOptions: {
      executablePath: process.env.E2E_BROWSER,
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
    ...withOneStore,
    // These show that the app works with the store, which is asked at intervals unless it has sockets: the default store
    // shows that. `npm run test:rest` runs the others.
    ...otherStores.map((store) => ({
      ...project(store, specsOfStores),
      grep: store === "durable-object" ? /@each-store|@sockets/ : /@each-store/,
      // A second server would take longer to start than it saves.
      workers: 1,
    })),
  ],
});
