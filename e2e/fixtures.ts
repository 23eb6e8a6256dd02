/**
 * `test`, with eyes in the back of its head: whatever a test looks at, it fails on any console error or warning, any
 * uncaught error, any request of the page that fails, and any that goes to another host.
 */
import { test as base, expect, type Page, type Response } from "@playwright/test";
import { Problems } from "./problems";
import { settled } from "./settled";
import type { StoreOptions } from "./stores";

export { expect };

interface Fixtures {
  problems: Problems;
  /** Opens a path and waits until the page is ready for a visitor: hydrated, or as it came where scripts are off. */
  visit: (path: string, tab?: Page) => Promise<Response | null>;
  /** Does something that sends a request, and waits until its answer is drawn: with a new document or without one. */
  andWait: (action: () => Promise<unknown>, tab?: Page) => Promise<void>;
}

export const test = base.extend<Fixtures & StoreOptions>({
  store: ["cookie", { option: true }],

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
});
