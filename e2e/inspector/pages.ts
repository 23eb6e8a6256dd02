import { expect } from "../fixtures";
import type { Pages } from "../pages";

export const pages: Pages = {
  "inspector-with-responses": {
    open: async ({ page, visit, andWait }) => {
      await visit("/inspector");
      await andWait(() => page.getByRole("banner").getByRole("button", { pressed: true }).click());
      await page.request.get("/nowhere");
      await page.reload();
      await expect(page.getByRole("main")).toContainText("POST /theme-toggle 303");
    },
  },
  "error-503": { status: 503, open: ({ visit }) => visit("/inspector/errors/503") },
};
