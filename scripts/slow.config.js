/** The tests that only `npm run test:all` has the time for: `*.slow.test.js`, one after the other. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import "./tmpdir-in-memory.js";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["scripts/*.slow.test.js"],
    globalSetup: "./scripts/build-if-changed.js",
    // They measure, so nothing may run beside them.
    fileParallelism: false,
    reporters: ["verbose", ["json", { outputFile: "test-results/slow.json" }]],
  },
});
