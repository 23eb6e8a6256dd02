/** Where the keyboard and a screen reader are after the page has changed without a new document. */
import { demonstrations } from "../app/demonstrations";
import { SITE } from "../app/lib/page-meta";
import { expect, heading, test } from "./fixtures";
import { settled } from "./settled";

test.beforeEach(({ problems }) => problems.allowStatus(404));

test("a link, the name of the site, going back and going forward all lead to the heading of the page", async ({
  page,
  visit,
}) => {
  await visit("/nowhere");
  const expectHeading = async (text: string) => {
    await expect(heading(page)).toHaveText(text);
    await expect(heading(page)).toBeFocused();
  };
  const lost = (await heading(page).textContent()) ?? "";
  await page.getByRole("link", { name: "Go to the home page" }).press("Enter");
  await expect(page).toHaveURL("/");
  await expect(heading(page)).not.toHaveText(lost);
  const home = (await heading(page).textContent()) ?? "";
  await expectHeading(home);
  await page.goBack();
  await expectHeading(lost);
  await page.goForward();
  await expectHeading(home);
  await page.goBack();
  await expectHeading(lost);
  await page.getByRole("banner").getByRole("link", { name: SITE }).press("Enter");
  await expectHeading(home);
});

test("so does each link of the menu, which marks the current page by more than a colour", async ({ page, visit }) => {
  await visit("/nowhere");
  const menu = page.getByRole("navigation", { name: "Main" });
  for (const { path, name } of [{ path: "/", name: "Home" }, ...demonstrations]) {
    await menu.getByRole("link", { name }).press("Enter");
    await expect(page).toHaveURL(path);
    await expect(heading(page)).toBeFocused();
    await expect(menu.locator("[aria-current=page]")).toHaveText(name);
    await expect(menu.locator("[aria-current=page]")).toHaveCSS("text-decoration-line", "underline");
  }
  // WebKit drops the shorthand with a thickness.
  for (const link of await page.locator("link[rel=stylesheet]").all()) {
    const sheet = await page.request.get((await link.getAttribute("href")) ?? "");
    expect(await sheet.text()).not.toMatch(/text-decoration:[^;}]*\dpx/);
  }
});

test("going back and forward without a pause ends at the heading as well", async ({ page, context, visit }) => {
  await page.addInitScript(() => {
    const load = window.fetch;
    window.fetch = async (...given) => {
      const response = await load(...given);
      if (response.url.includes("/nowhere.data") && location.pathname === "/nowhere")
        setTimeout(() => history.forward());
      return response;
    };
  });
  await visit("/nowhere");
  await page.getByRole("link", { name: "Go to the home page" }).press("Enter");
  await expect(page).toHaveURL("/");
  await expect(heading(page)).toBeFocused();
  const home = (await heading(page).textContent()) ?? "";
  // A slow device, on which a page is not yet drawn when the next one is asked for.
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 8 });
  for (let round = 0; round < 2; round++) {
    await Promise.all([page.waitForResponse(/nowhere\.data/), page.evaluate(() => history.back())]);
    await expect(page).toHaveURL("/");
    await settled(page);
    await expect(heading(page)).toHaveText(home);
    await expect(heading(page)).toBeFocused();
  }
});
