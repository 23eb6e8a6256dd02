/**
 * `test`, with what a test of sessions needs, and with eyes in the back of its head: whatever a test looks at, it fails on
 * any console error or warning, any uncaught error, any request of the page that fails, and any that goes to another host.
 *
 * To lift: copy this file, session.ts and store-env.ts; problems.ts and settled.ts if you like them.
 */
import { test as base, expect, type Locator, type Page, type Response } from "@playwright/test";
import type { SessionEnv } from "../app/lib/session";
import { Problems } from "./problems";
import { type BrowserSession, sessionOf } from "./session";
import { settled } from "./settled";
import { connectToStore } from "./store-env";
import type { StoreOptions } from "./stores";

export { expect };

interface Fixtures {
  problems: Problems;
  /** The session of this test's browser: set, get, flash, clear. */
  session: BrowserSession;
  /** Opens a path and waits until the page is ready for a visitor: hydrated, or as it came where scripts are off. */
  visit: (path: string, tab?: Page) => Promise<Response | null>;
  /** Does something that sends a request, and waits until its answer is drawn: with a new document or without one. */
  andWait: (action: () => Promise<unknown>, tab?: Page) => Promise<void>;
  /** Has the browser fetch a page ahead, as it does for a link that somebody may follow. Its body stays with the browser. */
  prefetch: (path: string) => Promise<Response>;
  /** The page shows this message, just once, and after a reload no message at all. */
  expectFlashOnce: (text: string) => Promise<void>;
}

interface WorkerFixtures extends StoreOptions {
  sessionEnv: SessionEnv;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  store: ["cookie", { option: true, scope: "worker" }],

  sessionEnv: [
    async ({ store }, use) => {
      const { env, disconnect } = await connectToStore(store);
      await use(env);
      await disconnect();
    },
    { scope: "worker" },
  ],

  session: async ({ context, baseURL, sessionEnv }, use) => {
    await use(sessionOf(context, baseURL ?? "", sessionEnv));
  },

  problems: [
    async ({ context, baseURL }, use) => {
      const problems = new Problems(new URL(baseURL ?? "").origin);
      problems.watch(context);
      await use(problems);
      expect(problems.unexpected, "nothing goes wrong in the background").toEqual([]);
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
      if (!javaScriptEnabled) {
        await Promise.all([tab.waitForEvent("load"), action()]);
        return;
      }
      // Only after a request has begun is a quiet router one that has finished.
      await Promise.all([tab.waitForEvent("request"), action()]);
      await settled(tab);
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
      expect(await response.request().headerValue("Sec-Purpose"), "it is a prefetch").toBe("prefetch");
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

/** Every message on the page, as a banner or as a toast. */
export const messages = (page: Page): Locator => page.locator("[data-message]");

/** Declares the tests for a browser whose scripts are off. */
export function withoutJavaScript(declare: () => void) {
  test.describe("without JavaScript", () => {
    test.use({ javaScriptEnabled: false });
    declare();
  });
}

/** Declares the tests twice. */
export function withAndWithoutJavaScript(declare: (javaScriptEnabled: boolean) => void) {
  test.describe("with JavaScript", () => declare(true));
  withoutJavaScript(() => declare(false));
}
