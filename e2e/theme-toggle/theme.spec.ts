import { expect, test, withAndWithoutJavaScript } from "../fixtures";
import { type Choice, expectChosen, expectDrawn, headerButton, type Scheme } from "./theme";

withAndWithoutJavaScript((javaScriptEnabled) => {
  for (const system of ["light", "dark"] as const satisfies Scheme[]) {
    test.describe(`on a ${system} system`, () => {
      test.use({ colorScheme: system });

      test("a new visitor sees the system's theme", async ({ page, visit }) => {
        await visit("/");
        await expectChosen(page, "System");
        await expectDrawn(page, system);
      });

      for (const [choice, drawn] of [
        ["Light", "light"],
        ["Dark", "dark"],
        ["System", system],
      ] as [Choice, Scheme][]) {
        test(`${choice} is drawn at once, after a reload, on other pages and in a second tab`, async ({
          page,
          context,
          visit,
          andWait,
        }) => {
          await visit("/theme-toggle");
          // Starts from another choice, so that System is a change too.
          await andWait(() => headerButton(page, drawn === "dark" ? "Light" : "Dark").click());
          await andWait(() => headerButton(page, choice).click());
          await expectChosen(page, choice);
          await expectDrawn(page, drawn);

          await page.reload();
          await expectChosen(page, choice);
          await expectDrawn(page, drawn);

          await andWait(() =>
            page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click(),
          );
          await expectChosen(page, choice);

          const secondTab = await context.newPage();
          await visit("/", secondTab);
          await expectChosen(secondTab, choice);
          await expectDrawn(secondTab, drawn);
        });
      }
    });
  }

  test("the HTML from the server has the choice", async ({ page, visit, andWait }) => {
    await visit("/");
    await andWait(() => headerButton(page, "Dark").click());
    const html = await (await page.request.get("/")).text();
    expect(html).toMatch(/<html[^>]* data-theme="dark"/);
  });

  test("the visitor stays on the same page, with its query", async ({ page, visit, andWait }) => {
    const path = "/theme-toggle?from=menu&q=a%20b";
    await visit(path);
    await andWait(() => headerButton(page, "Dark").click());
    await expectChosen(page, "Dark");
    // Only a script can take the mark of a first write out of the address: app/lib/cookie-check.ts.
    await expect(page).toHaveURL(javaScriptEnabled ? path : `${path}&cookie=sent`);
  });

  test("the page /theme-toggle offers the same choice", async ({ page, visit, andWait }) => {
    await visit("/theme-toggle");
    const group = page.getByRole("main").getByRole("group", { name: "Choose a theme" });
    await andWait(() => group.getByRole("button", { name: "Dark" }).click());
    await expectChosen(page, "Dark");
    await expect(group.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
  });

  test("System removes the stored choice", async ({ page, context, store, visit, andWait }) => {
    await visit("/");
    await andWait(() => headerButton(page, "Dark").click());
    expect(await context.cookies()).toHaveLength(1);
    await andWait(() => headerButton(page, "System").click());
    await expectChosen(page, "System");
    // A record stays, with its cookie, because a parallel request may be adding to it.
    expect(await context.cookies()).toHaveLength(store === "cookie" ? 0 : 1);
  });

  test("the choice holds on a page that does not exist", async ({ page, problems, visit, andWait }) => {
    problems.allowStatus(404);
    await visit("/nowhere");
    await andWait(() => headerButton(page, "Dark").click());
    await expectChosen(page, "Dark");
    await visit("/nowhere");
    await expectChosen(page, "Dark");
  });
});
