/** /inspector, with each store. worker.test.ts tests that it is a 404 in production. */
import type { Locator, Page, Route } from "@playwright/test";
import { expect, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { fillIn } from "../form-flash/contact-form";
import { post } from "../http";

const acts = (page: Page) => page.getByRole("region", { name: "What you did" }).locator("ol > li.act");
const chain = (act: Locator) => act.locator(".chain > li");

withAndWithoutJavaScript(() => {
  test("it shows the values and the pending messages, and leaves them pending", async ({
    page,
    session,
    store,
    visit,
    expectFlashOnce,
  }) => {
    await session.set("theme", "dark");
    await session.flash("success", "Your bag is packed");
    const fact = (name: string) => page.getByRole("main").locator("dl > div").filter({ hasText: name });

    for (let look = 0; look < 2; look++) {
      await visit("/inspector");
      await expect(page.getByRole("region", { name: "Data" })).toContainText('theme"dark"');
      await expect(page.getByRole("region", { name: "Waiting" })).toContainText('success"Your bag is packed"');
      await expect(messages(page)).toHaveCount(0);
    }
    await expect(fact("Store")).toContainText(store);
    await expect(fact("Name in the log")).toContainText(/[0-9a-f]{12} a keyed hash/);
    await expect(fact("Started")).toContainText("just now");
    await expect(fact("Ends if unused")).toContainText(/in (29|30) days/);
    await expect(fact("Ends in any case")).toContainText(/in (89|90) days/);
    await expect(fact("Cookie").last()).toContainText(/[1-9]\d\d of 4096 bytes/);

    await visit("/");
    await expectFlashOnce("Your bag is packed");
  });

  test("it shows what the visitor did, from the form to the page, and why, like the headers", async ({
    page,
    visit,
  }) => {
    const written = await post(page.request, "/theme-toggle", { theme: "dark" });
    expect(written.headers()["server-timing"]).toMatch(
      /^session-open;dur=\d+, session-commit;dur=\d+;desc="stored: theme"$/,
    );
    expect((await page.request.get("/form-flash")).headers()["server-timing"]).toContain('desc="read"');
    await visit("/inspector");
    await expect(acts(page)).toHaveCount(2);
    await expect(acts(page).nth(0)).toContainText("You opened /form-flash: nothing changed");
    await expect(acts(page).nth(0).getByText("GET /form-flash 200")).toBeHidden();
    await acts(page).nth(0).locator("summary").click();
    await expect(acts(page).nth(0).getByText("GET /form-flash 200")).toBeVisible();
    const act = acts(page).nth(1);
    await expect(act.getByRole("heading")).toHaveText("You chose a theme");
    await expect(chain(act)).toHaveText(["POST /theme-toggle", 'set("theme")', /^303 → \/theme-toggle$/, "Set-Cookie"]);
    await expect(act.locator(".diff li")).toHaveText(['Added: theme "dark"']);
    const bytes = written.headers()["set-cookie"]?.length;
    await expect(act).toContainText(`cookie: ${bytes} of 4096 bytes`);
    await act.getByText("Headers").click();
    const [, maxAge] = /; (Max-Age=\d+)/.exec(written.headers()["set-cookie"] ?? "") ?? [];
    await expect(act).toContainText(`Set-Cookie: session=…; ${maxAge}; Path=/`);
    await expect(act).toContainText(String(written.headers()["server-timing"]));
  });

  test("after the message of a form was shown, the session that it was in can still be inspected", async ({
    page,
    context,
    store,
    visit,
    andWait,
  }) => {
    await visit("/form-flash");
    await fillIn(page);
    await andWait(() => page.getByRole("button", { name: "Send message" }).click());
    await expect(messages(page)).toHaveCount(1);
    if (store === "cookie") expect(await context.cookies()).toEqual([]);
    await andWait(() => page.getByRole("navigation").getByRole("link", { name: "Inspector" }).click());
    await expect(acts(page)).toHaveCount(1);
    await expect(acts(page).getByRole("heading")).toHaveText("You sent the form");
    await expect(chain(acts(page)).filter({ hasText: /^flash\("success"\)/ })).toHaveCount(1);
    await expect(chain(acts(page)).filter({ hasText: /^getFlash\("success"\)/ })).toHaveCount(1);
    await expect(acts(page).locator(".diff li")).toHaveText([
      /^Added: flash success "Thank you/,
      /^Removed: flash success/,
    ]);
    if (store === "cookie") {
      await expect(chain(acts(page)).last()).toHaveText("cookie removed");
      await expect(acts(page)).toContainText(/cookie: \d{3} → removed/);
      await expect(page.getByRole("main")).toContainText("Your session has ended");
    }
  });

  test("the page of a form marks the steps that were just taken, with the headers that were sent", async ({
    page,
    visit,
    andWait,
    store,
    javaScriptEnabled,
  }) => {
    await visit("/form-flash");
    const steps = page.getByRole("region", { name: "What is sent" }).getByRole("listitem");
    await expect(steps.filter({ hasText: "just now" })).toHaveCount(0);
    await fillIn(page);
    await andWait(() => page.getByRole("button", { name: "Send message" }).click());
    await expect(steps.filter({ hasText: "just now" })).toHaveCount(4);
    await expect(steps.nth(1)).toContainText("Set-Cookie: session=…; Max-Age=");
    await expect(steps.nth(1)).toContainText("Location: /form-flash");
    // The page of the message takes it out of the cookie; out of a record it sends no cookie (rule 2.6).
    if (javaScriptEnabled && store === "cookie")
      await expect(steps.nth(3).locator("pre")).toContainText("Set-Cookie: session=…; Max-Age=");
    await visit("/form-flash");
    await expect(steps.filter({ hasText: "just now" })).toHaveCount(0);
  });

  test("a form that was refused marks no step, also on the page that is opened next", async ({
    page,
    problems,
    visit,
    andWait,
  }) => {
    problems.allowStatus(422);
    await visit("/form-flash");
    await andWait(() => page.getByRole("banner").getByRole("button", { name: "Dark" }).click());
    await andWait(() => page.getByRole("button", { name: "Send message" }).click());
    await expect(page.getByRole("alert")).toBeVisible();
    await andWait(() => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Form" }).click());
    await expect(page.getByRole("alert")).toHaveCount(0);
    await expect(page.getByRole("region", { name: "What is sent" }).getByText("just now")).toHaveCount(0);
  });

  test("the page of the theme shows the theme that was just chosen, and none that was not", async ({
    page,
    visit,
    andWait,
  }) => {
    await visit("/theme-toggle");
    const steps = page.getByRole("region", { name: "What is sent" });
    for (const [name, theme] of [
      ["Dark", "dark"],
      ["Light", "light"],
    ] as const) {
      await andWait(() => page.getByRole("main").getByRole("button", { name }).click());
      await expect(steps.getByText("just now")).toHaveCount(4);
      await expect(steps).toContainText(`POST /theme-toggle  theme=${theme}`);
      await expect(steps).toContainText(`session.set("theme", "${theme}")`);
      await expect(steps).toContainText(`200  <html lang="en" data-theme="${theme}">`);
    }
  });

  test("the theme that is already set is a write that changed nothing", async ({ page, visit }) => {
    for (let time = 0; time < 2; time++) await post(page.request, "/theme-toggle", { theme: "dark" });
    await visit("/inspector");
    await expect(chain(acts(page).first()).nth(1)).toHaveText('set("theme")');
    await expect(acts(page).first()).toContainText("No cookie: what was written is what the session held already.");
  });

  test("what happened to the session stands below the request that did it", async ({ page, visit }) => {
    await post(page.request, "/account", { intent: "sign-in", name: "Ada" });
    await page.request.get("/account", { headers: { Accept: "text/html" } });
    await visit("/inspector");
    const act = acts(page).filter({ hasText: "You signed in" });
    await expect(act.locator("> div").filter({ hasText: "POST /account" }).last()).toContainText(
      "Stored under a new id.",
    );
    await expect(act.locator("> div").filter({ hasText: "GET /account" })).not.toContainText("Stored");
  });

  test("a visitor without a session reads so, and gets none", async ({ page, context, visit }) => {
    await visit("/inspector");
    await expect(page.getByRole("main")).toContainText("there is nothing to store");
    expect(await context.cookies()).toEqual([]);
  });
});

test("in a second tab, it shows what a visitor without a session does in the first, and keeps it", async ({
  page,
  context,
  visit,
  andWait,
}) => {
  const inspector = await context.newPage();
  await visit("/inspector", inspector);
  await expect(inspector.getByRole("main")).toContainText("Nothing yet");
  await visit("/form-flash");
  // Side by side: Playwright's tabs are never hidden.
  for (let time = 1; time <= 2; time++) {
    await fillIn(page);
    await andWait(() => page.getByRole("button", { name: "Send message" }).click());
    await expect(acts(inspector).filter({ hasText: "You sent the form" })).toHaveCount(time);
    await expect(messages(page)).toHaveCount(time);
  }
});

test("what ended sessions did is kept for as long as the tab, through a reload and for more than a few forms", async ({
  page,
  visit,
  andWait,
}) => {
  for (let time = 1; time <= 6; time++) {
    await visit("/form-flash");
    await fillIn(page);
    await andWait(() => page.getByRole("button", { name: "Send message" }).click());
    await expect(messages(page)).toHaveCount(1);
  }
  await visit("/");
  await andWait(() => page.getByRole("navigation").getByRole("link", { name: "Inspector" }).click());
  await expect(acts(page).filter({ hasText: "You sent the form" })).toHaveCount(6);
});

test("what is new is announced, without what was there before", async ({ page, context, visit, andWait }) => {
  await visit("/theme-toggle");
  await andWait(() => page.getByRole("banner").getByRole("button", { name: "Dark" }).click());
  const inspector = await context.newPage();
  await visit("/inspector", inspector);
  const news = inspector.getByRole("main").getByRole("status");
  await expect(news).toBeEmpty();
  await andWait(() => page.getByRole("banner").getByRole("button", { name: "Light" }).click());
  await expect(news).toHaveText("1 new, 1 since you opened this: You chose a theme");
});

test("it asks at most once a second, not while it is hidden or paused, and no failure disturbs it", async ({
  page,
  context,
  problems,
  visit,
}) => {
  problems.allow(/ERR_FAILED|ERR_CONNECTION_REFUSED/);
  await page.clock.install();
  await visit("/inspector");
  let asked = 0;
  await page.route("**/inspector/live*", (route) => {
    asked++;
    return route.abort("connectionrefused");
  });
  const announce = () => page.evaluate(() => new BroadcastChannel("inspector").postMessage(""));
  const hide = (isHidden: boolean) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);

  for (let time = 0; time < 20; time++) await announce();
  await page.clock.runFor(1_000);
  await expect.poll(() => asked).toBe(1);
  await hide(true);
  await page.clock.runFor(60_000);
  expect(asked).toBe(1);
  await hide(false);
  await page.clock.runFor(1_000);
  await expect.poll(() => asked).toBe(2);
  const live = page.getByRole("button", { name: "Live updates" });
  await live.click();
  await expect(live).toHaveAttribute("aria-pressed", "false");
  await announce();
  await page.clock.runFor(60_000);
  expect(asked).toBe(2);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What your session holds");
  expect(await context.cookies()).toEqual([]);
});

test.describe("while an answer is on its way", () => {
  /** Opens the inspector with a clock that stands still, and answers none of its requests before `answer` is called. */
  async function openWithSlowServer(page: Page, visit: (path: string) => Promise<unknown>) {
    await page.clock.install();
    await visit("/inspector");
    const waiting: Route[] = [];
    let asked = 0;
    await page.route("**/inspector/live*", (route) => {
      asked++;
      waiting.push(route);
    });
    await page.clock.runFor(6_000);
    await expect.poll(() => asked).toBe(1);
    return {
      asked: () => asked,
      answer: async (answer: (route: Route) => Promise<void>) => {
        const arrived = page.waitForEvent("requestfinished");
        await Promise.all(waiting.splice(0).map(answer));
        await arrived;
        // Whatever the page does with it has happened before the clock runs on.
        await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
      },
    };
  }

  test("a pause holds", async ({ page, visit }) => {
    const { asked, answer } = await openWithSlowServer(page, visit);
    await page.getByRole("button", { name: "Live updates" }).click();
    await answer((route) => route.continue());
    await page.clock.runFor(60_000);
    // A request of the inspector would come before this one.
    await page.evaluate(() => fetch("/robots.txt"));
    expect(asked()).toBe(1);
  });

  test("what another tab announces is asked for within a second", async ({ page, visit }) => {
    const { asked, answer } = await openWithSlowServer(page, visit);
    await page.evaluate(() => new BroadcastChannel("inspector").postMessage(""));
    await answer((route) => route.continue());
    await page.clock.runFor(1_000);
    await expect.poll(asked).toBe(2);
  });

  test("an answer that is no report, as a proxy may give one, does not end the updates", async ({ page, visit }) => {
    const { asked, answer } = await openWithSlowServer(page, visit);
    await answer((route) => route.fulfill({ contentType: "text/html", body: "<p>Please sign in to the network" }));
    await page.clock.runFor(6_000);
    await expect.poll(asked).toBe(2);
  });
});

test("it does not accept a POST", async ({ request }) => {
  expect((await post(request, "/inspector", {})).status()).toBe(405);
});

test("the header names what changed, without values", async ({ request }) => {
  await post(request, "/account", { intent: "sign-in", name: "Ada Lovelace" });
  const response = await request.get("/account");
  expect(response.headers()["server-timing"]).toContain('desc="stored: flash success"');
  expect(response.headers()["server-timing"]).not.toContain("Ada");
});
