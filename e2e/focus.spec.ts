/** Where the keyboard and a screen reader are after the page has changed without a new document. */

import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { SITE } from "../app/lib/page-meta";
import { expect, test, withAndWithoutJavaScript } from "./fixtures";
import type { VisitedPage } from "./session";
import { settled } from "./settled";

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const main = (page: Page) => page.getByRole("main");

test("a link leads to the heading of its page, from the menu, and going back to that of the page before", async ({
  page,
  visit,
}) => {
  await visit("/");
  const home = (await heading(page).textContent()) ?? "";
  for (const [name, title] of [
    ["Form", "A message, shown once"],
    ["Account", "Sign in"],
  ] as const) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).press("Enter");
    await expect(heading(page)).toHaveText(title);
    await expect(heading(page)).toBeFocused();
    await page.goBack();
    // Its address is there before the page is, whose heading then takes the focus.
    await expect(heading(page)).toHaveText(home);
    await expect(heading(page)).toBeFocused();
    await expect(page).toHaveURL("/");
  }
});

test("so do going back and forward, the name of the site, and a link in the content", async ({ page, visit }) => {
  await visit("/");
  const link = main(page).getByRole("link", { name: "Choose a theme" });
  await link.press("Enter");
  await expect(heading(page)).toHaveText("A theme that stays");
  await expect(heading(page)).toBeFocused();
  await page.goBack();
  // Its address is there before the page is.
  await expect(heading(page)).not.toHaveText("A theme that stays");
  await expect(heading(page)).toBeFocused();
  await page.goForward();
  await expect(heading(page)).toHaveText("A theme that stays");
  await expect(heading(page)).toBeFocused();

  await page.getByRole("banner").getByRole("link", { name: SITE }).press("Enter");
  await expect(page).toHaveURL("/");
  await expect(heading(page)).toBeFocused();
  await link.press("Enter");
  await expect(heading(page)).toHaveText("A theme that stays");
  await expect(heading(page)).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(main(page).getByRole("button", { name: "Light" })).toBeFocused();
});

test("whoever goes back and forth without a pause begins at the heading as well", async ({ page, context, visit }) => {
  await page.addInitScript(() => {
    const load = window.fetch;
    window.fetch = async (...given) => {
      const response = await load(...given);
      if (response.url.includes("/_root.data") && location.pathname === "/") setTimeout(() => history.forward());
      return response;
    };
  });
  await visit("/");
  await main(page).getByRole("link", { name: "Choose a theme" }).press("Enter");
  await expect(heading(page)).toBeFocused();
  // A slow device, on which the page before is not yet drawn when its successor is asked for.
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 8 });
  for (let round = 0; round < 5; round++) {
    await Promise.all([page.waitForResponse(/_root\.data/), page.evaluate(() => history.back())]);
    await expect(page).toHaveURL("/theme-toggle");
    await settled(page);
    await expect(heading(page)).toHaveText("A theme that stays");
    await expect(heading(page)).toBeFocused();
  }
});

test("after a sign-in and a sign-out, the focus is at the heading", async ({ page, visit }) => {
  await visit("/account");
  await page.getByLabel("Name").fill("Ada");
  await main(page).getByRole("button", { name: "Sign in" }).press("Enter");
  await expect(heading(page)).toHaveText("Signed in as Ada");
  await expect(heading(page)).toBeFocused();
  await main(page).getByRole("button", { name: "Sign out" }).press("Enter");
  await expect(heading(page)).toHaveText("Sign in");
  await expect(heading(page)).toBeFocused();
});

test("a choice of theme leaves the focus on its button", async ({ page, visit, andWait }) => {
  await visit("/");
  const dark = page.getByRole("banner").getByRole("button", { name: "Dark" });
  await andWait(() => dark.press("Enter"));
  await expect(dark).toBeFocused();
});

withAndWithoutJavaScript((javaScriptEnabled) => {
  for (const [path, button, title] of [
    ["/form-flash", "Send message", "Form and flash"],
    ["/account", "Sign in", "Account"],
  ] as const) {
    test(`the title of ${path} says that the form was refused, until it is corrected`, async ({
      page,
      problems,
      visit,
      andWait,
    }) => {
      problems.allowStatus(422);
      await visit(path);
      await expect(page).toHaveTitle(new RegExp(`^${title}`));
      const submit = main(page).getByRole("button", { name: button });
      await andWait(() => submit.click());
      await expect(page.getByRole("alert")).toBeFocused();
      await expect(page).toHaveTitle(new RegExp(`^Error: ${title}`));

      if (javaScriptEnabled) await andWait(() => submit.click());
      await page.getByLabel("Name").fill("Ada");
      if (path === "/form-flash") {
        await page.getByLabel("Email").fill("ada@example.com");
        await page.getByLabel("Message").fill("Hello");
      }
      await andWait(() => submit.click());
      await expect(page.getByRole("alert")).toHaveCount(0);
      await expect(page).toHaveTitle(new RegExp(`^${title}`));
    });
  }
});

const withCode: VisitedPage[] = [
  { path: "/" },
  { path: "/theme-toggle" },
  { path: "/form-flash" },
  { path: "/account" },
  { path: "/account/note", holds: ["user", "Ada"] },
];

test("each code figure has a name, a heading and one block of code, and a link to its file is large enough to hit", async ({
  page,
  session,
  visit,
}) => {
  for (const { path, holds } of withCode) {
    if (holds) await session.set(...holds);
    await visit(path);
    for (const figure of await page.getByRole("figure").all()) {
      const title = await figure.getByRole("heading", { level: 2 }).textContent();
      await expect(figure).toHaveAccessibleName(new RegExp(`^${title}`));
      await expect(figure.locator("pre > code")).toHaveCount(1);
      // Only if package.json names a repository.
      for (const link of await figure.getByRole("link").all()) {
        expect((await link.boundingBox())?.height, path).toBeGreaterThanOrEqual(24);
      }
    }
  }
});

test("five links of the menu stay in one row on a phone, and a toast leaves the form free", async ({ page, visit }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await visit("/form-flash");
  const links = page.getByRole("navigation", { name: "Main" }).getByRole("link");
  const listed = readFileSync("app/components/site-header.tsx", "utf8").match(/\{ to: /g);
  await expect(links).toHaveCount(listed?.length ?? 0);
  // More of them take a second row.
  const tops = await links.evaluateAll((all) => all.slice(0, 5).map((each) => each.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);

  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Message").fill("Hello");
  const send = page.getByRole("button", { name: "Send message" });
  await send.click();
  const toast = page.locator("[data-message]");
  await expect(toast).toBeVisible();
  const [top, bottom] = [(await send.boundingBox())?.y ?? 0, (await toast.boundingBox()) ?? { y: 0, height: 0 }];
  expect(bottom.y + bottom.height).toBeLessThan(top);
  for (const label of ["Email", "Message"]) {
    const box = await page.getByLabel(label).boundingBox();
    if (box && box.y >= 0) expect(box.y).toBeGreaterThan(bottom.y + bottom.height);
  }
});
