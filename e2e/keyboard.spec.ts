/** Everything works without a mouse, and the focus is always visible. */
import type { Page } from "@playwright/test";
import { expect, messages, test } from "./fixtures";
import type { VisitedPage } from "./session";
import { expectChosen } from "./theme-toggle/theme";

const focused = (page: Page) => page.locator(":focus");

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string | RegExp) {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    if (
      await page
        .getByRole("button", { name, exact: true })
        .or(page.getByRole("link", { name, exact: true }))
        .or(page.getByRole("textbox", { name, exact: true }))
        .and(focused(page))
        .count()
    )
      return;
  }
  throw new Error(`Tab does not reach ${name}`);
}

const visited: VisitedPage[] = [
  { path: "/" },
  { path: "/theme-toggle" },
  { path: "/form-flash" },
  { path: "/account" },
  { path: "/account/note", holds: ["user", "Ada"] },
  { path: "/inspector" },
  { path: "/inspector/errors/500" },
];

for (const { path, holds } of visited) {
  for (const width of [320, 1440]) {
    test(`Tab reaches everything on ${path} at ${width} px, in the order of the page, with a visible focus`, async ({
      page,
      problems,
      session,
      visit,
    }) => {
      problems.allowStatus(500);
      if (holds) await session.set(...holds);
      await page.setViewportSize({ width, height: 700 });
      await visit(path);
      const all = page.locator("a[href], button, input:not([type=hidden]), textarea");
      await all.evaluateAll((elements) => {
        for (const [index, element] of elements.entries()) element.setAttribute("data-place", String(index));
      });
      const count = await all.count();
      const menu = page.getByRole("navigation", { name: "Main" }).getByRole("link");
      expect(count).toBeGreaterThan(await menu.count());
      for (let place = 0; place < count; place++) {
        await page.keyboard.press("Tab");
        await expect(focused(page)).toHaveAttribute("data-place", String(place));
        await expect(focused(page)).toBeInViewport();
        const outline = await focused(page).evaluate((element) => getComputedStyle(element).outline);
        expect(outline).toMatch(/solid 3px|3px solid/);
      }
    });
  }
}

test("the skip link leads past the menu", async ({ page, visit }) => {
  await visit("/");
  await page.keyboard.press("Tab");
  await expect(focused(page)).toHaveText("Skip to the content");
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Copy" })).toBeFocused();
});

test("a visitor can choose a theme, send a form, correct it and close its message", async ({
  page,
  problems,
  visit,
}) => {
  problems.allowStatus(422);
  await visit("/");
  await tabTo(page, "Dark");
  await page.keyboard.press("Space");
  await expectChosen(page, "Dark");
  await tabTo(page, "Send a form");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/form-flash");

  await tabTo(page, "Send message");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("Ada");
  await page.keyboard.press("Tab");
  await page.keyboard.type("ada@example.com");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Hello");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(messages(page)).toContainText("submitted successfully");
  await page.keyboard.press("Escape");
  await expect(messages(page)).toHaveCount(0);
});

test("a visitor can sign in and out", async ({ page, visit }) => {
  await visit("/account");
  await tabTo(page, "Name");
  await page.keyboard.type("Ada Lovelace");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Signed in as Ada Lovelace");
  await tabTo(page, "Sign out");
  await page.keyboard.press("Space");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await tabTo(page, "Close");
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
});
