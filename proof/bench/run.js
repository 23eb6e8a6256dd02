/** `npm run bench` compares; `npm run bench -- scale` and its like measure one thing more. README.md has the results. */
import { existsSync, mkdirSync } from "node:fs";

const parts = {
  compare: async (args) => (await import("./compare.js")).compare(args),
  steps: async () => (await import("./steps.js")).steps(),
  start: async (args) => (await import("./start.js")).start(args),
  scale: async () => (await import("./scale.js")).scale(),
  stores: async () => (await import("./stores.js")).stores(),
  profile: async (args) => (await import("./profile.js")).profile(args),
};

const [name = "compare", ...args] = process.argv.slice(2);
if (!Object.hasOwn(parts, name)) {
  console.error(`There is no bench "${name}". There are: ${Object.keys(parts).join(", ")}.`);
  process.exit(1);
}
if (!existsSync("/proc/self/schedstat") && !["scale", "stores"].includes(name)) {
  console.error("CPU time is read from /proc: this bench needs Linux.");
  process.exit(1);
}
mkdirSync("test-results", { recursive: true });
await parts[name](args);
process.exit();
