/** Every page in every state: axe, the colours, the width of the window, the keyboard. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { demonstrations } from "../app/demonstrations";
import { expect, test } from "./fixtures";
import { expectAccessibleLightAndDark, expectNoSidewaysScrolling, pages, widths } from "./pages";

// The narrowest layout is checked by axe, because that is where things can overlap.
test.use({ viewport: { width: 320, height: 700 } });

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
    await expectAccessibleLightAndDark(page);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 700 });
      await expectNoSidewaysScrolling(page);
    }
  });
}

for (const path of ["/", "/nowhere", ...demonstrations.map((each) => each.path)]) {
  test(`Tab reaches everything on ${path}, in the order of the page, with a visible focus`, async ({
    page,
    problems,
    visit,
  }) => {
    problems.allowStatus(404);
    await visit(path);
    const count = await page.evaluate(() => {
      // Something invisible, like a button that only a script needs, is no stop.
      const stops = [
        ...document.querySelectorAll<HTMLElement>(
          "a[href], button, input:not([type=hidden]), textarea, [tabindex='0']",
        ),
      ].filter((element) => element.checkVisibility({ visibilityProperty: true }));
      for (const [place, stop] of stops.entries()) stop.dataset.place = String(place);
      return stops.length;
    });
    expect(count).toBeGreaterThan(await page.getByRole("navigation", { name: "Main" }).getByRole("link").count());
    for (let place = 0; place < count; place++) {
      await page.keyboard.press("Tab");
      const focused = page.locator(":focus");
      await expect(focused).toHaveAttribute("data-place", String(place));
      await expect(focused).toHaveCSS("outline-style", "solid");
      await expect(focused).toHaveCSS("outline-width", "3px");
      await expect(focused).toBeInViewport();
    }
  });
}

test("the skip link leads past the menu", async ({ page, visit }) => {
  await visit("/");
  await page.keyboard.press("Tab");
  await expect(page.locator(":focus")).toHaveText("Skip to the content");
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
});

test("each figure with code has a name, and shows lines of the file that it names", async ({ page, visit }) => {
  for (const { path } of [{ path: "/" }, ...demonstrations]) {
    await visit(path);
    for (const figure of await page.getByRole("figure").all()) {
      const name = (await figure.locator("figcaption code").textContent()) ?? "";
      await expect(figure).toHaveAccessibleName(new RegExp(`${name}$`));
      const source = readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), "utf8");
      const lines = ((await figure.locator("pre").textContent()) ?? "").split("\n");
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.filter((line) => !source.includes(line.trim()))).toEqual([]);
      await expect(figure.locator("pre")).toHaveCSS("overflow-x", "auto");
      // Only if package.json names a repository.
      for (const link of await figure.getByRole("link").all()) {
        expect((await link.boundingBox())?.height).toBeGreaterThanOrEqual(24);
      }
    }
  }
});
