/** `npm run bench` compares, `-- stores` counts, `-- device` measures device binding and `-- profile` shows where the time goes. README.md has the results. */
import { existsSync, mkdirSync } from "node:fs";

const parts = {
  compare: async (args) => (await import("./compare.js")).compare(args),
  stores: async () => (await import("./stores.js")).stores(),
  device: async () => (await import("./device.js")).device(),
  profile: async (args) => (await import("./profile.js")).profile(args),
};

const [name = "compare", ...args] = process.argv.slice(2);
if (!Object.hasOwn(parts, name)) {
  console.error(`There is no bench "${name}". There are: ${Object.keys(parts).join(", ")}.`);
  process.exit(1);
}
if (!existsSync("/proc/self/schedstat") && name !== "stores") {
  console.error("CPU time is read from /proc: this bench needs Linux.");
  process.exit(1);
}
mkdirSync("test-results", { recursive: true });
await parts[name](args);
process.exit();
