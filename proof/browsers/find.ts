/** Finds Firefox and WebKitGTK: what you name, what is in PATH, or Debian's packages, which root installs. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** FIREFOX_PATH names another one. */
export const findFirefox = () => find("FIREFOX_PATH", ["firefox-esr", "firefox"], "firefox-esr");

/** WebKitGTK's driver. */
export const findWebKitDriver = () => find("WEBKIT_DRIVER_PATH", ["WebKitWebDriver"], "webkit2gtk-driver");

/** A display, for a machine without one. */
export const findXvfb = () => find("XVFB_PATH", ["Xvfb"], "xvfb");

function find(variable: string, names: string[], debianPackage: string): string {
  const installed = () => [process.env[variable], ...inPath(names)].find((path) => path && existsSync(path));
  const found = installed();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) install(debianPackage);
  const packaged = installed();
  if (packaged) return packaged;
  throw new Error(`Install ${names[0]} (Debian: ${debianPackage}), or set ${variable} to its executable.`);
}

const inPath = (names: string[]) =>
  names.flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)));

/** One after the other, because apt-get fails if another worker of Playwright is installing. */
function install(debianPackage: string) {
  const command = `apt-get update; apt-get install -y --no-install-recommends ${debianPackage}`;
  const lock = join(tmpdir(), "apt-get.lock");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("flock", [lock, "sh", "-c", command], { stdio: "inherit", env });
}
