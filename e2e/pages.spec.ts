/** Every page in every state: axe, the colours, the width of the window, the keyboard. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { demonstrations } from "../app/demonstrations";
import { expect, test, withoutJavaScript } from "./fixtures";
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
    // Those that only a script needs are shown in an effect, which may come later than the hydration.
    await expect(page.locator("button.invisible")).toHaveCount(0);
    const count = await page.evaluate(() => {
      // Something invisible, like a button that only a script needs, is no stop.
      const stops = [
        ...document.querySelectorAll<HTMLElement>(
          "a[href], button, input:not([type=hidden]), textarea, summary, [tabindex='0']",
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

test("each figure with code has a name, and shows lines of the file that it names; folded ones open one at a time", async ({
  page,
  visit,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const { path } of [{ path: "/" }, ...demonstrations]) {
    await visit(path);
    for (const figure of await page.locator("figure").all()) {
      const fold = figure.locator("xpath=ancestor::details");
      if (!(await figure.isVisible())) await fold.locator("summary").press("Enter");
      await expect(figure).toBeVisible();
      if (await fold.count()) {
        await expect(page.locator("details[open]")).toHaveCount(1);
        const isScrolled = (pre: Element) => pre.scrollWidth > pre.clientWidth;
        expect(await figure.locator("pre").evaluate(isScrolled), "a line is cut off").toBe(false);
      }
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

test("folded code can be copied as it is in its file", async ({ page, context, visit }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  for (const { path } of demonstrations) {
    await visit(path);
    const fold = page.locator("details[open]");
    if (!(await fold.count())) continue;
    await fold.getByRole("button", { name: "Copy" }).click();
    await expect(fold.getByRole("button", { name: "Copied" })).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const file = (await fold.locator("figcaption code").textContent()) ?? "";
    expect(readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), "utf8")).toContain(copied);
    expect(copied).toContain("function ");
  }
});

withoutJavaScript(() => {
  test("folded code opens without a script, and has no button that would do nothing", async ({ page, visit }) => {
    for (const { path } of demonstrations) {
      await visit(path);
      for (const summary of await page.locator("summary").all()) {
        const fold = summary.locator("xpath=..");
        if ((await fold.getAttribute("open")) === null) await summary.click();
        await expect(fold.locator("pre")).toBeVisible();
        await expect(page.getByRole("main").locator("pre").filter({ visible: true })).toHaveCount(1);
        await expect(fold.getByRole("button")).toHaveCount(0);
      }
    }
  });
});
