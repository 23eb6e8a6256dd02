/**
 * Run before any test of the production build: builds it if the source has changed since the last build, or if something
 * else, like `remix dev`, has written to the build. So no test runs against an old build.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = ["app", "worker.ts", "remix.config.js", "tsconfig.json", "package.json", "package-lock.json"];
const tools = ["scripts/build.js", "scripts/snippets.js", "scripts/source-link.js"];
const output = ["build/index.js", "public/build"];
const stamp = "build/source.sha256";

/** The `globalSetup` of vitest and of Playwright. */
export default function buildIfChanged() {
  if (!isBuildFresh(root)) execFileSync(process.execPath, ["scripts/build.js"], { cwd: root, stdio: "inherit" });
}

export function isBuildFresh(folder) {
  const path = join(folder, stamp);
  return existsSync(path) && readFileSync(path, "utf8") === hash(folder);
}

/** Called at the end of each production build. */
export function markBuildFresh(folder) {
  writeFileSync(join(folder, stamp), hash(folder));
}

/** A hash of all that a build reads and writes. Tests are in no build. */
function hash(folder) {
  const sum = createHash("sha256");
  const files = [...source, ...tools, ...output].flatMap((path) => filesIn(folder, path));
  for (const path of files.filter((path) => !/\.test\.tsx?$/.test(path))) {
    sum.update(`${path}\0`).update(readFileSync(join(folder, path)));
  }
  return sum.digest("hex");
}

function filesIn(folder, path) {
  const absolute = join(folder, path);
  if (!existsSync(absolute)) return [];
  if (statSync(absolute).isFile()) return [path];
  return readdirSync(absolute)
    .sort()
    .flatMap((name) => filesIn(folder, `${path}/${name}`));
}
