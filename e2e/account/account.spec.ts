import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "@playwright/test";
import { expect, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { cookiePair, post, setCookies } from "../http";
import type { Store } from "../stores";

const canList = (store: Store) => store === "d1" || store === "durable-object";
const device = (page: Page, text: string) => page.getByRole("listitem").filter({ hasText: text });
const button = (page: Page, name: string | RegExp) => page.getByRole("main").getByRole("button", { name });

/** A name for one test: the same name is the same user. */
const newName = () => `Ada ${crypto.randomUUID().slice(0, 8)}`;

/** Another kind of browser, signed in with the same name. */
async function signInElsewhere(browser: Browser, baseURL: string | undefined, name: string) {
  const context = await browser.newContext({
    baseURL: baseURL ?? "",
    userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
  });
  const page = await context.newPage();
  await post(context.request, "/account", { intent: "sign-in", name });
  await page.goto("/account");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Signed in as ${name}`);
  return page;
}

withAndWithoutJavaScript((javaScriptEnabled) => {
  async function signIn(page: Page, name: string, andWait: (action: () => Promise<unknown>) => Promise<void>) {
    await page.getByLabel("Name").fill(name);
    await andWait(() => button(page, "Sign in").click());
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Signed in as ${name}`);
  }

  test("6.1 sign-in and sign-out each show a message once, and the theme outlives them", async ({
    page,
    visit,
    andWait,
  }) => {
    const name = newName();
    await visit("/account");
    await andWait(() => page.getByRole("banner").getByRole("button", { name: "Dark" }).click());
    await signIn(page, name, andWait);
    await expect(messages(page)).toContainText(`You are signed in as ${name}`);
    await andWait(() => button(page, "Sign out").click());
    await expect(messages(page).last()).toContainText("You are signed out");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.reload();
    await expect(messages(page)).toHaveCount(0);
    await expect(button(page, "Sign in")).toBeVisible();
  });

  test("a missing name is refused, and the field says so", async ({ page, problems, visit, andWait }) => {
    problems.allowStatus(422);
    await visit("/account");
    await andWait(() => button(page, "Sign in").click());
    await expect(page.getByRole("alert")).toContainText("Enter a name");
    await expect(page.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
  });

  test("a sign-out shows in a second tab at its next request", async ({ page, context, visit, andWait }) => {
    await visit("/account");
    await signIn(page, newName(), andWait);
    const secondTab = await context.newPage();
    await visit("/account", secondTab);
    await expect(secondTab.getByRole("heading", { level: 1 })).toContainText("Signed in");
    await andWait(() => button(page, "Sign out").click());
    await secondTab.reload();
    await expect(button(secondTab, "Sign in")).toBeVisible();
  });

  test("devices are listed, and can be signed out one by one or all at once", { tag: "@each-store" }, async ({
    page,
    browser,
    baseURL,
    store,
    visit,
    andWait,
  }) => {
    const name = newName();
    await visit("/account");
    await signIn(page, name, andWait);
    const other = await signInElsewhere(browser, baseURL, name);
    await page.reload();

    if (javaScriptEnabled) expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    if (!canList(store)) {
      await expect(page.getByRole("main")).toContainText("a store that cannot list them");
      await other.context().close();
      return;
    }
    await expect(device(page, "This device")).toContainText("Chrome on Linux");
    await expect(device(page, "Firefox on Windows")).toContainText("Last seen just now");

    await andWait(() => button(page, /^Sign out Firefox on Windows/).click());
    await expect(messages(page).last()).toContainText("One device was signed out");
    await expect(device(page, "Firefox on Windows")).toHaveCount(0);
    // The button has gone with its device.
    if (javaScriptEnabled) await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
    await other.reload();
    await expect(button(other, "Sign in")).toBeVisible();

    const another = await signInElsewhere(browser, baseURL, name);
    await page.reload();
    await andWait(() => button(page, "Sign out all other devices").click());
    await expect(device(page, "Firefox on Windows")).toHaveCount(0);
    await another.reload();
    await expect(button(another, "Sign in")).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Signed in as ${name}`);
    for (const each of [other, another]) await each.context().close();
  });
});

test("6.1 the old cookie is signed in to nothing after a sign-in, and the new one after a sign-out if the store has records", {
  tag: "@each-store",
}, async ({ request, store }) => {
  const isSignedIn = async (cookie: string) =>
    (await (await request.get("/account", { headers: { Cookie: cookie } })).text()).includes("Signed in as");
  const before = cookiePair(setCookies(await post(request, "/theme-toggle", { theme: "dark" }))[0]);
  const name = newName();
  const during = cookiePair(setCookies(await post(request, "/account", { intent: "sign-in", name }))[0]);
  expect(during).not.toBe(before);
  expect([await isSignedIn(before), await isSignedIn(during)]).toEqual([false, true]);
  await post(request, "/account", { intent: "sign-out" }, { Cookie: during });
  expect(await isSignedIn(during)).toBe(store === "cookie");
});

test("a request that no button sends is refused", async ({ request }) => {
  for (const form of [{ intent: "promote" }, {}]) {
    expect((await post(request, "/account", form as Record<string, string>)).status()).toBe(400);
  }
});
