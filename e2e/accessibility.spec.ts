import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures";
import { contact, post } from "./http";

const pages = [
  { name: "home", path: "/" },
  { name: "theme", path: "/theme-toggle" },
  { name: "form", path: "/form-flash" },
  { name: "form with errors", path: "/form-flash", sends: { name: "", email: "no", message: "" }, status: 422 },
  { name: "form with a success", path: "/form-flash", sends: contact },
  { name: "sign-in", path: "/account" },
  { name: "not found", path: "/nowhere", status: 404 },
] as const;

for (const theme of ["light", "dark"] as const) {
  for (const width of [390, 1280]) {
    test.describe(`${theme}, ${width} px wide`, () => {
      // A system that asks for the opposite: what the page is drawn in is what was chosen.
      test.use({ viewport: { width, height: 900 }, colorScheme: theme === "dark" ? "light" : "dark" });

      for (const { name, path, ...rest } of pages) {
        test(`the page "${name}" has no violation that axe finds, and no sideways scrolling`, async ({
          page,
          problems,
          visit,
          andWait,
        }) => {
          if ("status" in rest) problems.allowStatus(rest.status);
          await post(page.request, "/theme-toggle", { theme });
          await visit(path);
          if ("sends" in rest) {
            for (const [field, value] of Object.entries(rest.sends)) await page.locator(`[name=${field}]`).fill(value);
            await andWait(() => page.getByRole("button", { name: "Send message" }).click());
            await expect(page.getByRole("status").or(page.getByRole("alert")).filter({ hasText: /\w/ })).toBeVisible();
          }
          await expect(page.locator("html")).toHaveAttribute("data-theme", theme);

          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect(overflow).toBeLessThanOrEqual(0);
        });
      }
    });
  }
}
