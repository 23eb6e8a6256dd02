/**
 * The journeys of people who use the template, each in a copy of its own: `npm run test:journeys`, which then runs those of
 * removals.config.js.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { createDeadline } from "./deadline.js";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["{scripts,e2e/hosts}/*.journey.test.js"],
    exclude: ["scripts/remove.*"],
    // Two hosts at a time, and no two files.
    maxConcurrency: 2,
    fileParallelism: false,
    testTimeout: 600_000,
    // As the browser tests. A race that is lost once is lost.
    retry: { count: process.env.CI ? 1 : 0, condition: /^(?!.*A race was lost)/s },
    reporters: ["verbose", ["json", { outputFile: "test-results/journeys.json" }], createDeadline(25)],
  },
});
