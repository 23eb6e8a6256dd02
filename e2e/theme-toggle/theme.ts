/** The theme as a visitor chooses and sees it. */
import { expect, type Page } from "@playwright/test";

export type Choice = "Light" | "Dark" | "System";
export type Scheme = "light" | "dark";

export const headerButton = (page: Page, choice: Choice) =>
  page.getByRole("banner").getByRole("group", { name: "Theme" }).getByRole("button", { name: choice });

/** Expects the page to be drawn light or dark, by the colours that the browser computed, not by an attribute. */
export async function expectDrawn(page: Page, scheme: Scheme) {
  await expect.poll(() => page.evaluate(drawnScheme), { message: "the page is drawn" }).toBe(scheme);
}

/** Expects the choice in `<html>`, if it is stored, and as the pressed button of the header. */
export async function expectChosen(page: Page, choice: Choice) {
  const html = page.locator("html");
  if (choice === "System") await expect(html).not.toHaveAttribute("data-theme");
  else await expect(html).toHaveAttribute("data-theme", choice.toLowerCase());
  for (const each of ["Light", "Dark", "System"] as const) {
    await expect(headerButton(page, each)).toHaveAttribute("aria-pressed", String(each === choice));
  }
}

/** Runs in the page. A canvas turns a computed colour of any notation into numbers. */
function drawnScheme(): Scheme | "transparent" {
  const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
    willReadFrequently: true,
  });
  for (const element of [document.body, document.documentElement]) {
    if (!context) break;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = getComputedStyle(element).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
    if (alpha > 0) return red + green + blue > 384 ? "light" : "dark";
  }
  return "transparent";
}
