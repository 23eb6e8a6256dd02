import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { demonstrations } from "../../app/demonstrations";
import packageJson from "../../package.json" with { type: "json" };
import { expect, heading, messages, test, withAndWithoutJavaScript, withoutJavaScript } from "../fixtures";

const hasTheme = demonstrations.some(({ path }) => path === "/theme-toggle");
const row = (page: Page, title: string) =>
  page
    .getByRole("region", { name: "Your session, live" })
    .locator("dl > div")
    .filter({ has: page.getByText(title, { exact: true }) })
    .getByRole("definition");
const button = (page: Page, name: string) => page.getByRole("main").getByRole("button", { name, exact: true });

withAndWithoutJavaScript(() => {
  test("the page shows the visitor's own session: nothing at first, then what a click has stored", async ({
    page,
    session,
    visit,
    andWait,
  }) => {
    await visit("/");
    await expect(row(page, "It holds")).toHaveText("Nothing yet.");
    await expect(row(page, "Cookie you sent")).toHaveText("None yet: nothing to store.");
    if (hasTheme) await andWait(() => button(page, "Dark").click());
    else {
      await session.set("theme", "dark");
      await visit("/");
    }
    await expect(row(page, "It holds")).toHaveText('theme "dark"');
    await expect(row(page, "Cookie you sent")).toHaveText(/^\d+ of 4096 bytes$/);
  });

  test("its form leaves a message, which the session has shown and deleted", async ({
    page,
    session,
    visit,
    andWait,
  }) => {
    await visit("/");
    await page.getByLabel("Your name").fill("Ada");
    await andWait(() => button(page, "Send").click());
    await expect(page).toHaveURL(/\/(\?index)?$/);
    await expect(messages(page)).toContainText("Thank you, Ada.");
    await expect(row(page, "Last change")).toHaveText("flash success was shown and deleted");
    await expect(row(page, "It holds")).toHaveText("Nothing yet.");
    expect(await session.get("success")).toBeUndefined();
  });
});

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
  await expect(page.getByRole("main").getByRole("status").first()).toContainText("Select the command");
});

withoutJavaScript(() => {
  test("the command is there, without a button that would do nothing", async ({ page, visit }) => {
    await visit("/");
    await expect(page.getByText("npm ci && npm run dev")).toBeVisible();
    await expect(page.getByRole("button", { name: "Copy" })).toHaveCount(0);
  });
});

if (hasTheme) {
  test("what the last click changed is said, and stays until the next one", async ({ page, visit, andWait }) => {
    await visit("/");
    await andWait(() => button(page, "Dark").click());
    await expect(row(page, "Last change")).toHaveText('added: theme "dark"');
    await andWait(() => button(page, "Light").click());
    await expect(row(page, "Last change")).toHaveText('removed: theme "dark"added: theme "light"');
    // The page's data is loaded again, and nothing has changed.
    await andWait(() => page.getByRole("banner").getByRole("link", { name: "Home" }).click());
    await expect(row(page, "Last change")).toHaveText('removed: theme "dark"added: theme "light"');
    await andWait(() => button(page, "System").click());
    await expect(row(page, "It holds")).toHaveText("Nothing yet.");
  });
}

test("a name that is too long or missing is an error, and nothing else happens", async ({ page, visit, andWait }) => {
  await visit("/");
  await page.getByLabel("Your name").fill("A".repeat(50));
  await expect(page.getByLabel("Your name")).toHaveValue("A".repeat(40));
  await page.getByLabel("Your name").fill("");
  await andWait(() => button(page, "Send").click());
  await expect(messages(page)).toContainText("Error: Enter a name: 1 to 40 visible characters.");
});

test("on a phone, the page stays at the form that was sent, and at what it changed", async ({
  page,
  visit,
  andWait,
}) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await visit("/");
  await page.getByLabel("Your name").fill("Ada");
  await button(page, "Send").scrollIntoViewIfNeeded();
  const scrolled = await page.evaluate(() => scrollY);
  expect(scrolled).toBeGreaterThan(0);
  await andWait(() => button(page, "Send").click());
  await expect(messages(page)).toBeInViewport();
  expect(await page.evaluate(() => scrollY)).toBe(scrolled);
});

test("a large value is cut, and the page does not scroll sideways", async ({ page, session, visit }) => {
  await session.set("word", "w".repeat(1_500));
  await visit("/");
  await expect(row(page, "It holds")).toHaveText(/^word "w{78}…$/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test("the form before and after stand next to each other, with the lines marked that only one of them has", async ({
  page,
  visit,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await visit("/");
  const [before, after] = ["Before", "After"].map((name) => page.getByRole("figure", { name: new RegExp(`^${name}`) }));
  for (const figure of [before, after]) {
    expect(await figure?.getByRole("heading", { level: 3 }).count()).toBe(1);
    expect(await figure?.locator("pre").evaluate((pre) => pre.scrollWidth - pre.clientWidth)).toBe(0);
  }
  const [left, right] = [await before?.boundingBox(), await after?.boundingBox()];
  expect([left?.y, (left?.x ?? 0) < (right?.x ?? 0)]).toEqual([right?.y, true]);
  const gone = (await before?.locator("del").allTextContents()) ?? [];
  const code = ((await after?.locator("pre").textContent()) ?? "").split("\n");
  expect(gone.filter((line) => line.includes("commitSession")).length).toBe(3);
  expect(gone.filter((line) => code.includes(line))).toEqual([]);
  expect(await after?.locator("ins").allTextContents()).toContain("  const { session } = context;");
});

test("the source and the documents are links if package.json names a repository, and names if not", async ({
  page,
  visit,
}) => {
  await visit("/");
  const links = "repository" in packageJson ? 1 : 0;
  await expect(page.getByRole("banner").getByRole("link", { name: "Source" })).toHaveCount(links);
  for (const file of ["docs", "app/lib/session/RULES.md", "LICENSE"]) {
    expect(existsSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)))).toBe(true);
    await expect(page.getByRole("contentinfo").locator(`a[href$="/${file}"]`)).toHaveCount(links);
    await expect(page.getByRole("contentinfo").getByText(file, { exact: true })).toHaveCount(1 - links);
  }
});
