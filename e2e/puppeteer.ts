/**
 * `test`, in a browser that Playwright does not drive: Firefox, over WebDriver BiDi, which needs no driver and no patched
 * browser, so the system's own will do; WebKitGTK; and a Chromium with the prerendering and the back/forward cache that
 * Playwright turns off. All but WebKitGTK fail on any console error or warning, and on any uncaught error.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { findBrowser, findFirefox, findWebKit } from "./browser";
import { isOwn, openOwn } from "./own";
import { unexpectedOf } from "./problems";
import { type Server, startServer } from "./server";
import type { StoreOptions } from "./stores";
import { type Engine, type Tab, type TabOptions, tabOf } from "./tab";
import { openWebKit } from "./webdriver";

export type { Page };
export { expect };

/** A page of Playwright or of Puppeteer. */
interface Watched {
  on(event: "console", listener: (message: { type(): string; text(): string }) => void): unknown;
  on(event: "pageerror", listener: (error: unknown) => void): unknown;
}

interface Fixtures {
  /** Starts the project's browser with a profile of its own, and returns its tab. */
  open: (options?: TabOptions) => Promise<Tab>;
  /** The same with a Firefox. */
  firefox: (options?: TabOptions) => Promise<Page>;
  /** The same with a Chromium. */
  chromium: (options?: TabOptions) => Promise<Page>;
  /** Returns the page of a browser that has just been started, and closes the browser at the end. */
  pageOf: (browser: Browser) => Promise<Page>;
  /** Lets a test cause errors: what matches is no problem. */
  allow: (pattern: RegExp) => void;
  /** Fails on what the page writes to its console, and closes its browser at the end. */
  browserOf: (page: Watched | undefined, close: () => Promise<void>) => void;
  allowed: RegExp[];
  /** A folder for the browser's profile. */
  profile: string;
}

interface WorkerFixtures extends StoreOptions {
  engine: Engine;
  /** The project's browser, which may have to be installed first. */
  isInstalled: boolean;
  server: Server;
}

const isLinux = process.platform === "linux";
const finders = { chromium: () => findBrowser("full"), firefox: findFirefox, webkit: findWebKit };

export const test = base.extend<Fixtures, WorkerFixtures>({
  engine: ["chromium", { option: true, scope: "worker" }],
  store: ["cookie", { option: true, scope: "worker" }],

  server: [
    async ({ store }, use) => {
      const server = await startServer(store);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],

  isInstalled: [
    async ({ engine }, use) => {
      if (!isOwn(engine)) finders[engine]();
      else if (engine === "webkit" && isLinux) {
        try {
          finders.webkit();
        } catch {
          // Only the journeys with cookies blocked need it. They fail, and say so.
        }
      }
      await use(true);
    },
    { scope: "worker", timeout: 600_000, auto: true },
  ],

  allow: async ({ allowed }, use) => use((pattern) => void allowed.push(pattern)),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from here
  allowed: async ({}, use) => use([]),

  // With the profile, so that the browser is closed before its profile is removed.
  browserOf: async ({ profile: _, allowed }, use) => {
    const problems: string[] = [];
    const ends: (() => Promise<void>)[] = [];
    await use((page, close) => {
      ends.push(close);
      page?.on("console", (message) => {
        if (/^(error|warn)/.test(message.type())) problems.push(`console ${message.type()}: ${message.text()}`);
      });
      page?.on("pageerror", (error) => problems.push(`uncaught: ${error}`));
    });
    for (const end of ends) await end();
    expect(unexpectedOf(problems, allowed), "problems in the background").toEqual([]);
  },

  pageOf: async ({ browserOf }, use) => {
    await use(async (browser) => {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(nameErrorsInConsole);
      browserOf(page as unknown as Watched, () => browser.close());
      await page.setViewport({ width: 1280, height: 900 });
      return page;
    });
  },

  open: async ({ engine, firefox, chromium, browserOf }, use, testInfo) => {
    await use(async (options = {}) => {
      if (engine !== "chromium" && isOwn(engine, options)) {
        const { page, tab, close } = await openOwn(engine, options);
        browserOf(page, close);
        return tab;
      }
      if (engine === "webkit") {
        const cannotBlock = isOwn(engine) && !isLinux;
        // Without this line, the output would not say why the test is skipped.
        if (cannotBlock) console.log("Left out: only WebKitGTK can block cookies, and it runs on Linux.");
        testInfo.skip(cannotBlock, "only WebKitGTK can block cookies, and it runs on Linux");
        const tab = await openWebKit(findWebKit(), options);
        browserOf(undefined, tab.close);
        return tab;
      }
      const page = await (engine === "firefox" ? firefox : chromium)(options);
      return tabOf(page, () => page.browserContext().cookies());
    });
  },

  firefox: async ({ pageOf }, use) => {
    await use(async ({ javaScriptEnabled = true, blocksCookies = false } = {}) =>
      pageOf(
        await puppeteer.launch({
          browser: "firefox",
          executablePath: findFirefox(),
          extraPrefsFirefox: {
            "javascript.enabled": javaScriptEnabled,
            // 2 blocks all.
            ...(blocksCookies && { "network.cookie.cookieBehavior": 2 }),
          },
        }),
      ),
    );
  },

  chromium: async ({ pageOf, profile }, use) => {
    // Without the other arguments of the Playwright tests: they turn prerendering off as well.
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    await use(async ({ javaScriptEnabled = true, blocksCookies = false } = {}) => {
      const preferences = { profile: { default_content_setting_values: blocksCookies ? { cookies: 2 } : {} } };
      mkdirSync(join(profile, "Default"));
      writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
      const page = await pageOf(
        await puppeteer.launch({ executablePath: findBrowser("full"), args, userDataDir: profile }),
      );
      await page.setJavaScriptEnabled(javaScriptEnabled);
      return page;
    });
  },

  profile: async ({ store: _ }, use) => {
    const profile = mkdtempSync(join(tmpdir(), "sessions-profile-"));
    await use(profile);
    // The browser writes to it until its last process has ended.
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  },
});

/** For the page. Firefox passes an error that was written to the console on as no more than "JSHandle@error". */
function nameErrorsInConsole() {
  const write = console.error;
  console.error = (...values) => write(...values.map((value) => (value instanceof Error ? String(value) : value)));
}

/** Leaves the message of /form-flash for the next page. */
export function leaveMessage(page: { evaluate(run: () => Promise<void>): Promise<unknown> }): Promise<unknown> {
  return page.evaluate(async () => {
    const body = new URLSearchParams({ name: "Ada", email: "ada@example.com", message: "Hello" });
    await fetch("/form-flash", { method: "POST", redirect: "manual", body });
  });
}
