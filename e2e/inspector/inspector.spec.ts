/** /inspector. worker.test.ts tests that it is a 404 in production. */
import type { Page } from "@playwright/test";
import { expect, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { post } from "../http";

const acts = (page: Page) => page.getByRole("region", { name: "What you did" }).locator("li.act");
const fact = (page: Page, name: string) =>
  page.locator("dl > div").filter({ has: page.getByText(name, { exact: true }) });
const chooseTheme = (page: Page, theme: string) => post(page.request, "/theme-toggle", { theme });

withAndWithoutJavaScript(() => {
  test("it shows the values and the pending messages, and leaves them pending", { tag: "@each-store" }, async ({
    page,
    session,
    store,
    visit,
    expectFlashOnce,
  }) => {
    await session.set("theme", "dark");
    await session.set("provedAt", Math.floor(Date.now() / 1000) - 150);
    await session.flash("success", "Your bag is packed");
    for (let look = 0; look < 2; look++) {
      await visit("/inspector");
      await expect(page.getByRole("region", { name: "Data" })).toContainText('theme"dark"');
      await expect(page.getByRole("region", { name: "waiting" })).toContainText('success"Your bag is packed"');
      await expect(messages(page)).toHaveCount(0);
    }
    await expect(fact(page, "provedAt")).toContainText(/\d{10} 2 minutes ago 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
    await expect(fact(page, "Store")).toContainText(store);
    await expect(fact(page, "Name in the log")).toContainText(/[0-9a-f]{12}/);
    await expect(fact(page, "Started")).toContainText("just now");
    await expect(fact(page, "Ends if unused")).toContainText(/in (29|30) days/);
    await expect(fact(page, "Ends in any case")).toContainText(/in (89|90) days/);
    await expect(fact(page, "Cookie")).toContainText(/[1-9]\d\d of 4096 bytes/);

    await visit("/");
    await expectFlashOnce("Your bag is packed");
  });

  test("it shows what the visitor did since they opened it, and why a cookie was sent", { tag: "@each-store" }, async ({
    page,
    session,
    visit,
  }) => {
    await chooseTheme(page, "light");
    await visit("/inspector");
    await expect(page.getByRole("main")).toContainText("Nothing yet. Choose a theme or send the form");
    const written = (await chooseTheme(page, "dark")).headers();
    expect(written["server-timing"]).toMatch(/^session-open;dur=\d+, session-commit;dur=\d+;desc="stored: theme"$/);
    await chooseTheme(page, "dark");
    await page.request.get("/");
    await visit("/inspector");
    await expect(acts(page)).toHaveCount(3);

    const [read, again, act] = [acts(page).nth(0), acts(page).nth(1), acts(page).nth(2)];
    await expect(read.getByText("GET / 200")).toBeHidden();
    await read.getByText("You opened /: nothing changed").click();
    await expect(read.getByText("GET / 200")).toBeVisible();
    await expect(again).toContainText("No cookie: the session already held these values.");
    await expect(act.getByRole("heading")).toHaveText("You chose a theme");
    const steps = ["POST /theme-toggle", 'set("theme")', "303 → /theme-toggle"];
    const bytes = written["set-cookie"]?.length;
    // A record's cookie stays the same, and is not sent again.
    await expect(act.locator(".chain > li")).toHaveText(bytes ? [...steps, `Set-Cookie: ${bytes} bytes`] : steps);
    await expect(act.locator(".diff > li")).toHaveText(['Removed: theme "light"', 'Added: theme "dark"']);
    await act.getByText("Headers").click();
    await expect(act).toContainText(`Server-Timing: ${written["server-timing"]}`);
    if (bytes) await expect(act).toContainText(`Set-Cookie: ${await session.name()}=…; Max-Age=`);
  });

  test("what was done in a session that has ended stays", { tag: "@each-store" }, async ({
    page,
    session,
    store,
    visit,
  }) => {
    await visit("/inspector");
    await session.flash("success", "Your bag is packed");
    await visit("/");
    await expect(messages(page)).toHaveCount(1);
    await visit("/inspector");
    await expect(acts(page).getByRole("heading")).toHaveText("You opened /");
    await expect(acts(page).locator(".chain > [data-kind=call]")).toHaveText('getFlash("success")');
    await expect(acts(page).locator(".diff > li")).toHaveText('Removed: flash success "Your bag is packed"');
    if (store !== "cookie") return;
    await expect(acts(page).locator(".chain > li").last()).toHaveText("cookie removed");
    await expect(page.getByRole("main")).toContainText("Your session has ended");
  });

  test("a visitor without a session reads so, and gets none", async ({ page, context, visit }) => {
    await visit("/inspector");
    await expect(fact(page, "Cookie")).toContainText("No cookie yet: nothing to store.");
    const cookies = await context.cookies();
    expect(cookies).toMatchObject([{ name: "inspector", httpOnly: true, sameSite: "Lax", path: "/", expires: -1 }]);
  });
});

test("in a second tab, it shows and announces what is done in the first, and uses up no message", async ({
  page,
  context,
  session,
  visit,
  expectFlashOnce,
}) => {
  const inspector = await context.newPage();
  await visit("/inspector", inspector);
  await visit("/");
  const news = inspector.getByRole("main").getByRole("status");
  await expect(news).toBeEmpty();
  await chooseTheme(page, "dark");
  await expect(acts(inspector).getByRole("heading")).toHaveText("You chose a theme");
  await expect(news).toHaveText(/^Newest: You chose a theme, \d\d:\d\d:\d\d UTC$/);
  await expect(inspector.locator("html")).toHaveAttribute("data-theme", "dark");

  await session.flash("success", "Your bag is packed");
  await expect(inspector.getByRole("region", { name: "waiting" })).toContainText("Your bag is packed");
  await inspector.waitForResponse((response) => response.request().method() === "GET");
  await visit("/");
  await expectFlashOnce("Your bag is packed");
});

test("it asks every two seconds, not while it is hidden or paused, and no failure disturbs it", async ({
  page,
  problems,
  visit,
}) => {
  problems.allow(/ERR_FAILED|ERR_CONNECTION_REFUSED/);
  await page.clock.install();
  await visit("/inspector");
  let asked = 0;
  await page.route("**/inspector.data", (route) => {
    asked++;
    return route.abort("connectionrefused");
  });
  const hide = (isHidden: boolean) =>
    page.evaluate((value) => Object.defineProperty(document, "hidden", { value, configurable: true }), isHidden);

  for (let time = 1; time <= 3; time++) {
    await page.clock.runFor(2_000);
    await expect.poll(() => asked).toBe(time);
  }
  await hide(true);
  await page.clock.runFor(60_000);
  await hide(false);
  const live = page.getByRole("button", { name: "Live updates" });
  await live.click();
  await expect(live).toHaveAttribute("aria-pressed", "false");
  await page.clock.runFor(60_000);
  expect(asked).toBe(3);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What your session holds");

  await page.unroute("**/inspector.data");
  await chooseTheme(page, "dark");
  await live.click();
  await page.clock.runFor(2_000);
  await expect(acts(page).getByRole("heading")).toHaveText("You chose a theme");
});

test("a visitor who leaves it while it asks gets the message of the next page", async ({ page, session, visit }) => {
  await visit("/inspector");
  await session.flash("success", "Your bag is packed");
  let answer = () => {};
  const isLeft = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/inspector.data*", async (route) => {
    if (route.request().method() === "HEAD") await isLeft;
    await route.continue();
  });
  await page.waitForRequest((request) => request.method() === "HEAD");
  // The server has sent the page, and the message with it.
  await page.route("**/_root.data*", async (route) => {
    const response = await route.fetch();
    const question = page.waitForResponse((other) => other.request().method() === "HEAD");
    answer();
    await question;
    await page.evaluate(() => new Promise(requestAnimationFrame));
    // The page may have aborted it by then.
    await route.fulfill({ response }).catch(() => undefined);
  });
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
  await expect(messages(page)).toContainText("Your bag is packed");
});

test("it does not accept a POST", async ({ request }) => {
  expect((await post(request, "/inspector", {})).status()).toBe(405);
});
