/** The account without a mouse, and where the focus and the menu are. */
import { expect, heading, test } from "../fixtures";

test("a visitor can sign in and out with the keyboard, and each page begins at its heading", async ({
  page,
  visit,
}) => {
  await visit("/account");
  await page.getByLabel("Name").focus();
  await page.keyboard.type("Ada Lovelace");
  await page.keyboard.press("Enter");
  await expect(heading(page)).toHaveText("Signed in as Ada Lovelace");
  await expect(heading(page)).toBeFocused();
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).press("Enter");
  await expect(heading(page)).toHaveText("Sign in");
  await expect(heading(page)).toBeFocused();
});

test("a page below the account is marked in the menu as part of it", async ({ page, session, visit }) => {
  await session.set("user", "Ada");
  await visit("/account/note");
  const marked = page.getByRole("navigation", { name: "Main" }).locator("[aria-current]");
  await expect(marked).toHaveText("Account");
  await expect(marked).toHaveAttribute("aria-current", "true");
  await expect(marked).toHaveCSS("text-decoration-line", "underline");
  await marked.click();
  await expect(marked).toHaveAttribute("aria-current", "page");
});
