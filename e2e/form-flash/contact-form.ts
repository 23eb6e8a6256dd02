import type { Page } from "@playwright/test";

export const contact = { name: "Ada", email: "ada@example.com", message: "Hello" };

/** Fills in the form of /form-flash, which is open. */
export async function fillIn(page: Page, fields = contact) {
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value);
}
