/** What JavaScript adds to the theme: no waiting, and nothing is lost. */
import { expect, messages, test } from "../fixtures";
import { expectChosen, expectDrawn, headerButton } from "./theme";

const isThemeAction = (url: URL) => url.pathname === "/theme-toggle";

test("a choice loads no new document, and keeps the scroll position and the focus", async ({
  page,
  visit,
  andWait,
}) => {
  await page.setViewportSize({ width: 390, height: 400 });
  await visit("/theme-toggle");
  let documents = 0;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) documents++;
  });

  const dark = page.getByRole("main").getByRole("button", { name: "Dark" });
  await dark.focus();
  const scrolled = await page.evaluate(() => window.scrollY);
  expect(scrolled).toBeGreaterThan(0);

  await andWait(() => page.keyboard.press("Enter"));
  await expectChosen(page, "Dark");
  await expect(dark).toBeFocused();
  expect(await page.evaluate(() => window.scrollY)).toBe(scrolled);
  expect(documents).toBe(0);
});

test("a choice is drawn before the server answers", async ({ page, visit }) => {
  await visit("/");
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(isThemeAction, async (route) => {
    await held;
    await route.continue();
  });

  await headerButton(page, "Dark").click();
  await expectChosen(page, "Dark");
  await expectDrawn(page, "dark");
  expect(await page.context().cookies()).toEqual([]);

  answer();
  await expect.poll(() => page.context().cookies()).toHaveLength(1);
  await expectChosen(page, "Dark");
  await page.reload();
  await expectChosen(page, "Dark");
});

test("of several quick choices, the last one wins", async ({ page, visit, andWait }) => {
  await visit("/");
  await andWait(async () => {
    for (const choice of ["Dark", "Light", "System", "Dark", "Light"] as const)
      await headerButton(page, choice).click();
  });
  await expectChosen(page, "Light");
  await page.reload();
  await expectChosen(page, "Light");
});

test("a choice that was not saved is undone, and the page says so", async ({ page, problems, visit, andWait }) => {
  problems.allow(/ERR_CONNECTION_REFUSED|Failed to fetch/);
  await visit("/");
  await page.route(isThemeAction, (route) => route.abort("connectionrefused"));
  await andWait(() => headerButton(page, "Dark").click());
  await expectChosen(page, "System");
  await expect(messages(page)).toContainText("not saved");
});

test("a choice works before the scripts have arrived", async ({ page, problems }) => {
  problems.allow(/\/build\/.*\.js/);
  await page.route("**/build/**/*.js", (route) => route.abort());
  await page.goto("/?from=menu");
  await headerButton(page, "Dark").click();
  await expectChosen(page, "Dark");
  await expect(page).toHaveURL("/?from=menu&cookie=sent");
});

test("a half-filled form survives a choice", async ({ page, visit, andWait }) => {
  await visit("/form-flash");
  await page.getByLabel("Message").fill("Half a sen");
  await andWait(() => headerButton(page, "Dark").click());
  await expectChosen(page, "Dark");
  await expect(page.getByLabel("Message")).toHaveValue("Half a sen");
});
