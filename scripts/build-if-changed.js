/**
 * The global setup of vitest and of Playwright: makes the production build, unless the last one is newer than everything
 * that it was made from. `npm run dev` writes build/index.js too, which makes the production build out of date.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = [
  "app",
  "public",
  "scripts",
  "worker.ts",
  "remix.config.js",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];

export default function buildIfChanged() {
  const built = join(root, "build/production");
  const read = [...source, "build/index.js"].map((path) => join(root, path));
  const isFresh = existsSync(built) && read.every((path) => lastChange(path) <= statSync(built).mtimeMs);
  if (!isFresh) execFileSync(process.execPath, ["scripts/build.js"], { cwd: root, stdio: "inherit" });
}

/** Folders count too: they change when a file in them is removed. */
function lastChange(path) {
  const entry = statSync(path);
  const inside = entry.isDirectory() ? readdirSync(path).map((name) => lastChange(join(path, name))) : [];
  return Math.max(entry.mtimeMs, ...inside);
}
