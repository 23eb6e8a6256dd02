/** /inspector. worker.test.ts tests that it is a 404 in production. */
import type { Page } from "@playwright/test";
import { demonstrations } from "../../app/demonstrations";
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
    await session.set("returnTo", { path: "/", at: Math.floor(Date.now() / 1000) - 3_600 });
    await session.flash("success", "Your bag is packed");
    for (let look = 0; look < 2; look++) {
      await visit("/inspector");
      await expect(page.getByRole("region", { name: "Data" })).toContainText('theme"dark"');
      await expect(page.getByRole("region", { name: "waiting" })).toContainText('success"Your bag is packed"');
      await expect(messages(page)).toHaveCount(0);
    }
    await expect(fact(page, "provedAt")).toContainText(/\d{10} 2 minutes ago 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
    await expect(fact(page, "returnTo")).toContainText(/"at": \d{10}\s+\} at 1 hour ago 2\d{3}-\d\d-\d\d/);
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
    await expect(page.getByRole("main")).toContainText("Nothing yet. From now on, this page notes your requests");
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
    const steps = ["POST /theme-toggle", 'set("theme") rule 2.3', "303 → /theme-toggle"];
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
    await expect(acts(page).locator(".chain > [data-kind=call]")).toHaveText('getFlash("success") rule 3.3');
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

withAndWithoutJavaScript(() => {
  test("without a first action it says what to do, with a link to each demonstration", async ({
    page,
    visit,
    andWait,
  }) => {
    await visit("/inspector");
    const steps = page.locator(".ticket").getByRole("link");
    const shown = demonstrations.flatMap(({ path, ticket }) => (ticket ? [{ path, title: ticket.title }] : []));
    await expect(steps).toHaveText(shown.map(({ title }) => title));
    const [{ path } = { path: "" }] = shown;
    await andWait(() => steps.first().click());
    await expect(page).toHaveURL(path);
    await andWait(() =>
      page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Inspector" }).click(),
    );
    await expect(acts(page)).toContainText([`You opened ${path}: nothing changed`]);
  });

  test("the list can be filtered by an address, and cleared", async ({ page, visit, andWait }) => {
    await visit("/inspector");
    await chooseTheme(page, "dark");
    await page.request.get("/");
    await chooseTheme(page, "no such theme");
    await visit("/inspector");
    const filter = page.getByRole("navigation", { name: "Filter" }).getByRole("link");
    await expect(filter).toHaveText(["All 3", "Writes 1", "Problems 1"]);
    await expect(acts(page)).toHaveCount(3);

    await andWait(() => filter.getByText("Writes").click());
    await expect(acts(page).getByRole("heading")).toHaveText(["You chose a theme"]);
    await andWait(() => filter.getByText("Problems").click());
    await expect(acts(page).getByRole("heading")).toHaveText(["Your form to /theme-toggle was refused"]);
    await expect(page).toHaveURL("/inspector?show=problem");
    await expect(filter.and(page.locator("[aria-current=true]"))).toHaveText("Problems 1");
    await visit("/inspector?show=nonsense");
    await expect(filter.and(page.locator("[aria-current=true]"))).toHaveText("All 3");
    await expect(acts(page)).toHaveCount(3);

    await andWait(() => page.getByRole("button", { name: "Clear" }).click());
    await expect(page).toHaveURL("/inspector");
    await expect(acts(page)).toHaveCount(0);
    await expect(page.getByRole("main")).toContainText("Nothing yet");
    await expect(page.getByRole("region", { name: "Data" })).toContainText('theme"dark"');
  });
});

test("an act is called by what came of it, and a new id shows the session's old and new name in the log", {
  tag: "@each-store",
}, async ({ page, browser, baseURL, session, store, visit }) => {
  await visit("/inspector");
  const name = `Ada ${crypto.randomUUID().slice(0, 8)}`;
  const send = (intent: string, fields = {}) => post(page.request, "/account", { intent, ...fields });
  const titles = async () => {
    await visit("/inspector");
    return (await acts(page).getByRole("heading").allTextContents()).reverse();
  };
  const REFUSED = "Your form to /account was refused";
  const nameNow = async () => (await fact(page, "Name in the log").locator("code").textContent()) ?? "";
  await chooseTheme(page, "dark");
  await send("sign-in", { name: "" });
  expect(await titles()).toEqual(["You chose a theme", REFUSED]);
  const before = await nameNow();

  await send("sign-in", { name });
  expect((await titles()).at(-1)).toBe("You signed in");
  expect(await nameNow()).not.toBe(before);
  await expect(acts(page).first()).toContainText(`Name in the log: ${before} → ${await nameNow()}`);

  if (store === "d1" || store === "durable-object") {
    const device = async () => {
      const { request } = await browser.newContext({ baseURL });
      await post(request, "/account", { intent: "sign-in", name });
      const html = await (await page.request.get("/account")).text();
      return /name="device" value="([^"]+)"/.exec(html)?.[1] ?? "";
    };
    await device();
    await send("sign-out-others");
    expect((await titles()).at(-1)).toBe("You asked to sign out devices");
    // Nobody is signed in there any more.
    await send("revoke", { device: "gone" });
    expect((await titles()).at(-1)).toBe("You asked to sign out devices");
    const other = await device();
    await session.set("provedAt", Math.floor(Date.now() / 1000) - 3_600);
    await send("revoke", { device: other });
    expect((await titles()).at(-1)).toBe(REFUSED);
    await send("revoke", { device: other, proof: name });
    expect((await titles()).at(-1)).toBe("You asked to sign out devices");
    await expect(acts(page).first()).toContainText("Name in the log: ");
  } else {
    await send("sign-out-others");
    expect(await titles()).not.toContain("You asked to sign out devices");
  }
  await send("sign-out");
  expect((await titles()).at(-1)).toBe("You signed out");
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
