/**
 * Finds a browser for the tests, so that `npm test` works on a fresh machine. Most tests need only Chromium's headless shell,
 * which is two to three times as fast. The "full" browser also has the back/forward cache and reads a profile's settings.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

const IS_SHELL = /headless[-_]shell(\.exe)?$/;

/** Returns the path of the browser that BROWSER_PATH names, Playwright's own, the system's, or one that it installs. */
export function findBrowser(kind: "shell" | "full"): string {
  const named = process.env.BROWSER_PATH;
  if (named && !(kind === "full" && IS_SHELL.test(named))) return named;
  for (const prepare of [() => {}, installPlaywrights, installDebians]) {
    prepare();
    const found = [...(kind === "shell" ? shells() : []), ...fullBrowsers()].find(starts);
    if (found) return found;
  }
  throw new Error("The tests need Chrome, Chromium or Edge. Install one, or set BROWSER_PATH to its executable.");
}

/** Playwright installs its shell beside its Chromium, and tells only the path of the latter. */
function shells(): string[] {
  const folder = chromium.executablePath().replace(/chromium-(\d+).*/, "chromium_headless_shell-$1");
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const own = files.filter((file) => IS_SHELL.test(file)).map((file) => join(folder, file));
  return [...own, ...inPath(["chromium-headless-shell"])];
}

function fullBrowsers(): string[] {
  const mac = ["Google Chrome", "Chromium", "Microsoft Edge"].map((name) => `${name}.app/Contents/MacOS/${name}`);
  const windows = ["Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"];
  const programs = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"].map((name) => process.env[name]);
  const system = inPath(["google-chrome", "chromium", "chromium-browser", "microsoft-edge"]);
  return [chromium.executablePath(), ...system, ...inFolders(["/Applications"], mac), ...inFolders(programs, windows)];
}

const inPath = (names: string[]) => inFolders(process.env.PATH?.split(delimiter) ?? [], names);
const inFolders = (folders: (string | undefined)[], names: string[]) =>
  names.flatMap((name) => folders.flatMap((folder) => (folder ? [join(folder, name)] : [])));

/** A file may lack its libraries, or only ask for a snap. On Windows, `--version` would open a window. */
const starts = (path: string) =>
  existsSync(path) && (process.platform === "win32" || run([path, "--version"], "ignore"));

const installPlaywrights = () => run(["npx", "playwright", "install", "chromium"]);

/** For a container that lacks libraries, or a mirror with only the distribution's packages. Old releases have no shell alone. */
function installDebians() {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return;
  run(["apt-get", "update"]);
  for (const name of ["chromium", "chromium-headless-shell"])
    run(["apt-get", "install", "-y", "--no-install-recommends", name]);
}

const run = ([command = "", ...args]: string[], stdio: "ignore" | "inherit" = "inherit") =>
  spawnSync(command, args, { stdio, shell: process.platform === "win32" }).status === 0;
