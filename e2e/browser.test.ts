import { describe, expect, it } from "vitest";
import { findBrowser, type Machine, systemBrowsers } from "./browser";

const OWN = "/cache/ms-playwright/chrome";

/** A machine with these files. `run` sees each command and can add files. */
function machine({ has = [] as string[], broken = [] as string[], run = (_: string, __: Set<string>) => {}, ...rest }) {
  const files = new Set(has);
  const commands: string[] = [];
  const probes: Machine = {
    platform: "linux",
    env: { PATH: "/usr/local/bin:/usr/bin" },
    home: "/home/me",
    isRoot: false,
    playwrightsOwn: () => OWN,
    exists: (path) => files.has(path),
    run: ([command = "", ...args]) => {
      if (args[0] === "--version") return !broken.includes(command);
      const line = [command, ...args].join(" ");
      commands.push(line);
      run(line, files);
      return true;
    },
    ...rest,
  };
  return { probes, commands };
}

describe("findBrowser", () => {
  it("prefers the browser that BROWSER_PATH names", () => {
    const { probes } = machine({ has: ["/opt/mine", OWN], env: { BROWSER_PATH: "/opt/mine" } });
    expect(findBrowser(probes)).toBe("/opt/mine");
  });

  it("throws if BROWSER_PATH names none, and searches no further", () => {
    const { probes, commands } = machine({ has: [OWN], env: { BROWSER_PATH: "/opt/nothing" } });
    expect(() => findBrowser(probes)).toThrow('BROWSER_PATH is "/opt/nothing"');
    expect(commands).toEqual([]);
  });

  it("prefers Playwright's own to the system's", () => {
    expect(findBrowser(machine({ has: ["/usr/bin/chromium", OWN] }).probes)).toBe(OWN);
  });

  it("uses the system's if Playwright has none, and installs nothing", () => {
    const { probes, commands } = machine({ has: ["/usr/bin/chromium"] });
    expect(findBrowser(probes)).toBe("/usr/bin/chromium");
    expect(commands).toEqual([]);
  });

  it("skips a browser that does not start", () => {
    const { probes } = machine({ has: [OWN, "/usr/bin/chromium"], broken: [OWN] });
    expect(findBrowser(probes)).toBe("/usr/bin/chromium");
  });

  it("downloads Playwright's own if there is no browser", () => {
    const { probes, commands } = machine({
      run: (line, files) => line.includes("playwright install") && files.add(OWN),
    });
    expect(findBrowser(probes)).toBe(OWN);
    expect(commands).toEqual(["npx playwright install chromium"]);
  });

  it("installs the distribution's if the download fails, as root on Debian", () => {
    const { probes, commands } = machine({
      has: ["/etc/debian_version"],
      isRoot: true,
      run: (line, files) => line.endsWith("chromium") && line.startsWith("apt-get") && files.add("/usr/bin/chromium"),
    });
    expect(findBrowser(probes)).toBe("/usr/bin/chromium");
    expect(commands).toHaveLength(3);
  });

  it("says what to do if nothing works, and never asks for a password", () => {
    const { probes, commands } = machine({ has: ["/etc/debian_version"] });
    expect(() => findBrowser(probes)).toThrow("npx playwright install --with-deps chromium");
    expect(commands).toEqual(["npx playwright install chromium"]);
  });
});

describe("systemBrowsers", () => {
  it("searches the PATH on Linux", () => {
    expect(systemBrowsers({ platform: "linux", env: { PATH: "/a:/b" }, home: "/home/me" })).toContain("/b/chromium");
  });

  it("searches both Applications folders on macOS", () => {
    const found = systemBrowsers({ platform: "darwin", env: {}, home: "/Users/me" });
    expect(found).toContain("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    expect(found).toContain("/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium");
  });

  it("searches the program folders on Windows, where Edge is always installed", () => {
    const found = systemBrowsers({ platform: "win32", env: { "ProgramFiles(x86)": "C:/Programs" }, home: "" });
    expect(found.some((path) => /Programs.*msedge\.exe$/.test(path))).toBe(true);
  });
});
