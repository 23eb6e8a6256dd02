/**
 * `test`, with fixtures for sessions. It also fails on any console error or warning, any uncaught error, any failed request
 * of the page, and any request to another host.
 *
 * To lift: copy this file with browser.ts, problems.ts, server.ts, session.ts, settled.ts, stores.ts and workerd.js, and put
 * your types into app/lib/session-data.ts. It serves what `main` in wrangler.toml names: one ES module, already bundled.
 */
import { test as base, expect, type Locator, type Page, type Response } from "@playwright/test";
import { findBrowser } from "./browser";
import { Problems } from "./problems";
import { type Server, startServer } from "./server";
import { type BrowserSession, sessionOf } from "./session";
import { settled } from "./settled";
import type { StoreOptions } from "./stores";

export { expect };

interface Fixtures {
  problems: Problems;
  /** The session of this test's browser: set, get, flash, clear. */
  session: BrowserSession;
  /** Opens a path and waits until the page can be used: hydrated, or just loaded if scripts are off. */
  visit: (path: string, tab?: Page) => Promise<Response | null>;
  /** Does something that sends a request, and waits until its response is drawn, in a new document or in the same one. */
  andWait: (action: () => Promise<unknown>, tab?: Page) => Promise<void>;
  /** Makes the browser prefetch a page. Its body stays in the browser. */
  prefetch: (path: string) => Promise<Response>;
  /** Expects this message once, and none after a reload. */
  expectFlashOnce: (text: string) => Promise<void>;
}

interface WorkerFixtures extends StoreOptions {
  server: Server;
  /** Whether a file's tests need what the headless shell lacks: the back/forward cache, scroll bars, a profile's settings. */
  fullBrowser: boolean;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  store: ["cookie", { option: true, scope: "worker" }],
  fullBrowser: [false, { option: true, scope: "worker" }],

  launchOptions: [
    async ({ launchOptions, fullBrowser }, use) => {
      if (!fullBrowser) return use(launchOptions);
      const ignoreDefaultArgs = ["--disable-back-forward-cache", "--hide-scrollbars"];
      await use({ ...launchOptions, executablePath: findBrowser("full"), ignoreDefaultArgs });
    },
    // The browser may have to be installed first.
    { scope: "worker", timeout: 600_000 },
  ],

  server: [
    async ({ store }, use) => {
      const server = await startServer(store);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  baseURL: async ({ server }, use) => use(server.origin),

  session: async ({ context, server }, use) => use(sessionOf(context, server.origin, server.bindings)),

  problems: [
    async ({ context, server }, use) => {
      const problems = new Problems(server.origin);
      problems.watch(context);
      await use(problems);
      expect(problems.unexpected, "problems in the background").toEqual([]);
    },
    { auto: true },
  ],

  visit: async ({ page, javaScriptEnabled }, use) => {
    await use(async (path, tab = page) => {
      const response = await tab.goto(path);
      if (javaScriptEnabled) await settled(tab);
      return response;
    });
  },

  andWait: async ({ page, javaScriptEnabled }, use) => {
    await use(async (action, tab = page) => {
      // Before the request has begun, an idle router does not mean that it is done.
      const begun = javaScriptEnabled ? tab.waitForEvent("request") : tab.waitForEvent("load");
      await Promise.all([begun, action()]);
      if (javaScriptEnabled) await settled(tab);
    });
  },

  prefetch: async ({ page }, use) => {
    await use(async (path) => {
      const [response] = await Promise.all([
        page.waitForResponse((response) => new URL(response.url()).pathname === path),
        page.evaluate((href) => {
          document.head.insertAdjacentHTML("beforeend", `<link rel="prefetch" href="${href}">`);
        }, path),
      ]);
      expect(await response.request().headerValue("Sec-Purpose"), "the request is a prefetch").toBe("prefetch");
      return response;
    });
  },

  expectFlashOnce: async ({ page, javaScriptEnabled }, use) => {
    await use(async (text) => {
      await expect(messages(page).filter({ hasText: text })).toHaveCount(1);
      await page.reload();
      if (javaScriptEnabled) await settled(page);
      await expect(messages(page)).toHaveCount(0);
    });
  },
});

/** All messages on the page, banners and toasts. */
export const messages = (page: Page): Locator => page.locator("[data-message]");

export const heading = (page: Page): Locator => page.getByRole("heading", { level: 1 });

/** Declares tests for a browser with JavaScript turned off. */
export function withoutJavaScript(declare: () => void) {
  test.describe("without JavaScript", () => {
    test.use({ javaScriptEnabled: false });
    declare();
  });
}

/** Declares each test twice. */
export function withAndWithoutJavaScript(declare: (javaScriptEnabled: boolean) => void) {
  test.describe("with JavaScript", () => declare(true));
  withoutJavaScript(() => declare(false));
}
