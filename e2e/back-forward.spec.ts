/** A page that the browser restores from its back/forward cache. */
import { SITE } from "../app/lib/page-meta";
import { goBackToCached, leaveToCache } from "./back-forward";
import { expect, messages, test } from "./fixtures";

test.use({ fullBrowser: true });

test("a restored page has no message that was read before, and its links lead on", async ({ page, session, visit }) => {
  const leaveMessage = async (text: string) => {
    await session.flash("success", text);
    await page.getByRole("banner").getByRole("link", { name: SITE }).click();
    await expect(messages(page)).toContainText(text);
  };
  // A toast: the document of a banner is no-store, and Chromium does not keep it.
  await visit("/");
  await leaveMessage("Your bag is packed");
  await leaveToCache(page);
  await goBackToCached(page);
  await expect(messages(page)).toHaveCount(0);
  await leaveMessage("Your bag is on its way");
});
