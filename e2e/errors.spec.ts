/** Error pages as one comes upon them: each says what happened, in the visitor's theme, and has a way on. */
import { expect, test, withAndWithoutJavaScript } from "./fixtures";
import { post } from "./http";

withAndWithoutJavaScript((javaScriptEnabled) => {
  for (const [status, title] of [
    [400, "The request was not understood"],
    [403, "This request was refused"],
    [404, "Page not found"],
    [405, "This page cannot do that"],
    [422, "This could not be accepted"],
    [500, "Something went wrong"],
    [503, "Not available just now"],
  ] as const) {
    test(`${status} has a heading, a title, the visitor's theme and a way on`, async ({
      page,
      problems,
      session,
      visit,
      andWait,
    }) => {
      problems.allowStatus(status);
      await session.set("theme", "dark");
      expect((await visit(`/inspector/errors/${status}`))?.status()).toBe(status);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
      await expect(page).toHaveTitle(new RegExp(`^${title}`));
      await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
      await expect(page.getByRole("link", { name: "Try again" })).toHaveCount(status >= 500 ? 1 : 0);
      await andWait(() => page.getByRole("link", { name: "Go to the home page" }).click());
      await expect(page).toHaveURL("/");
      await expect(page.getByRole("heading", { level: 1 })).toContainText("HTTP sessions");
    });
  }

  test("7.1 a form of another site is answered with a page, which says so and leads on", async ({
    page,
    baseURL,
    problems,
    session,
    andWait,
  }) => {
    problems.allowStatus(403);
    problems.allow(/^another host/);
    await page.route("https://evil.example/", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<form method="post" action="${new URL("/theme-toggle", baseURL)}"><button name="theme" value="dark">Win</button></form>`,
      }),
    );
    await page.goto("https://evil.example/");
    await andWait(() => page.getByRole("button").click());
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("This request was refused");
    expect(await session.get("theme")).toBeUndefined();
    await andWait(() => page.getByRole("link", { name: "Go to the home page" }).click());
    await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  });

  test("what is posted to an address that there is not is a 404 with the page", async ({ request }) => {
    const response = await post(request, "/nowhere", {});
    expect([response.status(), (await response.text()).includes("Page not found")]).toEqual([404, true]);
  });

  if (!javaScriptEnabled) return;

  test("a page that does not come is an error with a way on, and the header stays", async ({
    page,
    problems,
    visit,
  }) => {
    problems.allow(/ERR_FAILED|Failed to fetch|ERR_CONNECTION_REFUSED/);
    await visit("/");
    await page.route("**/account.data*", (route) => route.abort("connectionrefused"));
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Account" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Something went wrong");
    await page.unroute("**/account.data*");
    await page.getByRole("link", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  });
});
