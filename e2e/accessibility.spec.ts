/** Every page in both themes. screenshots.spec.ts opens it in each, and repeats this at every width, in `npm run test:all`. */
import { expect, test } from "./fixtures";
import { expectAccessible, expectNoSidewaysScrolling, pages, widths } from "./pages";

// The narrowest layout is checked by axe, because that is where things can overlap.
test.use({ viewport: { width: 320, height: 900 } });

for (const [name, { status, open }] of Object.entries(pages)) {
  test(`the page "${name}" has no violations that axe finds, in either theme, and does not scroll sideways`, async ({
    page,
    problems,
    session,
    visit,
    andWait,
  }) => {
    if (status) problems.allowStatus(status);
    // The system prefers the opposite each time, so the theme can only be the chosen one.
    await page.emulateMedia({ colorScheme: "dark" });
    await session.set("theme", "light");
    await open({ page, session, visit, andWait });
    const root = page.locator("html");
    await expect(root).toHaveAttribute("data-theme", "light");
    const background = () => root.evaluate((element) => getComputedStyle(element).backgroundColor);
    const light = await background();
    await expectAccessible(page);
    // This attribute is all that a theme is.
    await page.emulateMedia({ colorScheme: "light" });
    await root.evaluate((element) => element.setAttribute("data-theme", "dark"));
    expect(await background()).not.toBe(light);
    await expectAccessible(page);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScrolling(page);
    }
  });
}
