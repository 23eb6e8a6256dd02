/** Error pages as visitors reach them. Each says what happened, in the visitor's theme, and has a way on. */
import { expect, heading, test, withAndWithoutJavaScript } from "../fixtures";

withAndWithoutJavaScript(() => {
  test("an error page has a heading, a title, the visitor's theme and a way on", async ({
    page,
    problems,
    session,
    visit,
    andWait,
  }) => {
    await session.set("theme", "dark");
    for (const [status, title] of [
      [400, "The request was not understood"],
      [403, "This request was refused"],
      [404, "Page not found"],
      [405, "This page cannot do that"],
      [422, "This could not be accepted"],
      [500, "Something went wrong"],
      [503, "Not available right now"],
    ] as const) {
      problems.allowStatus(status);
      expect((await visit(`/inspector/errors/${status}`))?.status()).toBe(status);
      await expect(heading(page)).toHaveText(title);
      await expect(page).toHaveTitle(new RegExp(`^${title}`));
      await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
      await expect(page.getByRole("link", { name: "Try again" })).toHaveCount(status >= 500 ? 1 : 0);
    }
    await andWait(() => page.getByRole("link", { name: "Go to the home page" }).click());
    await expect(page).toHaveURL("/");
  });
});
