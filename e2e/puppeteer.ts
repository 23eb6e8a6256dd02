/**
 * `test`, in a browser that Playwright does not drive: Firefox, over WebDriver BiDi, which needs no driver and no patched
 * browser, so the system's own will do; and a Chromium with the prerendering and the back/forward cache that Playwright turns
 * off. Both fail on any console error or warning, and on any uncaught error.
 */
import { test as base, expect } from "@playwright/test";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { findBrowser, findFirefox } from "./browser";
import { type Server, startServer } from "./server";
import type { StoreOptions } from "./stores";

export type { Page };
export { expect };

interface Options {
  javaScriptEnabled?: boolean;
  blocksCookies?: boolean;
}

interface Fixtures {
  /** Starts a Firefox with a profile of its own, and returns its tab. */
  firefox: (options?: Options) => Promise<Page>;
  /** The same with a Chromium. */
  chromium: () => Promise<Page>;
  /** Returns the tab of a browser that has just been started, and closes the browser at the end. */
  tabOf: (browser: Browser) => Promise<Page>;
}

export const test = base.extend<Fixtures, StoreOptions & { server: Server; firefoxPath: string; chromiumPath: string }>(
  {
    store: ["cookie", { option: true, scope: "worker" }],

    server: [
      async ({ store }, use) => {
        const server = await startServer(store);
        await use(server);
        await server.stop();
      },
      { scope: "worker", timeout: 90_000 },
    ],

    // They may have to be installed first.
    firefoxPath: [async ({ store: _ }, use) => use(findFirefox()), { scope: "worker", timeout: 600_000 }],
    chromiumPath: [async ({ store: _ }, use) => use(findBrowser("full")), { scope: "worker", timeout: 600_000 }],

    tabOf: async ({ store: _ }, use) => {
      const problems: string[] = [];
      const browsers: Browser[] = [];
      await use(async (browser) => {
        browsers.push(browser);
        const page = await browser.newPage();
        await page.setViewport({ width: 1280, height: 900 });
        page.on("console", (message) => {
          if (/^(error|warn)/.test(message.type())) problems.push(`console ${message.type()}: ${message.text()}`);
        });
        page.on("pageerror", (error) => problems.push(`uncaught: ${error}`));
        return page;
      });
      for (const browser of browsers) await browser.close();
      expect(problems, "problems in the background").toEqual([]);
    },

    firefox: async ({ firefoxPath, tabOf }, use) => {
      await use(async ({ javaScriptEnabled = true, blocksCookies = false } = {}) =>
        tabOf(
          await puppeteer.launch({
            browser: "firefox",
            executablePath: firefoxPath,
            extraPrefsFirefox: {
              "javascript.enabled": javaScriptEnabled,
              // 2 blocks all.
              ...(blocksCookies && { "network.cookie.cookieBehavior": 2 }),
            },
          }),
        ),
      );
    },

    chromium: async ({ chromiumPath, tabOf }, use) => {
      // Without the other arguments of the Playwright tests: they turn prerendering off as well.
      const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
      await use(async () => tabOf(await puppeteer.launch({ executablePath: chromiumPath, args })));
    },
  },
);

/** Leaves the message of /form-flash for the next page. */
export function leaveMessage(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const body = new URLSearchParams({ name: "Ada", email: "ada@example.com", message: "Hello" });
    await fetch("/form-flash", { method: "POST", redirect: "manual", body });
  });
}
