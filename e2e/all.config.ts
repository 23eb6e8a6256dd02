/** Every project, including those that only `npm run test:all` has the time for. `npm run spec` picks from these. */
import { defineConfig } from "@playwright/test";
import config, { project, specsOfStores, withOneStore } from "./playwright.config";
import type { StoreOptions } from "./stores";

const others = [
  project("kv", specsOfStores),
  project("d1", specsOfStores),
  project("durable-object", specsOfStores),
  { ...project("cookie", /screenshots\.spec\.ts$/), name: "screenshots" },
  { ...project("cookie", /firefox\.spec\.ts$/), name: "firefox" },
];

export default defineConfig<StoreOptions>({
  ...config,
  reporter: [["list"], ["json", { outputFile: "../test-results/e2e-all.json" }]],
  projects: [
    ...withOneStore,
    ...others,
    {
      ...project("cookie", /lighthouse\.spec\.ts$/),
      name: "lighthouse",
      // Last and alone, because anything running beside it would be measured too.
      dependencies: others.map(({ name }) => name),
      workers: 1,
    },
  ],
});
