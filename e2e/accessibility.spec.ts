/** Every page in both themes. screenshots.spec.ts repeats it at every width, in `npm run test:all`. */
import { expect, test } from "./fixtures";
import { expectAccessible, expectNoSidewaysScrolling, pages, themes, widths } from "./pages";

for (const theme of themes) {
  test.describe(theme, () => {
    // The system prefers the opposite, so the page's theme can only be the chosen one. The narrowest layout is checked by
    // axe, because that is where things can overlap.
    test.use({ colorScheme: theme === "dark" ? "light" : "dark", viewport: { width: 320, height: 900 } });

    for (const [name, { status, open }] of Object.entries(pages)) {
      test(`the page "${name}" has no violations that axe finds, and does not scroll sideways`, async ({
        page,
        problems,
        session,
        visit,
        andWait,
      }) => {
        if (status) problems.allowStatus(status);
        await session.set("theme", theme);
        await open({ page, session, visit, andWait });
        await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
        await expectAccessible(page);
        for (const width of widths) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoSidewaysScrolling(page);
        }
      });
    }
  });
}
