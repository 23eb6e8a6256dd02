/** For tests of the back/forward cache, which only a whole browser has. */
import { expect, type Page } from "./puppeteer";
import { settled } from "./settled";

export const look = (page: Page, expression: string): Promise<unknown> =>
  // While a page is replaced by the next, there is none.
  page.evaluate(expression).catch(() => undefined);

export async function visit(page: Page, url: string) {
  await page.goto(url);
  await settled(page);
}

/** Goes back to this path, and expects the page to come from the cache. */
export async function goBackTo(page: Page, path: string) {
  await look(page, "history.back()");
  await expect.poll(() => look(page, "location.pathname")).toBe(path);
  expect(await look(page, "window.wasHereBefore"), "the page was restored from the cache").toBe(true);
}
