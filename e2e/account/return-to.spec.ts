/** A page that needs sign-in leads to it and back, and a form keeps what was typed. */
import type { Page } from "@playwright/test";
import { expect, heading, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { cookiePair, post, setCookies } from "../http";
import { button, newName, note, signIn, signInByRequest, signOutByRequest } from "./account";

const main = (page: Page) => page.getByRole("main");

withAndWithoutJavaScript((javaScriptEnabled) => {
  test("a page that needs sign-in leads to it, and the sign-in back to that page, once", {
    tag: "@each-store",
  }, async ({ page, problems, visit, andWait }) => {
    problems.allowStatus(422);
    await visit("/account/note?of=a+b&x=1");
    await expect(page).toHaveURL("/account");
    // Also after a mistake.
    await andWait(() => button(page, "Sign in").click());
    await expect(page.getByRole("alert")).toContainText("Enter a name");
    await signIn(page, andWait);
    await expect(heading(page)).toHaveText("Your note");
    await expect(page).toHaveURL("/account/note?of=a+b&x=1");

    await visit("/account");
    await andWait(() => button(page, "Sign out").click());
    await signIn(page, andWait);
    await expect(heading(page)).toContainText("Signed in as");
    await expect(page).toHaveURL("/account");
  });

  test("a link to such a page leads there as well, and the sign-in page says so", async ({ page, visit, andWait }) => {
    await visit("/account");
    await expect(main(page)).not.toContainText("Sign in to continue");
    await andWait(() => main(page).getByRole("link", { name: "Your note" }).click());
    await expect(page).toHaveURL("/account");
    await expect(main(page)).toContainText("Sign in to continue to the page you opened.");
    await signIn(page, andWait);
    await expect(page).toHaveURL("/account/note");
    if (javaScriptEnabled) await expect(heading(page)).toBeFocused();
  });

  test("a form that needs sign-in says so, keeps what was typed, and is accepted after a sign-in in another tab", {
    tag: "@each-store",
  }, async ({ page, context, problems, visit, andWait }) => {
    problems.allowStatus(403);
    await visit("/account/note");
    const name = await signIn(page, andWait);
    await note(page).fill("Buy milk");
    await signOutByRequest(context);
    await andWait(() => button(page, "Save the note").click());
    const error = page.getByRole("alert").getByRole("link", { name: "You need to sign in to send this" });
    await expect(error).toBeVisible();
    // Without JavaScript the banner has it, which says that the visitor is signed out.
    if (javaScriptEnabled) await expect(page.getByRole("alert")).toBeFocused();
    await expect(note(page)).toHaveValue("Buy milk");
    await error.click();
    const link = page.getByRole("link", { name: "Sign in (opens a new tab)" });
    await expect(link).toBeFocused();

    const [tab] = await Promise.all([context.waitForEvent("page"), link.click()]);
    await tab.waitForLoadState();
    await expect(button(tab, "Sign in")).toBeVisible();
    await signInByRequest(context, name);
    await andWait(() => button(page, "Save the note").click());
    await expect(messages(page).filter({ hasText: "Your note is saved" })).toHaveCount(1);
    await expect(note(page)).toHaveValue("Buy milk");
  });
});

test("a page whose visitor is signed out keeps what was typed when the theme changes or its tab becomes visible", async ({
  page,
  context,
  visit,
  andWait,
}) => {
  await signInByRequest(context, newName());
  await visit("/account/note");
  await note(page).fill("Buy milk");
  await signOutByRequest(context);
  await andWait(() => page.getByRole("banner").getByRole("button", { name: "Dark" }).click());
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await andWait(() => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))));
  await expect(page).toHaveURL("/account/note");
  await expect(note(page)).toHaveValue("Buy milk");
});

test("a prefetch of such a page leaves nothing behind, and no cache keeps where it led", async ({ request }) => {
  for (const [path, headers] of [
    ["/account/note", { "Sec-Purpose": "prefetch", "Sec-Fetch-Dest": "document" }],
    ["/account/note.data", { "Sec-Purpose": "prefetch", "Sec-Fetch-Dest": "empty" }],
    ["/account/note", { "Sec-Fetch-Dest": "image" }],
  ] as const) {
    const response = await request.get(path, { headers, maxRedirects: 0 });
    expect([path, setCookies(response)]).toEqual([path, []]);
    expect(response.headers()["cache-control"]).toContain("no-store");
  }
});

test("7.2 no form of an address leads to another site", async ({ request, server }) => {
  const signInWith = (cookie: string, fields = {}) =>
    post(request, "/account", { intent: "sign-in", name: newName(), ...fields }, { Cookie: cookie });
  for (const path of [
    "//evil.example/account/note",
    "/account/note?return=//evil.example",
    "/account/note?redirectTo=https://evil.example",
    "/account/note?x=%0d%0aLocation:%20https://evil.example",
    "/account/note?%5c%5cevil.example",
  ]) {
    const asked = await request.get(`${server.origin}${path}`, { maxRedirects: 0 });
    const signedIn = await signInWith(cookiePair(setCookies(asked)[0]));
    for (const { location = "/" } of [asked.headers(), signedIn.headers()]) {
      expect([path, new URL(location, server.origin).origin]).toEqual([path, server.origin]);
    }
  }
  // Nobody can name the address in a field.
  const response = await signInWith("", { returnTo: "//evil.example", redirectTo: "//evil.example" });
  expect(response.headers().location).toBe("/account");
});
