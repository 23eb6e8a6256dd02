import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { unstable_readConfig as readConfig } from "wrangler";
import { preserveSymlinks } from "./scripts/plain-path.js";
import "./scripts/tmpdir-in-memory.js";

const { compatibility_date, compatibility_flags } = readConfig({ config: "./wrangler.toml" });
const migrations = await readD1Migrations("./migrations");

/** They test the production build, which is made first. */
const ofTheBuild = "**/worker.test.ts";
/** They begin each run with empty stores, which are slow to use once other tests have filled them. */
const races = "tests/session/{races,faults}.test.ts";

/** Runs in workerd: what Node forgives, the platform may not. */
const inWorkerd = (test) => ({
  extends: true,
  plugins: [
    cloudflareTest({
      main: "./tests/session/test-worker.ts",
      // Not `wrangler: { configPath }`, which would also bring the developer's .dev.vars and .env.
      miniflare: {
        compatibilityDate: compatibility_date,
        compatibilityFlags: compatibility_flags,
        bindings: {
          SESSION_SECRET: randomBytes(32).toString("base64url"),
          MIGRATIONS: migrations,
          // How many orders and faults races.test.ts and faults.test.ts try, and which.
          ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("RACE_"))),
        },
        kvNamespaces: ["SESSION_KV"],
        d1Databases: ["SESSION_DB"],
        durableObjects: { SESSION_OBJECT: { className: "SessionObject", useSQLite: true } },
      },
    }),
  ],
  test: {
    ...test,
    // One workerd for all files instead of one for each: half the time.
    isolate: false,
    // workerd cannot load Remix's CommonJS entry until it is bundled into a module.
    deps: { optimizer: { ssr: { enabled: true, include: ["@remix-run/cloudflare"] } } },
  },
});

export default defineConfig({
  resolve: {
    alias: { "~": fileURLToPath(new URL("./app", import.meta.url)) },
    preserveSymlinks,
  },
  test: {
    // A test that hangs has to end at some time, and a busy machine or a cold disk must not fail one.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 120_000,
    maxWorkers: 2,
    reporters: ["default", "json"],
    outputFile: { json: "test-results/unit.json" },
    projects: [
      inWorkerd({ name: "workerd", include: ["{app,tests}/**/*.test.{ts,tsx}"], exclude: [ofTheBuild, races] }),
      inWorkerd({ name: "races", include: [races] }),
      inWorkerd({ name: "worker", include: [ofTheBuild], globalSetup: "./scripts/build-if-changed.js" }),
      { extends: true, test: { name: "node", include: ["scripts/*.test.js", "e2e/**/*.test.ts"] } },
    ],
  },
});
