/** Everything that is not a browser test. Each folder is a proof of its own: `npm run test:hosts`, and so on. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const name = process.env.npm_lifecycle_event?.replace("test:", "") ?? "all";

export default defineConfig({
  // The project's folder: the tests name files as its own scripts do.
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["proof/*/*.test.js"],
    // Two hosts at a time, and no two files: some measure.
    maxConcurrency: 2,
    fileParallelism: false,
    // What ends a test is its work, however busy the machine is.
    testTimeout: 0,
    hookTimeout: 0,
    // A race that is lost once is lost.
    retry: { count: process.env.CI ? 1 : 0, condition: /^(?!.*A race was lost)/s },
    reporters: ["verbose", ["json", { outputFile: `test-results/${name}.json` }]],
  },
});
