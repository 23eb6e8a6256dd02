import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { demonstrations } from "../../app/demonstrations";
import { expect, heading, test, withoutJavaScript } from "../fixtures";

test("each ticket leads to its demonstration", async ({ page, visit }) => {
  for (const { path, ticket } of demonstrations) {
    if (!ticket) continue;
    await visit("/");
    await page.getByRole("main").getByRole("link", { name: ticket.title }).click();
    await expect(page).toHaveURL(path);
    await expect(heading(page)).toBeFocused();
  }
});

test("every file that the page names exists", async ({ page, visit }) => {
  await visit("/");
  const files = await page.getByRole("region", { name: "Where to look in the code" }).locator("dt").allTextContents();
  expect(files[0]).toBe("worker.ts");
  const isMissing = (file: string) => !existsSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)));
  expect(files.filter(isMissing)).toEqual([]);
});

test("the command that starts the app can be copied", async ({ page, context, visit }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await visit("/");
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/npm ci && npm run dev$/);
});

test("if the browser does not allow it, the button says so, to a screen reader too", async ({ page, visit }) => {
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("Not allowed"));
  });
  await visit("/");
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByRole("button", { name: "Not copied" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Select the command");
});

withoutJavaScript(() => {
  test("the command is there, without a button that would do nothing", async ({ page, visit }) => {
    await visit("/");
    await expect(page.getByText("npm ci && npm run dev")).toBeVisible();
    await expect(page.getByRole("button", { name: "Copy" })).toHaveCount(0);
  });
});
