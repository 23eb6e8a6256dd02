/** `npm run remove` with each part, one after the other: the second half of `npm run test:journeys`. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { createDeadline } from "./deadline.js";
import "./tmpdir-in-memory.js";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["scripts/remove.journey.test.js"],
    testTimeout: 600_000,
    // As the browser tests.
    retry: process.env.CI ? 1 : 0,
    reporters: ["verbose", ["json", { outputFile: "test-results/removals.json" }], createDeadline(25)],
  },
});
