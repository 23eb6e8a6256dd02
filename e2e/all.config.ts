/** Every project, including those that only `npm run test:all` has the time for. `npm run spec` picks from these. */
import { defineConfig } from "@playwright/test";
import config, { project, specsOfStores, withOneStore } from "./playwright.config";
import { defaultStore, otherStores, type StoreOptions } from "./stores";
import { type Engine, engines } from "./tab";

const others = [
  ...otherStores.map((store) => project(store, specsOfStores)),
  { ...project(defaultStore, /screenshots\.spec\.ts$/), name: "screenshots" },
  ...engines.map((engine) => ({
    name: engine as string,
    testMatch: engine === "firefox" ? /(journeys|firefox)\.spec\.ts$/ : /journeys\.spec\.ts$/,
    use: { store: defaultStore, engine },
  })),
];

/** Those that `npm test` leaves out. */
export const rest = [
  ...others,
  {
    ...project(defaultStore, /lighthouse\.spec\.ts$/),
    name: "lighthouse",
    // Last and alone, because anything running beside it would be measured too.
    dependencies: others.map(({ name }) => name),
    workers: 1,
  },
];

export default defineConfig<StoreOptions & { engine: Engine }>({
  ...config,
  reporter: [["list"], ["json", { outputFile: "../test-results/e2e-all.json" }]],
  projects: [...withOneStore, ...rest],
});
