/** The page while its scripts load, on paper, and with the system's accessibility settings. */
import { demonstrations } from "../app/demonstrations";
import { SITE } from "../app/lib/page-meta";
import { expect, messages, test } from "./fixtures";
import { holdScripts } from "./hold-scripts";
import { settled } from "./settled";

test("the layout does not shift when the scripts run, or when a message appears", async ({ page, session, visit }) => {
  await session.flash("success", "A banner");
  for (const path of ["/", ...demonstrations.map((each) => each.path)]) {
    const release = await holdScripts(page);
    await page.goto(path, { waitUntil: "commit" });
    // The browser draws a page while it is still parsing it. Only then may a box grow with what comes after it.
    await page.waitForFunction(() => document.readyState !== "loading");
    const shift = await watchLayoutShift();
    release();
    await settled(page);
    expect(await shift(), path).toBe(0);
  }
  await visit("/");
  const shift = await watchLayoutShift();
  await session.flash("success", "A toast");
  await page.getByRole("banner").getByRole("link", { name: SITE }).click();
  await expect(messages(page)).toContainText("A toast");
  expect(await shift()).toBe(0);

  /** Returns a function that tells how far the layout has shifted since. */
  async function watchLayoutShift() {
    const watched = await page.evaluateHandle(async () => {
      const isDrawn = () =>
        new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
      const watched = { shift: 0, isDrawn };
      await isDrawn();
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) watched.shift += (entry as unknown as { value: number }).value;
      }).observe({ type: "layout-shift" });
      return watched;
    });
    return () => watched.evaluate(async ({ isDrawn, ...watched }) => isDrawn().then(() => watched.shift));
  }
});

test("a printed page is light and has neither navigation nor what could only be pressed", async ({ page, visit }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await visit("/");
  const ink = await page.evaluate(() => getComputedStyle(document.documentElement).color);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(page.locator("html")).toHaveCSS("color", ink);
  await expect(page.locator("html")).toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
  for (const role of ["banner", "contentinfo"] as const) await expect(page.getByRole(role)).toBeHidden();
  await expect(page.getByRole("main").getByRole("button")).toHaveCount(0);
  await page.setViewportSize({ width: 390, height: 844 });
  const isCut = (pre: Element) => pre.scrollWidth > pre.clientWidth;
  for (const pre of await page.locator("pre").all()) expect(await pre.evaluate(isCut)).toBe(false);
});

test("text is not muted for a visitor who prefers more contrast", async ({ page, visit }) => {
  await page.emulateMedia({ contrast: "more" });
  await visit("/");
  const ink = await page.evaluate(() => getComputedStyle(document.documentElement).color);
  await expect(page.getByRole("contentinfo")).toHaveCSS("color", ink);
});

test("the footer is at the bottom of the window below a short page, and at its end below a long one", async ({
  page,
  problems,
  visit,
}) => {
  problems.allowStatus(404);
  const bottom = () =>
    page.getByRole("contentinfo").evaluate((footer) => Math.round(footer.getBoundingClientRect().bottom + scrollY));
  await page.setViewportSize({ width: 1440, height: 1400 });
  await visit("/nowhere");
  expect(await bottom()).toBe(1400);
  await page.setViewportSize({ width: 390, height: 300 });
  expect(await bottom()).toBe(await page.evaluate(() => document.documentElement.scrollHeight));
});

test("the menu stays in one row on a phone, with five entries", async ({ page, visit }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await visit("/");
  const links = page.getByRole("navigation", { name: "Main" }).getByRole("link");
  await expect(links).toHaveCount(1 + demonstrations.length);
  const tops = await links.evaluateAll((all) => all.slice(0, 5).map((each) => each.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
});
