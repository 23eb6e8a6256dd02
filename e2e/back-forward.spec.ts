/** A page that the browser restores from its back/forward cache. */
import { SITE } from "../app/lib/page-meta";
import { goBackToCached, leaveToCache } from "./back-forward";
import { expect, messages, test } from "./fixtures";

test.use({ fullBrowser: true });

test("a restored page has no message that was read before, and its links lead on", async ({ page, session, visit }) => {
  await session.flash("success", "Your bag is packed");
  await visit("/");
  await expect(page.locator(".banner")).toBeFocused();
  await leaveToCache(page);
  await goBackToCached(page);
  await expect(messages(page)).toHaveCount(0);
  await expect(page.locator(".banner")).toHaveCount(0);
  await session.flash("success", "A toast");
  await page.getByRole("banner").getByRole("link", { name: SITE }).click();
  await expect(messages(page)).toContainText("A toast");
});
