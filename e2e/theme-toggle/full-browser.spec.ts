/** The theme where the headless shell is not enough. */
import { goBackToCached, leaveToCache } from "../back-forward";
import { test as blocked } from "../blocked-cookies";
import { expect, test } from "../fixtures";
import { expectChosen, headerButton } from "./theme";

test.use({ fullBrowser: true });

test("a page restored from the back/forward cache has the current theme", async ({ page, visit, andWait }) => {
  await visit("/theme-toggle");
  await leaveToCache(page);
  await visit("/");
  await andWait(() => headerButton(page, "Dark").click());
  await page.goBack({ waitUntil: "commit" });
  await goBackToCached(page);
  await expectChosen(page, "Dark");
});

blocked(
  "in a browser that blocks cookies, a choice is undone, and the page stays",
  async ({ page, visit, andWait }) => {
    await visit("/");
    await andWait(() => headerButton(page, "Dark").click());
    await expectChosen(page, "System");
    await expect(page).toHaveURL("/");
    await expect(page.getByRole("region", { name: "Your browser refuses cookies" })).toBeVisible();
  },
);
