import type { Page } from "@playwright/test";
import { contact } from "../http";

/** Fills in the form of /form-flash, which is open. */
export async function fillIn(page: Page, fields = contact) {
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value);
}
