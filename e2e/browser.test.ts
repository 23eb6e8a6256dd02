import { describe, expect, it } from "vitest";
import { findBrowser, findFirefox, findWebKit, type Machine, playwrightsShell, systemBrowsers } from "./browser";
import { isOwn } from "./own";

const OWN = "/cache/ms-playwright/chrome";
const OWN_SHELL = "/cache/ms-playwright/chrome-headless-shell";

/** A machine with these files. `run` sees each command and can add files; commands that match `fails` fail. */
function machine({
  has = [] as string[],
  broken = [] as string[],
  fails = /(?!)/,
  run = (_: string, __: Set<string>) => {},
  ...rest
}) {
  const files = new Set(has);
  const commands: string[] = [];
  const probes: Machine = {
    platform: "linux",
    env: { PATH: "/usr/local/bin:/usr/bin" },
    home: "/home/me",
    isRoot: false,
    playwrightsOwn: (kind) => (kind === "full" ? OWN : OWN_SHELL),
    exists: (path) => files.has(path),
    run: ([command = "", ...args]) => {
      if (args[0] === "--version") return !broken.includes(command);
      const line = [command, ...args].join(" ");
      commands.push(line);
      run(line, files);
      return !fails.test(line);
    },
    ...rest,
  };
  return { probes, commands };
}

describe("findBrowser", () => {
  it("prefers the browser that BROWSER_PATH names", () => {
    const { probes } = machine({ has: ["/opt/mine", OWN], env: { BROWSER_PATH: "/opt/mine" } });
    expect(findBrowser("full", probes)).toBe("/opt/mine");
  });

  it("throws if BROWSER_PATH names none, and searches no further", () => {
    const { probes, commands } = machine({ has: [OWN], env: { BROWSER_PATH: "/opt/nothing" } });
    expect(() => findBrowser("full", probes)).toThrow('BROWSER_PATH is "/opt/nothing"');
    expect(commands).toEqual([]);
  });

  it("prefers Playwright's own to the system's", () => {
    expect(findBrowser("full", machine({ has: ["/usr/bin/chromium", OWN] }).probes)).toBe(OWN);
  });

  it("uses the system's if Playwright has none, and installs nothing", () => {
    const { probes, commands } = machine({ has: ["/usr/bin/chromium"] });
    expect(findBrowser("full", probes)).toBe("/usr/bin/chromium");
    expect(commands).toEqual([]);
  });

  it("skips a browser that does not start", () => {
    const { probes } = machine({ has: [OWN, "/usr/bin/chromium"], broken: [OWN] });
    expect(findBrowser("full", probes)).toBe("/usr/bin/chromium");
  });

  it("downloads Playwright's own if there is no browser", () => {
    const { probes, commands } = machine({
      run: (line, files) => line.includes("playwright install") && files.add(OWN),
    });
    expect(findBrowser("full", probes)).toBe(OWN);
    expect(commands).toEqual(["npx playwright install chromium"]);
  });

  it("installs the distribution's if the download fails, as root on Debian", () => {
    const { probes, commands } = machine({
      has: ["/etc/debian_version"],
      isRoot: true,
      run: (line, files) => /^apt-get .* install .* chromium( |$)/.test(line) && files.add("/usr/bin/chromium"),
    });
    expect(findBrowser("full", probes)).toBe("/usr/bin/chromium");
    expect(commands).toEqual([
      expect.stringContaining("playwright install"),
      expect.stringMatching(/ update$/),
      expect.stringMatching(/ chromium chromium-headless-shell$/),
    ]);
  });

  it("installs the browser alone if the distribution does not package the shell", () => {
    const { probes, commands } = machine({
      has: ["/etc/debian_version"],
      isRoot: true,
      run: (line, files) => / chromium$/.test(line) && line.startsWith("apt-get") && files.add("/usr/bin/chromium"),
      fails: / chromium-headless-shell$/,
    });
    expect(findBrowser("shell", probes)).toBe("/usr/bin/chromium");
    expect(commands.at(-1)).toMatch(/^apt-get .* chromium$/);
  });

  it("says what to do if nothing works, and never asks for a password", () => {
    const { probes, commands } = machine({ has: ["/etc/debian_version"] });
    expect(() => findBrowser("full", probes)).toThrow("npx playwright install --with-deps chromium");
    expect(commands).toEqual(["npx playwright install chromium"]);
  });
});

