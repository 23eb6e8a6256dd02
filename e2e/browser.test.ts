import { describe, expect, it } from "vitest";
import { findBrowser, type Machine, systemBrowsers } from "./browser";

const OWN = "/cache/ms-playwright/chrome";

/** A machine on which these files exist; `run` sees each command and may add some more. */
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
  it("takes the one that BROWSER_PATH names before any other", () => {
    const { probes } = machine({ has: ["/opt/mine", OWN], env: { BROWSER_PATH: "/opt/mine" } });
    expect(findBrowser(probes)).toBe("/opt/mine");
  });

  it("says so when BROWSER_PATH names nothing, and looks no further", () => {
    const { probes, commands } = machine({ has: [OWN], env: { BROWSER_PATH: "/opt/nothing" } });
    expect(() => findBrowser(probes)).toThrow('BROWSER_PATH is "/opt/nothing"');
    expect(commands).toEqual([]);
  });

  it("takes Playwright's own before the system's", () => {
    expect(findBrowser(machine({ has: ["/usr/bin/chromium", OWN] }).probes)).toBe(OWN);
  });

  it("takes the system's where Playwright has none, and installs nothing", () => {
    const { probes, commands } = machine({ has: ["/usr/bin/chromium"] });
    expect(findBrowser(probes)).toBe("/usr/bin/chromium");
    expect(commands).toEqual([]);
  });

  it("passes over one that is there but does not start", () => {
    const { probes } = machine({ has: [OWN, "/usr/bin/chromium"], broken: [OWN] });
    expect(findBrowser(probes)).toBe("/usr/bin/chromium");
  });

  it("downloads Playwright's own where there is none at all", () => {
    const { probes, commands } = machine({
      run: (line, files) => line.includes("playwright install") && files.add(OWN),
    });
    expect(findBrowser(probes)).toBe(OWN);
    expect(commands).toEqual(["npx playwright install chromium"]);
  });

  it("installs the distribution's where the download fails, as root on a Debian", () => {
    const { probes, commands } = machine({
      has: ["/etc/debian_version"],
      isRoot: true,
      run: (line, files) => line.endsWith("chromium") && line.startsWith("apt-get") && files.add("/usr/bin/chromium"),
    });
    expect(findBrowser(probes)).toBe("/usr/bin/chromium");
    expect(commands).toHaveLength(3);
  });

  it("says what to do where nothing helps, and asks nobody for a password", () => {
    const { probes, commands } = machine({ has: ["/etc/debian_version"] });
    expect(() => findBrowser(probes)).toThrow("npx playwright install --with-deps chromium");
    expect(commands).toEqual(["npx playwright install chromium"]);
  });
});

describe("systemBrowsers", () => {
  it("looks along the PATH on Linux", () => {
    expect(systemBrowsers({ platform: "linux", env: { PATH: "/a:/b" }, home: "/home/me" })).toContain("/b/chromium");
  });

  it("looks into both Applications folders on macOS", () => {
    const found = systemBrowsers({ platform: "darwin", env: {}, home: "/Users/me" });
    expect(found).toContain("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    expect(found).toContain("/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium");
  });

  it("looks into the program folders on Windows, where Edge is always there", () => {
    const found = systemBrowsers({ platform: "win32", env: { "ProgramFiles(x86)": "C:/Programs" }, home: "" });
    expect(found.some((path) => /Programs.*msedge\.exe$/.test(path))).toBe(true);
  });
});
