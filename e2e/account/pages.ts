import { expect } from "../fixtures";
import type { Pages } from "../pages";

export const pages: Pages = {
  "signed-in": {
    open: async ({ session, visit }) => {
      await session.set("user", "Ada");
      await visit("/account");
    },
  },
  note: {
    open: async ({ session, visit }) => {
      await session.set("user", "Ada");
      await visit("/account/note");
    },
  },
  "needs-sign-in": {
    status: 403,
    open: async ({ page, session, visit, andWait }) => {
      await session.set("user", "Ada");
      await visit("/account/note");
      await page.getByRole("textbox", { name: "Note" }).fill("Buy milk");
      await session.unset("user");
      await andWait(() => page.getByRole("button", { name: "Save the note" }).click());
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
  "prove-it": {
    status: 403,
    open: async ({ page, session, visit, andWait }) => {
      await session.set("user", "Ada");
      await visit("/account");
      await page.evaluate(() => {
        const signOut = document.querySelector("main button[value=sign-out]");
        signOut?.insertAdjacentHTML("afterend", '<button name="intent" value="sign-out-others">Others</button>');
      });
      await andWait(() => page.getByRole("button", { name: "Others" }).click());
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
};
