/**
 * Finds a browser for the tests, so that `npm test` works on a fresh machine: the one you name, Playwright's own, the
 * system's, or one that it installs. Without any it throws and says what to do. Tests are never skipped.
 *
 * Most tests run two to three times as fast in Chromium's headless shell. It has no back/forward cache, and Lighthouse
 * measures what people use, so some tests need the full browser.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

export type Kind = "shell" | "full";

/** What the search needs to know about the machine. The tests pass one of their own. */
export interface Machine {
  platform: NodeJS.Platform;
  env: Record<string, string | undefined>;
  home: string;
  isRoot: boolean;
  playwrightsOwn: (kind: Kind) => string | undefined;
  exists: (path: string) => boolean;
  /** Returns whether the command succeeded in time. */
  run: (command: string[], options: { seconds: number; quiet?: boolean }) => boolean;
}

const APT = ["apt-get", "-o", "Acquire::http::Timeout=30", "-o", "DPkg::Lock::Timeout=60"];

/** Returns the path of a browser that starts. For "shell", any browser will do if there is no shell. */
export function findBrowser(kind: Kind, machine: Machine = thisMachine): string {
  const named = machine.env.BROWSER_PATH;
  if (named && !(kind === "full" && isShell(named))) {
    if (starts(named, machine)) return named;
    throw new Error(`BROWSER_PATH is "${named}", and no browser starts there: correct it or unset it.`);
  }

  const kinds: Kind[] = kind === "shell" ? ["shell", "full"] : ["full"];
  const installed = () =>
    kinds
      .flatMap((each) => [machine.playwrightsOwn(each), ...systemBrowsers(each, machine)])
      .find((path) => path !== undefined && starts(path, machine));
  const found = installed();
  if (found) return found;

  machine.run(["npx", "playwright", "install", "chromium"], { seconds: 180 });
  const downloaded = installed();
  if (downloaded) return downloaded;

  // A machine behind a mirror reaches only its distribution's packages, and a bare container lacks libraries.
  if (machine.isRoot && machine.exists("/etc/debian_version")) {
    machine.run([...APT, "update"], { seconds: 120 });
    const install = [...APT, "install", "-y", "--no-install-recommends", "chromium"];
    // Older releases have no package with the shell.
    machine.run([...install, "chromium-headless-shell"], { seconds: 300 }) || machine.run(install, { seconds: 300 });
    const packaged = installed();
    if (packaged) return packaged;
  }

  throw new Error(
    "The tests need a browser and could not install one: install Chrome, Chromium or Edge, or run " +
      "`npx playwright install --with-deps chromium`, or set BROWSER_PATH to the executable of one that you have.",
  );
}

/** Returns the path of a Firefox that starts, for journeys.spec.ts. FIREFOX_PATH selects one. */
export function findFirefox(machine: Machine = thisMachine): string {
  const named = machine.env.FIREFOX_PATH;
  const installed = () => [named, ...systemFirefoxes(machine)].find((path) => path && starts(path, machine));
  const found = installed();
  if (found) return found;

  if (machine.isRoot && machine.exists("/etc/debian_version")) {
    machine.run([...APT, "update"], { seconds: 120 });
    machine.run([...APT, "install", "-y", "--no-install-recommends", "firefox-esr"], { seconds: 300 });
    const packaged = installed();
    if (packaged) return packaged;
  }
  throw new Error(
    "The tests in Firefox need a Firefox and could not install one: install it, or set FIREFOX_PATH to its executable.",
  );
}

export interface WebKit {
  driver: string;
  /** A display for a machine without one. */
  xvfb: string;
}

