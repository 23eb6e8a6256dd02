/** A browser that blocks all cookies. There, `sessionStorage` throws as well. journeys.spec.ts has the main ones for all browsers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { test as base, expect, messages, withAndWithoutJavaScript } from "./fixtures";
import { fillIn } from "./form-flash/contact-form";
import { contact, cookiePair, post, setCookies } from "./http";
import { expectChosen, headerButton } from "./theme-toggle/theme";

const test = base.extend<{ blocked: Page }>({
  blocked: async ({ baseURL, launchOptions, fullBrowser, javaScriptEnabled, problems }, use) => {
    // The setting is one of the profile, and the headless shell reads none.
    const profile = mkdtempSync(join(tmpdir(), "sessions-blocked-"));
    const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
    mkdirSync(join(profile, "Default"));
    writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
    const context = await chromium.launchPersistentContext(profile, {
      ...launchOptions,
      executablePath: fullBrowser,
      baseURL: baseURL ?? "",
      ...(javaScriptEnabled === undefined ? {} : { javaScriptEnabled }),
    });
    problems.watch(context);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto("/robots.txt");
    expect(await page.evaluate("document.cookie = 'a=1'; document.cookie"), "cookies are blocked").toBe("");
    await use(page);
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  },
});

const notice = (page: Page) => page.getByRole("region", { name: "Your browser refused the cookie" });

withAndWithoutJavaScript((javaScriptEnabled) => {
  const writes: [string, string, (page: Page) => Promise<void>][] = [
    [
      "a form that was sent",
      "/form-flash",
      async (page) => {
        await fillIn(page);
        await page.getByRole("button", { name: "Send message" }).click();
      },
    ],
    [
      "a sign-in",
      "/account",
      async (page) => {
        await page.getByLabel("Name").fill("Ada");
        await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
      },
    ],
    ["a choice of theme", "/theme-toggle", (page) => headerButton(page, "Dark").click()],
    ["a choice of theme on another page", "/", (page) => headerButton(page, "Dark").click()],
  ];
  for (const [what, path, write] of writes) {
    test(`after ${what}, the page says that the browser refused the cookie`, async ({ blocked: page, visit }) => {
      await visit(path, page);
      await expect(notice(page)).toHaveCount(0);
      await write(page);
      await expect(notice(page)).toBeFocused();
      await expectChosen(page, "System");
      await expect(page.getByRole("heading", { level: 1 })).not.toContainText("wrong");
      if (javaScriptEnabled) await expect(page).toHaveURL(path);

      // So does the second one, although the notice is there already.
      await write(page);
      await expect(notice(page)).toBeFocused();
      if (javaScriptEnabled) await expect(page).toHaveURL(path);

      // The next page has nothing to say.
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
      await expect(page).toHaveURL("/");
      await expect(notice(page)).toHaveCount(0);
    });
  }

  test("every page opens, and a link leads to the next", async ({ blocked: page, visit }) => {
    await visit("/", page);
    const menu = page.getByRole("navigation", { name: "Main" });
    for (const [name, heading] of [
      ["Theme", "A theme that stays"],
      ["Form", "A message, shown once"],
      ["Account", "Sign in"],
      ["Inspector", "What your session holds"],
    ] as const) {
      await menu.getByRole("link", { name }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    }
  });

  // With a browser that accepts cookies, from here on.
  test("who accepts cookies is told nothing, not even on reloading the page after the first message", async ({
    page,
    context,
    store,
    visit,
    andWait,
  }) => {
    // Of the other stores it is an empty session's.
    const expectNoCookie = async () => {
      if (store === "cookie") expect(await context.cookies()).toEqual([]);
    };
    await visit("/form-flash");
    await fillIn(page);
    await andWait(() => page.getByRole("button", { name: "Send message" }).click());
    await expect(messages(page)).toContainText("submitted successfully");
    await expect(notice(page)).toHaveCount(0);
    await expectNoCookie();
    for (let reload = 0; reload < 2; reload++) {
      await page.reload();
      // The mark stays, without JavaScript, while there is a session.
      await expect(page).toHaveURL(store === "cookie" ? "/form-flash" : /\/form-flash(\?cookie=sent)?$/);
      await expect(messages(page)).toHaveCount(0);
      await expect(notice(page)).toHaveCount(0);
    }
    await expectNoCookie();
  });

  test("once the browser accepts cookies, checking again says no more", async ({ page, context, visit, andWait }) => {
    await visit("/account?from=mail&cookie=tested");
    await expect(notice(page)).toBeFocused();
    await andWait(() => page.getByRole("link", { name: "check again" }).click());
    await expect(notice(page)).toHaveCount(0);
    await expect(page).toHaveURL("/account?from=mail");
    expect(await context.cookies()).toEqual([]);
  });
});

test("only the redirect after a first write marks its address, and only a marked page without a session sends a cookie", async ({
  playwright,
  baseURL,
}) => {
  const bare = await playwright.request.newContext({ baseURL: baseURL ?? "" });
  const first = await post(bare, "/form-flash", contact);
  expect([first.status(), first.headers().location]).toEqual([303, "/form-flash?cookie=sent"]);
  expect(setCookies(first)).toHaveLength(1);
  // The client's jar has the cookie now.
  expect((await post(bare, "/form-flash", contact)).headers().location).toBe("/form-flash");
  await bare.dispose();

  const other = await playwright.request.newContext({ baseURL: baseURL ?? "" });
  expect((await post(other, "/theme-toggle", { theme: "system" })).headers().location).toBe("/theme-toggle");
  expect(setCookies(await other.get("/form-flash?cookie=other"))).toEqual([]);
  const tested = await other.get("/form-flash?cookie=sent&from=menu", { maxRedirects: 0 });
  expect([tested.status(), tested.headers().location]).toEqual([303, "/form-flash?from=menu&cookie=tested"]);
  expect(setCookies(tested).map(cookiePair)).toEqual(["session-test=1"]);
  const back = await other.get("/form-flash?cookie=tested&from=menu", { maxRedirects: 0 });
  expect([back.status(), back.headers().location]).toEqual([303, "/form-flash?from=menu"]);
  expect(setCookies(back)).toEqual([expect.stringMatching(/^session-test=1; Max-Age=0;/)]);
  await other.dispose();
});
