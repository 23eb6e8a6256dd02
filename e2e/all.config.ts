/** Every project, including those that only `npm run test:all` has the time for. `npm run spec` picks from these. */
import { defineConfig } from "@playwright/test";
import { isOwn } from "./own";
import config, { project, specsOfStores, withOneStore } from "./playwright.config";
import type { StoreOptions } from "./stores";
import { type Engine, engines } from "./tab";

const others = [
  project("kv", specsOfStores),
  project("d1", specsOfStores),
  project("durable-object", specsOfStores),
  { ...project("cookie", /screenshots\.spec\.ts$/), name: "screenshots" },
  ...engines.map((engine) => ({
    name: engine as string,
    testMatch: engine === "firefox" ? /(journeys|firefox)\.spec\.ts$/ : /journeys\.spec\.ts$/,
    use: { store: "cookie" as const, engine },
    // Playwright's own WebKit has no such setting, WebKitGTK has.
    ...(engine === "webkit" && isOwn(engine) && { grepInvert: /cookies blocked/ }),
  })),
];

export default defineConfig<StoreOptions & { engine: Engine }>({
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
