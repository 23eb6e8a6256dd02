/** Error pages as visitors reach them. Each says what happened, in the visitor's theme, and has a way on. */
import { expect, test, withAndWithoutJavaScript } from "./fixtures";
import { post } from "./http";
import { expectDrawn } from "./theme-toggle/theme";

withAndWithoutJavaScript(() => {
  for (const [status, title] of [
    [400, "The request was not understood"],
    [403, "This request was refused"],
    [404, "Page not found"],
    [405, "This page cannot do that"],
    [422, "This could not be accepted"],
    [500, "Something went wrong"],
    [503, "Not available right now"],
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

  test("7.1 a form of another site is answered with a page that says so, with a link to the page", async ({
    page,
    baseURL,
    problems,
    session,
  }) => {
    problems.allowStatus(403);
    problems.allow(/^another host/);
    await page.route("https://evil.example/", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<form method="post" action="${new URL("/theme-toggle?theme=dark", baseURL)}"><button>Win</button></form>`,
      }),
    );
    await page.goto("https://evil.example/");
    await page.getByRole("button").click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("This request was refused");
    expect(await session.get("theme")).toBeUndefined();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await expectDrawn(page, colorScheme);
    }
    await page.getByRole("link", { name: "Open the page" }).click();
    await expect(page).toHaveURL("/theme-toggle?theme=dark");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("A theme that stays");
    await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  });

  test("a POST to an unknown address is a 404 with the page", async ({ request }) => {
    const response = await post(request, "/nowhere", {});
    expect([response.status(), (await response.text()).includes("Page not found")]).toEqual([404, true]);
  });
});
