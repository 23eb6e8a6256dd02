/** /inspector, with each store. worker.test.ts tests that it is a 404 in production. */
import { expect, messages, test, withAndWithoutJavaScript } from "./fixtures";
import { contact, post } from "./http";

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
    await expect(fact("Name in the log")).toContainText(/[0-9a-f]{12}, a keyed hash/);
    await expect(fact("Started")).toContainText("just now");
    await expect(fact("Ends if unused")).toContainText(/in (29|30) days/);
    await expect(fact("Ends in any case")).toContainText(/in (89|90) days/);
    await expect(fact("Cookie").last()).toContainText(/[1-9]\d\d of 4096 bytes/);

    await visit("/");
    await expectFlashOnce("Your bag is packed");
  });

  test("it shows what the last responses did, and why, like their headers", async ({ page, visit }) => {
    const written = await post(page.request, "/theme-toggle", { theme: "dark" });
    expect(written.headers()["server-timing"]).toMatch(
      /^session-open;dur=\d+, session-commit;dur=\d+;desc="stored: theme"$/,
    );
    expect((await page.request.get("/form-flash")).headers()["server-timing"]).toContain('desc="read"');
    await visit("/inspector");
    const responses = page.getByRole("region", { name: "The last responses" }).locator("ol > li");
    await expect(responses).toHaveCount(2);
    await expect(responses.nth(0)).toContainText("GET /form-flash 200");
    await expect(responses.nth(0)).toContainText("Not committed: the session was read, and nothing changed.");
    await expect(responses.nth(0)).toContainText("Cache-Control: private");
    await expect(responses.nth(1)).toContainText("POST /theme-toggle 303");
    await expect(responses.nth(1)).toContainText("Committed, because this changed: theme");
    await expect(responses.nth(1)).toContainText("Set-Cookie: session=…; Max-Age=2592000");
    await expect(responses.nth(1)).toContainText(String(written.headers()["server-timing"]));
  });

  test("after the message of a form was shown, the session that it was in can still be inspected", async ({
    page,
    context,
    store,
    visit,
    andWait,
  }) => {
    await visit("/form-flash");
    for (const [name, value] of Object.entries(contact)) await page.locator(`[name=${name}]`).fill(value);
    await andWait(() => page.getByRole("button", { name: "Send message" }).click());
    await expect(messages(page)).toHaveCount(1);
    if (store === "cookie") expect(await context.cookies()).toEqual([]);
    await andWait(() => page.getByRole("navigation").getByRole("link", { name: "Inspector" }).click());
    const responses = page.getByRole("region", { name: "The last responses" }).locator("ol > li");
    await expect(responses).toHaveCount(2);
    await expect(responses.nth(1)).toContainText("POST /form-flash");
    await expect(responses.nth(1)).toContainText("Committed, because this changed: flash success");
    await expect(responses.nth(0)).toContainText("Committed, because this changed: flash success");
    if (store === "cookie") await expect(page.getByRole("main")).toContainText("Your session has ended");
  });

  test("the theme that is already set is a write that changed nothing", async ({ page, visit }) => {
    for (let time = 0; time < 2; time++) await post(page.request, "/theme-toggle", { theme: "dark" });
    await visit("/inspector");
    const last = page.getByRole("region", { name: "The last responses" }).locator("ol > li").first();
    await expect(last).toContainText("POST /theme-toggle 303");
    await expect(last).toContainText("Not committed: what was written is what the session held already.");
  });

  test("a visitor without a session reads so, and gets none", async ({ page, context, visit }) => {
    await visit("/inspector");
    await expect(page.getByRole("main")).toContainText("there is nothing to store");
    expect(await context.cookies()).toEqual([]);
  });
});

test("it does not accept a POST", async ({ request }) => {
  // Without a body: `wrangler dev` may answer the next POST with a 503 if the Worker left one unread (workers-sdk#15203).
  expect((await post(request, "/inspector", {})).status()).toBe(405);
});

test("the header names what changed, without values", async ({ request }) => {
  await post(request, "/account", { intent: "sign-in", name: "Ada Lovelace" });
  const response = await request.get("/account");
  expect(response.headers()["server-timing"]).toContain('desc="stored: flash success"');
  expect(response.headers()["server-timing"]).not.toContain("Ada");
});
