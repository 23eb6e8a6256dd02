import type { Page } from "@playwright/test";

/** Holds back what a script posts to this path, until `answer` is called. Counts the posts. */
export async function holdPosts(page: Page, path: string) {
  let count = 0;
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(`**${path}.data*`, async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    count++;
    await held;
    // The page may have aborted it by then.
    await route.continue().catch(() => undefined);
  });
  return { answer: () => answer(), count: () => count };
}
