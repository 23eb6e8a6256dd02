import { expect, messages } from "../fixtures";
import type { Pages } from "../pages";
import { contact, fillIn } from "./contact-form";

const withFields =
  (fields: typeof contact): Pages[string]["open"] =>
  async ({ page, visit, andWait }) => {
    await visit("/form-flash");
    await fillIn(page, fields);
    await andWait(() => page.getByRole("button", { name: "Send message" }).click());
    await expect(page.getByRole("alert").or(messages(page))).toBeVisible();
  };

export const pages: Pages = {
  "form-refused": { status: 422, open: withFields({ name: "", email: "no", message: "" }) },
  "form-toast": { open: withFields(contact) },
};
