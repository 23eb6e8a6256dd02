/** `npm run bench` compares; `npm run bench -- scale` and its like measure one thing more. docs/performance.md has the results. */
import { mkdirSync } from "node:fs";

const parts = {
  compare: async () => (await import("./compare.js")).compare(),
  start: async () => (await import("./start.js")).start(),
  scale: async () => (await import("./scale.js")).scale(),
  profile: async () => (await import("./profile.js")).profile(),
  loop: async () => (await import("./loop.js")).loop(),
};

const name = process.argv[2] ?? "compare";
if (!Object.hasOwn(parts, name)) {
  console.error(`There is no bench "${name}". There are: ${Object.keys(parts).join(", ")}.`);
  process.exit(1);
}
mkdirSync("test-results", { recursive: true });
await parts[name]();
process.exit();
