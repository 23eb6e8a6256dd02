import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { unstable_readConfig as readConfig } from "wrangler";
import "./scripts/tmpdir-in-memory.js";

const app = fileURLToPath(new URL("./app", import.meta.url));

const { compatibility_date, compatibility_flags } = readConfig({ config: "./wrangler.toml" });

/** Runs inside workerd, next to its source: what Node forgives, the platform may not. */
const inWorkerd = async () => ({
  plugins: [
    cloudflareTest({
      main: "./tests/session/test-worker.ts",
      // Not `wrangler: { configPath }`, which would also bring the .dev.vars and the .env of whoever runs the tests.
      miniflare: {
        compatibilityDate: compatibility_date,
        compatibilityFlags: compatibility_flags,
        bindings: {
          SESSION_SECRET: randomBytes(32).toString("base64url"),
          MIGRATIONS: await readD1Migrations("./migrations"),
          // How many interleavings races.test.ts tries, and which: see scripts/explore.js.
          ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("RACE_"))),
        },
        kvNamespaces: ["SESSION_KV"],
        d1Databases: ["SESSION_DB"],
        durableObjects: { SESSION_OBJECT: { className: "SessionObject", useSQLite: true } },
      },
    }),
  ],
  resolve: { alias: { "~": app } },
});
const workerdTest = {
  // One workerd for all files instead of one for each: half the time.
  isolate: false,
  // Remix's CommonJS entry cannot be loaded by workerd until it is bundled into a module.
  deps: { optimizer: { ssr: { enabled: true, include: ["@remix-run/cloudflare"] } } },
};

export default defineConfig({
  test: {
    reporters: ["default", ["json", { outputFile: "test-results/unit.json" }]],
    maxWorkers: 2,
    projects: [
      {
        ...(await inWorkerd()),
        test: { ...workerdTest, name: "workerd", include: ["{app,tests}/**/*.test.{ts,tsx}"] },
      },
      {
        ...(await inWorkerd()),
        test: {
          ...workerdTest,
          name: "worker",
          include: ["worker.test.ts"],
          globalSetup: "./scripts/build-if-changed.js",
        },
      },
      {
        test: {
          name: "node",
          environment: "node",
          include: ["scripts/**/*.test.js", "e2e/**/*.test.ts", "bench/*.test.js"],
          exclude: ["**/*.{slow,journey}.test.js"],
        },
      },
    ],
  },
});
