/** A page that watches its session, in the back/forward cache: its socket does not keep it out. */
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { settled } from "../settled";
import { hasSockets, newName, nextSocket, note, signInByRequest, signOutByRequest } from "./account";

test.use({ fullBrowser: true });

const notice = (page: Page) => page.getByTestId("sign-in-notice");

/** Leaves the page of the note and goes back. Expects the page to come from the cache. */
async function leaveAndComeBack(page: Page, meanwhile = async () => {}) {
  await page.evaluate(() => Object.assign(window, { wasHereBefore: true }));
  await page.goto("/robots.txt");
  await meanwhile();
  // A page from the cache never fires `load` again.
  await page.goBack({ waitUntil: "commit" });
  expect(await page.evaluate(() => "wasHereBefore" in window), "the page was restored from the cache").toBe(true);
  await settled(page);
}

test.beforeEach(async ({ context, page, visit }) => {
  await signInByRequest(context, newName());
  // Shows the message of the sign-in: a page with one is not cached.
  await visit("/");
  await visit("/account/note");
  await note(page).fill("Buy milk");
});

test("a page restored from the back/forward cache watches its session again", { tag: "@sockets" }, async ({
  page,
  context,
  store,
}) => {
  const watching = hasSockets(store) ? await nextSocket(page) : undefined;
  await leaveAndComeBack(page);
  await watching?.();
  await signOutByRequest(context);
  if (!watching) await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(notice(page)).toContainText("You are signed out");
});

test("a page restored from the back/forward cache after a sign-out says so, and keeps what was typed", {
  tag: "@sockets",
}, async ({ page, context }) => {
  await leaveAndComeBack(page, async () => {
    await signOutByRequest(context);
  });
  await expect(notice(page)).toContainText("You are signed out");
  await expect(note(page)).toHaveValue("Buy milk");
  await expect(page).toHaveURL("/account/note");
});
