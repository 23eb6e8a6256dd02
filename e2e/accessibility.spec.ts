/** Every page, light and dark. screenshots.spec.ts opens it in each, and repeats this at every width, in `npm run test:all`. */
import { expect, test } from "./fixtures";
import { colorSchemes, expectAccessible, expectNoSidewaysScrolling, pages, widths } from "./pages";

// The narrowest layout is checked by axe, because that is where things can overlap.
test.use({ viewport: { width: 320, height: 900 } });

for (const [name, { status, open }] of Object.entries(pages)) {
  test(`the page "${name}" has no violations that axe finds, light or dark, and does not scroll sideways`, async ({
    page,
    problems,
    session,
    visit,
    andWait,
  }) => {
    if (status) problems.allowStatus(status);
    await open({ page, session, visit, andWait });
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const backgrounds = new Set<string>();
    for (const colorScheme of colorSchemes) {
      await page.emulateMedia({ colorScheme });
      backgrounds.add(await background());
      await expectAccessible(page);
    }
    expect(backgrounds.size).toBe(2);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScrolling(page);
    }
  });
}
