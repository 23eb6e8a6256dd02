/** Signing in and out, for how long, and how often somebody may try. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expectKeptUntilSent } from "../failing-posts";
import { expect, heading, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { holdPosts } from "../hold-posts";
import { cookiePair, post, setCookies } from "../http";
import { button, expectSignedInAs, newName, note, signIn, useUpAttempts } from "./account";

const chooseDark = (page: Page) => page.getByRole("banner").getByRole("button", { name: "Dark" }).click();

withAndWithoutJavaScript((javaScriptEnabled) => {
  test("6.1 sign-in and sign-out each show a message once, and the theme outlives them", async ({
    page,
    visit,
    andWait,
  }) => {
    await visit("/account");
    await andWait(() => chooseDark(page));
    const name = await signIn(page, andWait);
    await expectSignedInAs(page, name);
    await expect(messages(page)).toContainText("You are signed in as");
    await andWait(() => button(page, "Sign out").click());
    await expect(messages(page).last()).toContainText("You are signed out");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.reload();
    await expect(messages(page)).toHaveCount(0);
    await expect(heading(page)).toHaveText("Sign in");
  });

  test("a form without a name is refused, its field says so, and the box stays checked", async ({
    page,
    problems,
    visit,
    andWait,
  }) => {
    problems.allowStatus(422);
    await visit("/account");
    await page.getByLabel("Stay signed in").check();
    await andWait(() => button(page, "Sign in").click());
    await expect(page.getByRole("alert")).toContainText("Enter a name");
    await expect(page.getByRole("alert")).toBeFocused();
    await expect(page.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Stay signed in")).toBeChecked();
    if (javaScriptEnabled) expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });

  test("1.5 without `stay signed in`, the cookie ends with the browser; with it, it lasts 30 days", {
    tag: "@each-store",
  }, async ({ page, context, session, visit, andWait }) => {
    const cookie = await session.name();
    const expires = async () => (await context.cookies()).find(({ name }) => name === cookie)?.expires ?? 0;
    await visit("/account");
    await expectSignedInAs(page, await signIn(page, andWait));
    expect(await expires()).toBe(-1);
    // It stays like that when the session is written again.
    await andWait(() => chooseDark(page));
    expect(await expires()).toBe(-1);

    await andWait(() => button(page, "Sign out").click());
    await page.getByLabel("Stay signed in").check();
    await expectSignedInAs(page, await signIn(page, andWait));
    const days = (await expires()) / 86_400 - Date.now() / 86_400_000;
    expect(days).toBeGreaterThan(29);
    expect(days).toBeLessThan(31);
  });

  test("6.1 a second sign-in, whose first answer never arrived, says what happened and what to do", {
    tag: "@each-store",
  }, async ({ page, playwright, session, server, problems, store, visit, andWait }) => {
    problems.allowStatus(409);
    await session.set("theme", "dark");
    await visit("/account");
    const first = await playwright.request.newContext({ baseURL: server.origin });
    await post(first, "/account", { intent: "sign-in", name: "Ada" }, { Cookie: await session.header() });
    await first.dispose();
    const name = await signIn(page, andWait);
    // The cookie store cannot know that its cookie was replaced.
    if (store !== "cookie") {
      await expect(page.getByRole("alert")).toContainText("you signed in or out in the meantime");
      await expect(page.getByRole("alert")).toBeFocused();
      await expect(page.getByLabel("Name")).toHaveValue(name);
    } else {
      await expect(messages(page).last()).toContainText("You are signed in as");
    }
  });

  test("too many attempts to sign in are refused, and the form keeps what was typed", async ({
    page,
    context,
    problems,
    visit,
    andWait,
  }) => {
    problems.allowStatus(429);
    const name = newName();
    // Again, if a new minute begins in between.
    await expect(async () => {
      await useUpAttempts(context, name);
      await context.clearCookies();
      await visit("/account");
      await page.getByLabel("Stay signed in").check();
      await signIn(page, andWait, name);
      await expect(page.getByRole("alert")).toContainText("Too many attempts");
    }).toPass();
    await expect(page.getByRole("alert")).toBeFocused();
    await expect(page.getByLabel("Name")).toHaveValue(name);
    await expect(page.getByLabel("Stay signed in")).toBeChecked();
  });

  test("4.6 a sign-in that was not saved says so, and keeps what was typed", { tag: "@outage" }, async ({
    page,
    problems,
    visit,
    andWait,
  }) => {
    problems.allowStatus(503);
    await visit("/account");
    const name = await signIn(page, andWait);
    await expect(page.getByRole("alert")).toContainText("was not saved");
    await expect(page.getByLabel("Name")).toHaveValue(name);
  });
});

test("the box for `Stay signed in` is a square that a finger can hit", async ({ page, visit }) => {
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    await visit("/account");
    const { width: across = 0, height = 0 } = (await page.getByLabel("Stay signed in").boundingBox()) ?? {};
    expect(across).toBe(height);
    expect(across).toBeGreaterThanOrEqual(24);
  }
});

test("a name that would turn the text around is refused, and one from right to left leaves the sentence in order", async ({
  page,
  problems,
  session,
  visit,
  andWait,
}) => {
  problems.allowStatus(422);
  await visit("/account");
  await signIn(page, andWait, "Ada\u202eadA");
  await expect(page.getByRole("alert")).toContainText("hidden character");
  await signIn(page, andWait, "\u05d0\u05d1\u05d2 1");
  await expect(messages(page)).toContainText("You are signed in as \u05d0\u05d1\u05d2 1.");
  // One that was stored before names were checked.
  await session.set("user", "Ada\u202eadA");
  await visit("/account");
  await expect(heading(page).locator("bdi")).toHaveText("Ada\u202eadA");
});

test("a double click on `Sign in` signs in once, and the first click counts", async ({ page, session, visit }) => {
  await session.set("theme", "dark");
  await visit("/account");
  const posts = await holdPosts(page, "/account");
  const name = newName();
  await page.getByLabel("Name").fill(name);
  await button(page, "Sign in").dblclick();
  const busy = button(page, "Signing in…");
  await expect(busy).toBeFocused();
  await busy.press("Enter");
  await page.getByLabel("Name").press("Enter");
  posts.answer();
  await expectSignedInAs(page, name);
  await expect(messages(page).last()).toContainText("You are signed in");
  expect(posts.count()).toBe(1);
});

test("a sign-in, a note and a sign-out that get no answer keep everything, and can be sent again", async ({
  page,
  problems,
  visit,
}) => {
  await visit("/account");
  const name = newName();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Stay signed in").check();
  await page.getByLabel("Name").focus();
  await expectKeptUntilSent(page, problems, "/account", () => page.keyboard.press("Enter"));
  await expectSignedInAs(page, name);
  await page.getByRole("main").getByRole("link", { name: "Your note" }).click();
  await note(page).fill("Buy milk");
  await button(page, "Save the note").focus();
  await expectKeptUntilSent(page, problems, "/account/note", () => page.keyboard.press("Enter"));
  await expect(messages(page)).toContainText("Your note is saved");
  await page.getByRole("main").getByRole("link", { name: "Your account" }).click();
  await button(page, "Sign out").focus();
  await expectKeptUntilSent(page, problems, "/account", () => page.keyboard.press("Enter"));
  await expect(heading(page)).toHaveText("Sign in");
});

test("no link of the page aborts a sign-in that is on its way", async ({ page, visit }) => {
  await visit("/account");
  const posts = await holdPosts(page, "/account");
  const name = newName();
  await page.getByLabel("Name").fill(name);
  await button(page, "Sign in").click();
  await expect(button(page, "Signing in…")).toBeVisible();
  await page.getByRole("banner").getByRole("link").first().click();
  await page.getByRole("main").getByRole("link", { name: "Your note" }).click();
  posts.answer();
  await expectSignedInAs(page, name);
  await page.getByRole("main").getByRole("link", { name: "Your note" }).click();
  await expect(page).toHaveURL("/account/note");
});

test("a double click on `Sign out` signs out once, and the theme stays", async ({ page, session, visit }) => {
  await session.set("user", newName());
  await session.set("theme", "dark");
  await visit("/account");
  const posts = await holdPosts(page, "/account");
  // The second click comes with the request of the first, before React can render.
  await button(page, "Sign out").evaluate((element: HTMLElement) => {
    const send = window.fetch;
    window.fetch = (input, init) => {
      window.fetch = send;
      element.click();
      return send(input, init);
    };
    element.click();
  });
  await button(page, "Signing out…").press("Enter");
  posts.answer();
  await expect(heading(page)).toHaveText("Sign in");
  await expect(messages(page)).toHaveCount(1);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(posts.count()).toBe(1);
});

test("6.1 the old cookie is signed in to nothing after a sign-in, and the new one after a sign-out if the store has records", {
  tag: "@each-store",
}, async ({ request, store }) => {
  const isSignedIn = async (cookie: string) =>
    (await (await request.get("/account", { headers: { Cookie: cookie } })).text()).includes("Signed in as");
  const before = cookiePair(setCookies(await post(request, "/theme-toggle", { theme: "dark" }))[0]);
  const signedIn = await post(request, "/account", { intent: "sign-in", name: newName() });
  const during = cookiePair(setCookies(signedIn)[0]);
  expect(during).not.toBe(before);
  expect([await isSignedIn(before), await isSignedIn(during)]).toEqual([false, true]);
  await post(request, "/account", { intent: "sign-out" }, { Cookie: during });
  expect(await isSignedIn(during)).toBe(store === "cookie");
});

test("more than ten attempts in a minute for one name are refused, whatever the case, and others may go on", async ({
  request,
}) => {
  const name = newName();
  const statuses: number[] = [];
  // A new minute may begin in between.
  for (let attempt = 0; attempt < 21; attempt++) {
    const written = attempt % 2 ? name.toUpperCase() : name;
    statuses.push((await post(request, "/account", { intent: "sign-in", name: written })).status());
  }
  expect(new Set(statuses)).toEqual(new Set([303, 429]));
  expect(statuses.indexOf(429)).toBeGreaterThanOrEqual(10);
  expect((await post(request, "/account", { intent: "sign-in", name: newName() })).status()).toBe(303);
});

test("a request that no button sends is refused", async ({ request }) => {
  for (const form of [{ intent: "promote" }, {}] as Record<string, string>[]) {
    expect((await post(request, "/account", form)).status()).toBe(400);
  }
});