/** Returns WebKitGTK's driver and a display for it, for journeys.spec.ts. WEBKIT_DRIVER_PATH selects a driver. */
export function findWebKit(machine: Machine = thisMachine): WebKit {
  const { env, isRoot, exists } = machine;
  const installed = () => {
    const drivers = [env.WEBKIT_DRIVER_PATH, ...inPath(["WebKitWebDriver"], env.PATH)];
    const driver = drivers.find((path) => path && exists(path));
    const xvfb = inPath(["Xvfb"], env.PATH).find(exists);
    return driver && (xvfb || env.DISPLAY) ? { driver, xvfb: xvfb ?? "" } : undefined;
  };
  const found = installed();
  if (found) return found;

  if (isRoot && exists("/etc/debian_version")) {
    machine.run([...APT, "update"], { seconds: 120 });
    machine.run([...APT, "install", "-y", "--no-install-recommends", "webkit2gtk-driver", "xvfb"], { seconds: 300 });
    const packaged = installed();
    if (packaged) return packaged;
  }
  throw new Error(
    "The tests in WebKit need one and could not install it: run `npx playwright install --with-deps webkit`, or install " +
      "WebKitGTK's WebKitWebDriver (Debian: webkit2gtk-driver) and Xvfb.",
  );
}

function systemFirefoxes({ platform, env, home }: Pick<Machine, "platform" | "env" | "home">): string[] {
  if (platform === "win32") {
    const folders = [env.ProgramFiles, env["ProgramFiles(x86)"]].filter((path) => path != null);
    return folders.map((folder) => join(folder, "Mozilla Firefox/firefox.exe"));
  }
  if (platform === "darwin")
    return ["/", home].map((root) => join(root, "Applications/Firefox.app/Contents/MacOS/firefox"));
  return inPath(["firefox-esr", "firefox"], env.PATH);
}

/** Returns paths in the order to try them. */
export function systemBrowsers(
  kind: Kind,
  { platform, env, home }: Pick<Machine, "platform" | "env" | "home">,
): string[] {
  // Only Linux distributions package it.
  if (kind === "shell") return platform === "linux" ? inPath(["chromium-headless-shell"], env.PATH) : [];
  if (platform === "win32") {
    const folders = [env.ProgramFiles, env["ProgramFiles(x86)"], env.LocalAppData].filter((path) => path != null);
    const programs = ["Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"];
    return programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  }
  if (platform === "darwin") {
    const apps = ["Google Chrome", "Chromium", "Microsoft Edge"];
    return apps.flatMap((app) =>
      ["/", home].map((root) => join(root, `Applications/${app}.app/Contents/MacOS/${app}`)),
    );
  }
  return inPath(["google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "microsoft-edge"], env.PATH);
}

function inPath(names: string[], path = ""): string[] {
  const folders = path.split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

const isShell = (path: string) => /(chrome-headless-shell|chromium-headless-shell|headless_shell)(\.exe)?$/.test(path);

function starts(path: string, { platform, exists, run }: Machine): boolean {
  if (!exists(path)) return false;
  // The file may lack its libraries, or only ask for a snap. (On Windows, `--version` would open a window.)
  return platform === "win32" || run([path, "--version"], { seconds: 20, quiet: true });
}

/** Playwright installs the shell beside its Chromium, but only names the path of the latter. */
export function playwrightsShell(chromiumPath: string, filesIn = listFiles): string | undefined {
  const [, cache, revision] = /^(.*[\\/])chromium-(\d+)[\\/]/.exec(chromiumPath) ?? [];
  if (!revision) return undefined;
  const folder = `${cache}chromium_headless_shell-${revision}`;
  const file = filesIn(folder).find(isShell);
  return file && join(folder, file);
}

function listFiles(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
}

const thisMachine: Machine = {
  platform: process.platform,
  env: process.env,
  home: homedir(),
  isRoot: process.getuid?.() === 0,
  playwrightsOwn: (kind) => (kind === "full" ? chromium.executablePath() : playwrightsShell(chromium.executablePath())),
  exists: existsSync,
  run: ([command = "", ...args], { seconds, quiet }) =>
    spawnSync(command, args, {
      timeout: seconds * 1000,
      killSignal: "SIGKILL",
      stdio: ["ignore", quiet ? "ignore" : "inherit", quiet ? "ignore" : "inherit"],
      shell: command === "npx" && process.platform === "win32",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0,
};
