/** What a visitor sees while the session's store is down. */

import { expect, messages, test, withAndWithoutJavaScript } from "./fixtures";
import { fillIn } from "./form-flash/contact-form";

test.beforeEach(({ problems }) => problems.allowStatus(503));

withAndWithoutJavaScript(() => {
  test("4.6 every page is served", async ({ page, visit }) => {
    for (const path of ["/", "/theme-toggle", "/form-flash", "/account"]) {
      expect((await visit(path))?.status()).toBe(200);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    }
  });

  test("4.6 a form whose message could not be stored is accepted, without the message", async ({
    page,
    visit,
    andWait,
  }) => {
    await visit("/form-flash");
    await fillIn(page);
    await andWait(() => page.getByRole("button", { name: "Send message" }).click());
    await expect(page.getByLabel("Message", { exact: true })).toHaveValue("");
    await expect(page.getByRole("alert")).toHaveCount(0);
    await expect(messages(page)).toHaveCount(0);
  });

  test("4.6 a sign-in that was not saved says so, and keeps what was typed", async ({ page, visit, andWait }) => {
    await visit("/account");
    await page.getByLabel("Name").fill("Ada");
    await andWait(() => page.getByRole("main").getByRole("button", { name: "Sign in" }).click());
    await expect(page.getByRole("alert")).toContainText("was not saved");
    await expect(page.getByLabel("Name")).toHaveValue("Ada");
  });

  test("4.6 a theme that was not saved is not drawn, and the page says so", async ({ page, visit, andWait }) => {
    await visit("/theme-toggle");
    await andWait(() => page.getByRole("banner").getByRole("button", { name: "Dark" }).click());
    await expect(page.getByRole("alert").or(messages(page)).filter({ hasText: "not saved" })).toBeVisible();
    await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  });
});
