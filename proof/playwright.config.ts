/**
 * What only a browser can prove, beyond `npm test`. The default store serves it. "pictures" proves nothing: it draws the app's
 * icons, when its name or its colours have changed.
 */
import { defineConfig } from "@playwright/test";
import template from "../playwright.config";

const name = process.env.npm_lifecycle_event?.replace("test:", "") ?? "all";

export default defineConfig({
  ...template,
  testDir: ".",
  outputDir: `../test-results/${name}`,
  globalSetup: "../scripts/build-if-changed.js",
  // What ends a test here is its work. These only end one that hangs.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  reporter: [["list"], ["json", { outputFile: `../test-results/${name}.json` }]],
  projects: [
    { name: "firefox", testMatch: /(journeys|firefox)\.spec\.ts$/, use: { engine: "firefox" } as object },
    { name: "webkit", testMatch: /journeys\.spec\.ts$/, use: { engine: "webkit" } as object },
    { name: "screenshots", testMatch: /screenshots\.spec\.ts$/ },
    // Another run beside it would lower the performance that it prints.
    { name: "lighthouse", testMatch: /lighthouse\.spec\.ts$/, workers: 1 },
    { name: "pictures", testMatch: /pictures\.spec\.ts$/ },
  ],
});
