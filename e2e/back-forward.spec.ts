/** A page that the browser restores from its back/forward cache. */

import { goBackToCached, leaveToCache } from "./back-forward";
import { expect, messages, test } from "./fixtures";

test.use({ fullBrowser: true });

test("a restored page has no message that was read before, and its links lead on", async ({
  page,
  problems,
  session,
  visit,
}) => {
  problems.allowStatus(404);
  await session.flash("success", "Your bag is packed");
  await visit("/nowhere");
  await expect(page.locator(".banner")).toBeFocused();
  await leaveToCache(page);
  await goBackToCached(page);
  await expect(messages(page)).toHaveCount(0);
  await expect(page.locator("body")).toBeFocused();
  await page.getByRole("link", { name: "Go to the home page" }).click();
  await expect(page).toHaveURL("/");
});
