/**
 * `npm run spec -- theme`: runs e2e/theme.spec.ts with the default store. `-- theme --project kv` runs it with another one.
 * Takes several names, parts of names, and any option of Playwright: `-- theme --headed --grep "Dark"`.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readAppStores } from "./app-stores.js";

const folder = fileURLToPath(new URL("../e2e/", import.meta.url));
const stores = readAppStores().map(({ store }) => store);
// Playwright refuses a project that there is not.
const withOneStore = [
  stores[0],
  ...(stores.includes("d1") ? ["outage"] : []),
  "screenshots",
  "chromium",
  "firefox",
  "webkit",
  "lighthouse",
];

/**
 * Returns the arguments for Playwright. The names are compared with the names of files and not with whole paths, in which
 * the folder of a clone may contain them too.
 */
export function playwrightArguments(given, specs) {
  const firstOption = given.findIndex((argument) => argument.startsWith("-"));
  const names = firstOption < 0 ? given : given.slice(0, firstOption);
  const options = firstOption < 0 ? [] : given.slice(firstOption);

  const files = names.flatMap((name) => {
    const [, wanted, line = ""] = /^(?:.*[\\/])?(.*?)(?:\.spec)?(?:\.ts)?(:\d+)?$/.exec(name);
    const exact = specs.filter((spec) => spec === `${wanted}.spec.ts`);
    const found = exact.length > 0 ? exact : specs.filter((spec) => wanted && spec.includes(wanted));
    if (found.length === 0) throw new Error(`There is no spec "${name}" in e2e/.`);
    return found.map((spec) => `[\\\\/]e2e[\\\\/]${spec.replaceAll(".", "\\.")}$${line}`);
  });
  if (files.length === 0) throw new Error("Name a spec: npm run spec -- theme");

  const hasProject = options.some((option) => /^--project\b/.test(option));
  const projects = hasProject ? [] : withOneStore.map((name) => `--project=${name}`);
  return ["test", "--config", "e2e/all.config.ts", "--no-deps", ...files, ...projects, ...options];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const specs = readdirSync(folder).filter((name) => name.endsWith(".spec.ts"));
  try {
    const playwright = createRequire(import.meta.url).resolve("@playwright/test/cli");
    const { status } = spawnSync(process.execPath, [playwright, ...playwrightArguments(process.argv.slice(2), specs)], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      stdio: "inherit",
    });
    process.exitCode = status ?? 1;
  } catch (error) {
    const list = specs.map((spec) => spec.replace(".spec.ts", "")).join(", ");
    console.error(`${error.message}\nThere are: ${list}.`);
    process.exitCode = 1;
  }
}
