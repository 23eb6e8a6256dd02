/** Messages as a visitor sees them: a banner in a new document, a toast if the page stays. */
import type { Page } from "@playwright/test";
import { expect, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { fillIn } from "./contact-form";

const TEXT = "submitted successfully";
const toasts = (page: Page) => page.getByTestId("toasts");
const banner = (page: Page) => page.locator(".banner");
const closeButton = (page: Page) => page.getByRole("button", { name: "Close" });

async function send(page: Page) {
  await fillIn(page);
  await page.getByRole("button", { name: "Send message" }).click();
}

withAndWithoutJavaScript((javaScriptEnabled) => {
  test("a loaded page has the message in its HTML, as a banner that takes the focus", async ({
    page,
    session,
    visit,
    expectFlashOnce,
  }) => {
    await session.flash("success", "Your bag is packed");
    expect(await (await visit("/theme-toggle"))?.text()).toContain("Your bag is packed");
    await expect(banner(page)).toBeFocused();
    await expect(banner(page)).toHaveAccessibleName(/Your bag is packed/);
    await expect(toasts(page)).toBeEmpty();
    await expect(closeButton(page)).toHaveCount(javaScriptEnabled ? 1 : 0);
    await expectFlashOnce("Your bag is packed");
  });

  test("3.6 a success and an error with the same text are both shown", async ({ page, session, visit }) => {
    await session.flash("success", "Done");
    await session.flash("error", "Done");
    await visit("/");
    await expect(messages(page)).toHaveCount(2);
    await expect(messages(page).nth(0)).toContainText("Done: Done");
    await expect(messages(page).nth(1)).toContainText("Error: Done");
    const ids = await messages(page).evaluateAll((all) => all.map((each) => each.getAttribute("data-message")));
    expect(new Set(ids).size).toBe(2);
  });

  test("a refused form has a summary that takes the focus, and no message", async ({ page, problems, visit }) => {
    problems.allowStatus(422);
    await visit("/form-flash");
    await page.getByRole("button", { name: "Send message" }).click();
    await expect(page.getByRole("alert")).toBeFocused();
    await expect(messages(page)).toHaveCount(0);
  });
});

test("a toast appears in a live region that was empty before, and takes no focus", async ({ page, visit }) => {
  await visit("/form-flash");
  const region = await toasts(page).elementHandle();
  await expect(toasts(page)).toHaveRole("status");
  await expect(toasts(page)).toHaveAttribute("aria-live", "polite");
  await expect(toasts(page)).toHaveAttribute("aria-atomic", "false");
  await expect(toasts(page)).toBeEmpty();

  await send(page);
  await expect(toasts(page)).toContainText(TEXT);
  expect(await toasts(page).evaluate((element, before) => element === before, region)).toBe(true);
  await expect(banner(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Send message" })).toBeFocused();
});

test("3.6 the same message twice in a row is two toasts", async ({ page, visit }) => {
  await visit("/form-flash");
  await send(page);
  await expect(messages(page)).toHaveCount(1);
  await send(page);
  await expect(messages(page)).toHaveCount(2);
  const ids = await messages(page).evaluateAll((all) => all.map((each) => each.getAttribute("data-message")));
  expect(new Set(ids).size).toBe(2);
});

test("a toast stays on the next page, a banner does not", async ({ page, session, visit }) => {
  const goTo = (name: string) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
  await session.flash("success", "A banner");
  await visit("/form-flash");
  await expect(banner(page)).toBeVisible();
  await goTo("Home");
  await expect(page).toHaveURL("/");
  await expect(messages(page)).toHaveCount(0);

  await goTo("Form");
  await send(page);
  await expect(toasts(page)).toContainText(TEXT);
  await goTo("Home");
  await expect(page).toHaveURL("/");
  await expect(toasts(page)).toContainText(TEXT);
});

test.describe("after some time", () => {
  test.beforeEach(async ({ page, visit }) => {
    await page.clock.install();
    await visit("/form-flash");
    await page.mouse.move(0, 0);
    await send(page);
    await expect(messages(page)).toHaveCount(1);
    await page.mouse.move(0, 0);
  });

  test("a success closes on its own", async ({ page }) => {
    await page.clock.runFor(4_000);
    await expect(messages(page)).toHaveCount(1);
    await page.clock.runFor(4_000);
    await expect(messages(page)).toHaveCount(0);
  });

  for (const [what, begin, end] of [
    ["the pointer is over it", (page: Page) => messages(page).hover(), (page: Page) => page.mouse.move(0, 0)],
    ["the focus is in it", (page: Page) => closeButton(page).focus(), (page: Page) => page.getByLabel("Name").focus()],
    ["the tab is hidden", (page: Page) => setHidden(page, true), (page: Page) => setHidden(page, false)],
  ] as const) {
    test(`its timer pauses while ${what}`, async ({ page }) => {
      await begin(page);
      await page.clock.runFor(60_000);
      await expect(messages(page)).toHaveCount(1);
      await end(page);
      await page.clock.runFor(8_000);
      await expect(messages(page)).toHaveCount(0);
    });
  }
});

test("an error stays until it is closed", async ({ page, problems, visit }) => {
  problems.allow(/ERR_CONNECTION_REFUSED|Failed to fetch/);
  await page.clock.install();
  await visit("/");
  await page.route("**/theme-toggle", (route) => route.abort("connectionrefused"));
  const dark = page.getByRole("banner").getByRole("button", { name: "Dark" });
  await dark.click();
  await expect(toasts(page)).toContainText("Error: The theme was not saved");
  await dark.click();
  await expect(messages(page)).toHaveCount(2);
  await page.clock.runFor(600_000);
  await expect(messages(page)).toHaveCount(2);
  await closeButton(page).first().click();
  await expect(messages(page)).toHaveCount(1);
});

test("Escape closes the message that has the focus, else the newest", async ({ page, session, visit }) => {
  await session.flash("success", "First");
  await session.flash("error", "Second");
  await visit("/form-flash");
  await expect(messages(page)).toHaveCount(2);
  await closeButton(page).first().focus();
  await page.keyboard.press("Escape");
  await expect(messages(page)).toHaveText(/Second/);
  await expect(page.locator("main")).toBeFocused();

  await send(page);
  await expect(toasts(page)).toContainText(TEXT);
  await page.keyboard.press("Escape");
  await expect(messages(page)).toHaveCount(0);
});

test("closing a message with the keyboard keeps the focus in the page", async ({ page, visit }) => {
  await visit("/form-flash");
  await send(page);
  await closeButton(page).focus();
  await page.keyboard.press("Enter");
  await expect(messages(page)).toHaveCount(0);
  await expect(page.locator("main")).toBeFocused();
});

function setHidden(page: Page, isHidden: boolean) {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  }, isHidden);
}
