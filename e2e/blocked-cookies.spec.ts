import { demonstrations } from "../app/demonstrations";
import { test } from "./blocked-cookies";
import { test as accepting, expect, heading } from "./fixtures";

test.use({ fullBrowser: true });

test("in a browser that blocks cookies, every page opens, once, and a notice says what that means", async ({
  page,
  visit,
  andWait,
}) => {
  const documents: string[] = [];
  page.on("request", (request) => {
    if (request.isNavigationRequest()) documents.push(request.url());
  });
  await visit("/");
  const notice = page.getByRole("region", { name: "Your browser refuses cookies" });
  await expect(notice).toBeVisible();
  for (const { path, name } of demonstrations) {
    await andWait(() => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click());
    await expect(page).toHaveURL(path);
    await expect(heading(page)).toBeFocused();
    await expect(notice).toBeVisible();
  }
  expect(documents).toHaveLength(1);
});

accepting(
  "a visitor whose browser accepts cookies is told nothing, and no cookie is left of the check",
  async ({ page, context, visit }) => {
    await visit("/");
    await expect(page.getByRole("region", { name: "Your browser refuses cookies" })).toHaveCount(0);
    expect(await context.cookies()).toEqual([]);
  },
);
