import type { Page } from "@playwright/test";

/** Holds back the app's scripts, from the next page on, until the function that it returns is called. */
export async function holdScripts(page: Page) {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/build/**/*.js", async (route) => {
    await held;
    await route.continue();
  });
  return () => release();
}