describe("findBrowser, for tests that the headless shell can run", () => {
  const everything = [OWN, OWN_SHELL, "/usr/bin/chromium", "/usr/bin/chromium-headless-shell"];

  it("prefers a shell to a full browser, and Playwright's own to the system's", () => {
    for (let rest = everything; rest.length > 0; rest = rest.filter((path) => path !== found(rest))) {
      expect(found(rest)).toBe(
        [OWN_SHELL, "/usr/bin/chromium-headless-shell", OWN, "/usr/bin/chromium"].find((path) => rest.includes(path)),
      );
    }
    function found(has: string[]) {
      return findBrowser("shell", machine({ has }).probes);
    }
  });

  it("never takes a shell for a test that needs the full browser, even if BROWSER_PATH names one", () => {
    expect(findBrowser("full", machine({ has: everything }).probes)).toBe(OWN);
    const shell = "/usr/bin/chromium-headless-shell";
    const named = machine({ has: [shell, "/usr/bin/chromium"], env: { BROWSER_PATH: shell, PATH: "/usr/bin" } });
    expect(findBrowser("shell", named.probes)).toBe(shell);
    expect(findBrowser("full", named.probes)).toBe("/usr/bin/chromium");
  });
});

describe("playwrightsShell", () => {
  it("is beside Playwright's Chromium, whatever the platform calls it", () => {
    const filesIn = (folder: string) =>
      folder === "/cache/chromium_headless_shell-12" ? ["INSTALLED", "linux64", "linux64/chrome-headless-shell"] : [];
    expect(playwrightsShell("/cache/chromium-12/linux64/chrome", filesIn)).toBe(
      "/cache/chromium_headless_shell-12/linux64/chrome-headless-shell",
    );
    expect(playwrightsShell("/cache/chromium-13/linux64/chrome", filesIn)).toBeUndefined();
  });
});

describe("systemBrowsers", () => {
  it("searches the PATH on Linux", () => {
    expect(systemBrowsers("full", { platform: "linux", env: { PATH: "/a:/b" }, home: "/home/me" })).toContain(
      "/b/chromium",
    );
  });

  it("searches both Applications folders on macOS", () => {
    const found = systemBrowsers("full", { platform: "darwin", env: {}, home: "/Users/me" });
    expect(found).toContain("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    expect(found).toContain("/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium");
  });

  it("searches the program folders on Windows, where Edge is always installed", () => {
    const found = systemBrowsers("full", { platform: "win32", env: { "ProgramFiles(x86)": "C:/Programs" }, home: "" });
    expect(found.some((path) => /Programs.*msedge\.exe$/.test(path))).toBe(true);
  });
});

describe("findFirefox", () => {
  it("uses the system's and installs nothing", () => {
    const { probes, commands } = machine({ has: ["/usr/bin/firefox-esr"] });
    expect(findFirefox(probes)).toBe("/usr/bin/firefox-esr");
    expect(commands).toEqual([]);
  });

  it("installs Debian's as root", () => {
    const { probes, commands } = machine({
      has: ["/etc/debian_version"],
      isRoot: true,
      run: (line: string, files: Set<string>) => {
        if (line.includes("install")) files.add("/usr/bin/firefox-esr");
      },
    });
    expect(findFirefox(probes)).toBe("/usr/bin/firefox-esr");
    expect(commands.at(-1)).toContain("install -y --no-install-recommends firefox-esr");
  });

  it("throws, and says what to do, if there is none", () => {
    expect(() => findFirefox(machine({}).probes)).toThrow("set FIREFOX_PATH");
  });
});

describe("findWebKit", () => {
  it("uses the system's driver with a display, and installs nothing", () => {
    const { probes, commands } = machine({ has: ["/usr/bin/WebKitWebDriver", "/usr/bin/Xvfb"] });
    expect(findWebKit(probes)).toEqual({ driver: "/usr/bin/WebKitWebDriver", xvfb: "/usr/bin/Xvfb" });
    expect(commands).toEqual([]);
  });

  it("installs Debian's as root", () => {
    const { probes, commands } = machine({
      has: ["/etc/debian_version"],
      isRoot: true,
      run: (line: string, files: Set<string>) => {
        if (line.includes("install")) for (const name of ["WebKitWebDriver", "Xvfb"]) files.add(`/usr/bin/${name}`);
      },
    });
    expect(findWebKit(probes).driver).toBe("/usr/bin/WebKitWebDriver");
    expect(commands.at(-1)).toContain("install -y --no-install-recommends webkit2gtk-driver xvfb");
  });

  it("throws, and says what to do, if there is none", () => {
    expect(() => findWebKit(machine({ has: ["/usr/bin/WebKitWebDriver"] }).probes)).toThrow(
      "npx playwright install --with-deps webkit",
    );
  });
});

describe("isOwn", () => {
  const all = () => true;

  it("is true for Playwright's Firefox and WebKit where they are installed", () => {
    expect(isOwn("firefox", {}, all)).toBe(true);
    expect(isOwn("webkit", {}, all)).toBe(true);
    expect(isOwn("webkit", {}, () => false)).toBe(false);
    expect(isOwn("chromium", {}, all)).toBe(false);
  });

  it("is false for a WebKit with cookies blocked, which only WebKitGTK can", () => {
    expect(isOwn("webkit", { blocksCookies: true }, all)).toBe(false);
    expect(isOwn("firefox", { blocksCookies: true }, all)).toBe(true);
  });
});
