/** For tests of the back/forward cache, which need `test.use({ fullBrowser: true })`. */
import { expect, type Page } from "@playwright/test";

/** Leaves the page for one of another document, so that the browser keeps it. */
export async function leaveToCache(page: Page) {
  await page.evaluate(() => Object.assign(window, { wasHereBefore: true }));
  await page.goto("/robots.txt");
}

/** Goes back to the page that was left, and expects it to come from the cache. */
export async function goBackToCached(page: Page) {
  // A restored page has no "load" to wait for.
  await page.goBack({ waitUntil: "commit" });
  expect(await page.evaluate("window.wasHereBefore"), "the page was restored from the cache").toBe(true);
}
