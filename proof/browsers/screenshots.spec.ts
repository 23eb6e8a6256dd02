/**
 * Every page, light and dark, at three widths: checked by axe, and saved as a screenshot in test-results/screenshots for
 * people to look at.
 */
import { expect, test } from "../../e2e/fixtures";
import { colorSchemes, expectAccessible, pages, widths } from "../../e2e/pages";

for (const colorScheme of colorSchemes) {
  for (const [name, { status, open }] of Object.entries(pages)) {
    test(`the page "${name}" is drawn ${colorScheme} at every width`, async ({
      page,
      problems,
      session,
      visit,
      andWait,
    }) => {
      if (status) problems.allowStatus(status);
      await page.emulateMedia({ colorScheme });
      await open({ page, session, visit, andWait });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        await expectAccessible(page);
        const path = `test-results/screenshots/${name}-${colorScheme}-${width}.png`;
        const picture = await page.screenshot({ path, fullPage: true, animations: "disabled" });
        // The first field of a PNG's header: the picture has the page, and nothing beside it.
        expect(picture.readUInt32BE(16)).toBe(width);
      }
    });
  }
}
