/**
 * Finds a browser for the tests, so that `npm test` works on a fresh machine: the one you name, Playwright's own, the
 * system's, or one that it installs. Without any it throws and says what to do. Tests are never skipped.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

/** What the search needs to know about the machine. The tests pass one of their own. */
export interface Machine {
  platform: NodeJS.Platform;
  env: Record<string, string | undefined>;
  home: string;
  isRoot: boolean;
  playwrightsOwn: () => string;
  exists: (path: string) => boolean;
  /** Returns whether the command succeeded in time. */
  run: (command: string[], options: { seconds: number; quiet?: boolean }) => boolean;
}

const APT = ["apt-get", "-o", "Acquire::http::Timeout=30", "-o", "DPkg::Lock::Timeout=60"];

/** Returns the path of a browser that starts. */
export function findBrowser(machine: Machine = thisMachine): string {
  const named = machine.env.BROWSER_PATH;
  if (named) {
    if (starts(named, machine)) return named;
    throw new Error(`BROWSER_PATH is "${named}", and no browser starts there: correct it or unset it.`);
  }

  const installed = () => [machine.playwrightsOwn(), ...systemBrowsers(machine)].find((path) => starts(path, machine));
  const found = installed();
  if (found) return found;

  machine.run(["npx", "playwright", "install", "chromium"], { seconds: 180 });
  const downloaded = installed();
  if (downloaded) return downloaded;

  // A machine behind a mirror reaches only its distribution's packages, and a bare container lacks libraries.
  if (machine.isRoot && machine.exists("/etc/debian_version")) {
    machine.run([...APT, "update"], { seconds: 120 });
    machine.run([...APT, "install", "-y", "--no-install-recommends", "chromium"], { seconds: 300 });
    const packaged = installed();
    if (packaged) return packaged;
  }

  throw new Error(
    "The tests need a browser and could not install one: install Chrome, Chromium or Edge, or run " +
      "`npx playwright install --with-deps chromium`, or set BROWSER_PATH to the executable of one that you have.",
  );
}

/** Returns paths in the order to try them. */
export function systemBrowsers({ platform, env, home }: Pick<Machine, "platform" | "env" | "home">): string[] {
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
  const names = ["google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "microsoft-edge"];
  const folders = (env.PATH ?? "").split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function starts(path: string, { platform, exists, run }: Machine): boolean {
  if (!exists(path)) return false;
  // The file may lack its libraries, or only ask for a snap. (On Windows, `--version` would open a window.)
  return platform === "win32" || run([path, "--version"], { seconds: 20, quiet: true });
}

const thisMachine: Machine = {
  platform: process.platform,
  env: process.env,
  home: homedir(),
  isRoot: process.getuid?.() === 0,
  playwrightsOwn: () => chromium.executablePath(),
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
