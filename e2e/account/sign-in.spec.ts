/** Stay signed in, back to where you were, prove it's you, and not too many attempts: what people expect of an account. */
import type { APIRequestContext, BrowserContext, Locator, Page } from "@playwright/test";
import { expect, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { holdPosts } from "../hold-posts";
import { cookiePair, post, setCookies } from "../http";
import { settled } from "../settled";
import type { Store } from "../stores";

const main = (page: Page) => page.getByRole("main");
const button = (page: Page, name: string | RegExp) => main(page).getByRole("button", { name });
const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const note = (page: Page) => page.getByRole("textbox", { name: "Note" });
const newName = () => `Ada ${crypto.randomUUID().slice(0, 8)}`;
const anHourAgo = () => Math.floor(Date.now() / 1000) - 3600;

async function sessionCookie(context: BrowserContext) {
  return (await context.cookies()).find(({ name }) => name === "session");
}

const canList = (store: Store) => store === "d1" || store === "durable-object";

/** The local limit counts by the minute of the clock, and begins anew with the next one. */
const untilMinuteIsYoung = () => expect.poll(() => Date.now() % 60_000, { timeout: 20_000 }).toBeLessThan(50_000);

/** By another browser. Ten a minute are allowed for each name. */
async function useUpAttempts(request: APIRequestContext, name: string) {
  await untilMinuteIsYoung();
  for (let attempt = 0; attempt < 12; attempt++) await post(request, "/account", { intent: "sign-in", name });
}

type AndWait = (action: () => Promise<unknown>, tab?: Page) => Promise<void>;

/** On /account, with a proof that is old. */
async function askToSignOutOthers(page: Page, andWait: AndWait) {
  // Only a store that lists devices shows the button, and only if there are others. Any page can send the form.
  await page.evaluate(() => {
    const signOut = document.querySelector("main button[value=sign-out]");
    signOut?.insertAdjacentHTML("afterend", '<button name="intent" value="sign-out-others">Others</button>');
  });
  await andWait(() => main(page).locator("button[value=sign-out-others]").first().click());
  await expect(page.getByRole("alert")).toContainText("Enter your name to show that it is you");
}

/** The second click comes with the request of the first, before the page can be drawn anew. Counts the posts that are begun. */
const clickTwiceAtOnce = (button: Locator) =>
  button.evaluateHandle((element: HTMLElement) => {
    const begun = { posts: 0 };
    const send = window.fetch;
    window.fetch = (input, init) => {
      if (init?.method === "POST" && ++begun.posts === 1) element.click();
      return send(input, init);
    };
    element.click();
    return begun;
  });

withAndWithoutJavaScript((javaScriptEnabled) => {
  async function signIn(page: Page, andWait: AndWait, name = newName()) {
    await page.getByLabel("Name").fill(name);
    await andWait(() => button(page, "Sign in").click(), page);
    return name;
  }

  test("1.5 without `stay signed in`, the cookie ends with the browser; with it, it lasts 30 days", {
    tag: "@each-store",
  }, async ({ page, context, visit, andWait }) => {
    await visit("/account");
    await signIn(page, andWait);
    await expect(heading(page)).toContainText("Signed in as");
    expect((await sessionCookie(context))?.expires).toBe(-1);
    // It stays like that when the session is written again.
    await andWait(() => page.getByRole("banner").getByRole("button", { name: "Dark" }).click());
    expect((await sessionCookie(context))?.expires).toBe(-1);

    await andWait(() => button(page, "Sign out").click());
    await page.getByLabel("Stay signed in").check();
    await signIn(page, andWait);
    await expect(heading(page)).toContainText("Signed in as");
    const days = ((await sessionCookie(context))?.expires ?? 0) / 86_400 - Date.now() / 86_400_000;
    expect(days).toBeGreaterThan(29);
    expect(days).toBeLessThan(31);
  });

  test("the box stays checked when the form is refused", async ({ page, problems, visit, andWait }) => {
    problems.allowStatus(422);
    await visit("/account");
    await page.getByLabel("Stay signed in").check();
    await andWait(() => button(page, "Sign in").click());
    await expect(page.getByRole("alert")).toContainText("Enter a name");
    await expect(page.getByLabel("Stay signed in")).toBeChecked();
  });

  test("a page that needs sign-in leads to it, and the sign-in back to the very address, once", {
    tag: "@each-store",
  }, async ({ page, problems, visit, andWait }) => {
    problems.allowStatus(422);
    await visit("/account/note?of=a%20b&x=1");
    await expect(page).toHaveURL(/\/account\?return=\w+/);
    // Also after a mistake.
    await andWait(() => button(page, "Sign in").click());
    await expect(page.getByRole("alert")).toContainText("Enter a name");
    await signIn(page, andWait);
    await expect(heading(page)).toHaveText("Your note");
    await expect(page).toHaveURL("/account/note?of=a%20b&x=1");

    await visit("/account");
    await andWait(() => button(page, "Sign out").click());
    await signIn(page, andWait);
    await expect(page).toHaveURL(/\/account(\?cookie=sent)?$/);
  });

  test("a link to such a page leads there as well", async ({ page, visit, andWait }) => {
    await visit("/account");
    await expect(main(page)).not.toContainText("Sign in first");
    await andWait(() => main(page).getByRole("link", { name: "Your note" }).click());
    await expect(page).toHaveURL(/\/account\?return=\w+/);
    await expect(main(page)).toContainText("Sign in first");
    await signIn(page, andWait);
    await expect(page).toHaveURL("/account/note?from=account");
    if (javaScriptEnabled) await expect(heading(page)).toBeFocused();
  });

  test("a form that needs sign-in says so, keeps what was typed, and is accepted after a sign-in in another tab", {
    tag: "@each-store",
  }, async ({ page, context, problems, visit, andWait }) => {
    problems.allowStatus(403);
    await visit("/account/note");
    const name = await signIn(page, andWait);
    await note(page).fill("Buy milk");
    // In another tab, without a script that could tell.
    await post(context.request, "/account", { intent: "sign-out" });
    await andWait(() => button(page, "Save the note").click());
    const refusal = page.getByRole("alert").getByRole("link", { name: "Sign in to send this" });
    await expect(refusal).toBeVisible();
    // Without JavaScript the banner has it, which says that the visitor is signed out.
    if (javaScriptEnabled) await expect(page.getByRole("alert")).toBeFocused();
    await expect(note(page)).toHaveValue("Buy milk");
    await refusal.click();
    await expect(page.getByRole("link", { name: "Sign in in a new tab" })).toBeFocused();

    const [tab] = await Promise.all([
      context.waitForEvent("page"),
      main(page)
        .getByRole("link", { name: /new tab/ })
        .first()
        .click(),
    ]);
    await tab.waitForLoadState();
    if (javaScriptEnabled) await expect(button(tab, "Sign in")).toBeVisible();
    await post(context.request, "/account", { intent: "sign-in", name });
    await andWait(() => button(page, "Save the note").click());
    await expect(messages(page).filter({ hasText: "Your note is saved" })).toHaveCount(1);
    await expect(note(page)).toHaveValue("Buy milk");
  });

  test("a second sign-in, whose first answer never arrived, says what happened and what to do", async ({
    page,
    playwright,
    session,
    baseURL,
    problems,
    store,
    visit,
    andWait,
  }) => {
    problems.allowStatus(409);
    await visit("/account/note");
    const first = await playwright.request.newContext({ baseURL: baseURL ?? "" });
    await post(first, "/account", { intent: "sign-in", name: "Ada" }, { Cookie: await session.header() });
    await first.dispose();
    const name = await signIn(page, andWait);
    // Only these know that an id was replaced.
    if (canList(store)) {
      await expect(page.getByRole("alert")).toContainText("Your session got a new id a moment ago");
      await expect(page.getByRole("alert")).toBeFocused();
      await expect(page.getByLabel("Name")).toHaveValue(name);
    } else {
      await expect(messages(page).last()).toContainText(`You are signed in as ${name}`);
    }
  });

  test("signing out other devices asks for proof if the last one is old, and then does it", {
    tag: "@each-store",
  }, async ({ page, browser, baseURL, problems, session, store, visit, andWait }) => {
    problems.allowStatus(403);
    problems.allowStatus(422);
    await visit("/account");
    const name = await signIn(page, andWait);
    const other = await browser.newContext({ baseURL: baseURL ?? "" });
    await post(other.request, "/account", { intent: "sign-in", name });
    const isOtherSignedIn = async () => (await (await other.request.get("/account")).text()).includes("Signed in as");
    expect(await isOtherSignedIn()).toBe(true);
    await session.set("provedAt", anHourAgo());
    await visit("/account");
    await askToSignOutOthers(page, andWait);
    await page.getByLabel("Your name").fill("Somebody");
    await andWait(() => button(page, "Continue").click());
    await expect(page.getByRole("alert")).toContainText("That is not the name");
    if (!javaScriptEnabled) await expect(page.getByLabel("Your name")).toHaveValue("");
    await page.getByLabel("Your name").fill(name);
    await andWait(() => button(page, "Continue").click());
    await expect(messages(page).last()).toContainText(
      canList(store) ? "One device was signed out" : "cannot sign out other devices",
    );
    expect(await isOtherSignedIn()).toBe(!canList(store));
    await expect(heading(page)).toHaveText(`Signed in as ${name}`);
    expect(await session.get("provedAt")).toBeGreaterThan(anHourAgo());
    await other.close();
  });

  test("too many attempts to sign in are refused, and the form keeps what was typed", async ({
    page,
    request,
    problems,
    visit,
    andWait,
  }) => {
    problems.allowStatus(429);
    const name = newName();
    await useUpAttempts(request, name);
    await visit("/account");
    await page.getByLabel("Stay signed in").check();
    await signIn(page, andWait, name);
    await expect(page.getByRole("alert")).toContainText("Too many attempts");
    await expect(page.getByRole("alert")).toBeFocused();
    await expect(page.getByLabel("Name")).toHaveValue(name);
    await expect(page.getByLabel("Stay signed in")).toBeChecked();
  });

  test("too many attempts to prove it are refused, and the page goes on asking for proof", async ({
    page,
    request,
    problems,
    session,
    visit,
    andWait,
  }) => {
    for (const status of [403, 429]) problems.allowStatus(status);
    const name = newName();
    await session.set("user", name);
    await session.set("provedAt", anHourAgo());
    await useUpAttempts(request, name);
    await visit("/account");
    await askToSignOutOthers(page, andWait);
    for (let attempt = 0; attempt < 2; attempt++) {
      await page.getByLabel("Your name").fill(name);
      await andWait(() => button(page, "Continue").click());
      await expect(page.getByRole("alert")).toContainText("Too many attempts");
      await expect(page.getByRole("alert")).toBeFocused();
      // What was asked for is still in it.
      await expect(page.locator("main input[type=hidden][name=intent]")).toHaveValue("sign-out-others");
    }
  });
});

test("a double click on `Sign in` signs in once, and the first click counts", async ({ page, visit }) => {
  // The address to return to is in a session, so the sign-in gives it a new id.
  await visit("/account/note");
  const posts = await holdPosts(page, "/account");
  await page.getByLabel("Name").fill(newName());
  await button(page, "Sign in").dblclick();
  const busy = button(page, "Signing in…");
  await expect(busy).toBeFocused();
  await busy.press("Enter");
  await page.getByLabel("Name").press("Enter");
  posts.answer();
  await expect(heading(page)).toHaveText("Your note");
  await expect(messages(page).last()).toContainText("You are signed in");
  expect(posts.count()).toBe(1);
});

test("a double click on `Sign out` signs out once, and what stays of the session stays", async ({
  page,
  session,
  visit,
}) => {
  await session.set("user", newName());
  await session.set("theme", "dark");
  await visit("/account");
  const posts = await holdPosts(page, "/account");
  const begun = await clickTwiceAtOnce(button(page, "Sign out"));
  await button(page, "Signing out…").press("Enter");
  posts.answer();
  await expect(heading(page)).toHaveText("Sign in");
  await expect(messages(page)).toHaveCount(1);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await begun.jsonValue()).toEqual({ posts: 1 });
  expect(posts.count()).toBe(1);
});

test("a double click on `Continue` proves it once, and the user stays signed in", async ({
  page,
  problems,
  session,
  visit,
  andWait,
}) => {
  problems.allowStatus(403);
  const name = newName();
  await post(page.request, "/account", { intent: "sign-in", name });
  await session.set("provedAt", anHourAgo());
  await visit("/account");
  await askToSignOutOthers(page, andWait);
  const posts = await holdPosts(page, "/account");
  await page.getByLabel("Your name").fill(name);
  const begun = await clickTwiceAtOnce(button(page, "Continue"));
  await button(page, "One moment…").press("Enter");
  posts.answer();
  await expect(messages(page).last()).toContainText(/signed out|cannot sign out other devices/);
  await expect(heading(page)).toHaveText(`Signed in as ${name}`);
  expect(await begun.jsonValue()).toEqual({ posts: 1 });
  expect(posts.count()).toBe(1);
});

const link = (page: Page, name: string) => page.getByRole("banner").getByRole("link", { name });

test("a link followed while `Sign in` is on its way leads on once the visitor is signed in", {
  tag: "@each-store",
}, async ({ page, problems, visit }) => {
  // Of the page that the sign-in leads to, which is left at once.
  problems.allow(/WebSocket is closed before the connection is established/);
  // The address to return to is in a session, so the sign-in gives it a new id.
  await visit("/account/note");
  const posts = await holdPosts(page, "/account");
  await page.getByLabel("Name").fill(newName());
  await button(page, "Sign in").click();
  await link(page, "Form").click();
  await link(page, "Theme").dblclick();
  posts.answer();
  await expect(page).toHaveURL("/theme-toggle");
  await expect(messages(page).last()).toContainText("You are signed in");
  await page.goBack();
  await expect(heading(page)).toHaveText("Your note");
});

test("if the form is refused, its page stays and says so, and links lead on again", async ({
  page,
  problems,
  visit,
}) => {
  problems.allowStatus(422);
  await visit("/account");
  const posts = await holdPosts(page, "/account");
  await button(page, "Sign in").click();
  await link(page, "Form").click();
  posts.answer();
  await expect(page.getByRole("alert")).toContainText("Enter a name");
  await expect(page.getByRole("alert")).toBeFocused();
  await link(page, "Theme").click();
  await expect(page).toHaveURL("/theme-toggle");
});

test("a link that waits is forgotten if the visitor goes back instead", async ({ page, visit, andWait }) => {
  await visit("/");
  await andWait(() => link(page, "Account").click());
  const posts = await holdPosts(page, "/account");
  await page.getByLabel("Name").fill(newName());
  await button(page, "Sign in").click();
  await link(page, "Form").click();
  await andWait(() => page.goBack());
  posts.answer();
  await andWait(() => link(page, "Account").click());
  await page.getByLabel("Name").fill(newName());
  await andWait(() => button(page, "Sign in").click());
  await expect(heading(page)).toContainText("Signed in as");
  await settled(page);
  await expect(page).toHaveURL(/\/account/);
});

test("a link that is asked for again does not wait for the form", async ({ page, visit }) => {
  await visit("/account");
  await holdPosts(page, "/account");
  await page.getByLabel("Name").fill(newName());
  await button(page, "Sign in").click();
  await link(page, "Theme").press("Enter");
  await link(page, "Theme").press("Enter");
  await expect(page).toHaveURL("/theme-toggle");
});

test("neither is a single device signed out without proof, nor is proof in a form of another shape enough", async ({
  request,
  session,
}) => {
  const name = newName();
  await session.set("user", name);
  await session.set("provedAt", anHourAgo());
  const cookie = await session.header();
  for (const form of [
    { intent: "revoke", device: "any" },
    { intent: "sign-out-others" },
    { intent: "sign-out-others", provedAt: String(Date.now()) },
    { intent: "sign-out-others", name },
  ] as Record<string, string>[]) {
    const response = await post(request, "/account", form, { Cookie: cookie });
    expect([form, response.status(), setCookies(response)]).toEqual([form, 403, []]);
  }
  const wrong = await post(request, "/account", { intent: "revoke", proof: "secret-guess" }, { Cookie: cookie });
  expect(wrong.status()).toBe(422);
  expect(await wrong.text()).not.toContain("secret-guess");
});

test("a prefetch or a fetcher of such a page leaves nothing behind", async ({ request }) => {
  for (const [path, headers] of [
    ["/account/note", { "Sec-Purpose": "prefetch", "Sec-Fetch-Dest": "document" }],
    ["/account/note.data", { "Sec-Purpose": "prefetch", "Sec-Fetch-Dest": "empty" }],
    ["/account/note.data?_routes=routes%2Faccount_.note", { "Sec-Fetch-Dest": "empty" }],
    ["/account/note", { "Sec-Fetch-Dest": "image" }],
  ] as const) {
    const response = await request.get(path, { headers, maxRedirects: 0 });
    expect([path, setCookies(response)]).toEqual([path, []]);
    expect(response.headers()["cache-control"]).toContain("no-store");
  }
});

test("7.2 no form of an address leads to another site", async ({ request, baseURL }) => {
  for (const path of [
    "//evil.example/account/note",
    "/account/note?return=//evil.example",
    "/account/note?redirectTo=https://evil.example",
    "/account/note?x=%0d%0aLocation:%20https://evil.example",
    "/account/note?%5c%5cevil.example",
  ]) {
    const asked = await request.get(`${baseURL}${path}`, { maxRedirects: 0, headers: { Accept: "text/html" } });
    const cookie = cookiePair(setCookies(asked)[0]);
    const address = new URL(asked.headers().location ?? "/account", baseURL);
    expect([path, address.origin]).toEqual([path, new URL(baseURL ?? "").origin]);
    const signedIn = await post(
      request,
      address.pathname + address.search,
      { intent: "sign-in", name: newName() },
      { Cookie: cookie },
    );
    const to = new URL(signedIn.headers().location ?? "", baseURL);
    expect([path, to.origin]).toEqual([path, new URL(baseURL ?? "").origin]);
  }
  // Nobody can name the address in a link or in a field.
  const form = { intent: "sign-in", name: newName(), returnTo: "//evil.example", redirectTo: "//evil.example" };
  const response = await post(request, "/account?return=//evil.example", form);
  expect(response.headers().location).toMatch(/^\/account(\?cookie=sent)?$/);
});

test("more than ten attempts in a minute for one name are refused, whatever the case, and others may go on", async ({
  request,
}) => {
  const name = newName();
  const statuses: number[] = [];
  await untilMinuteIsYoung();
  for (let attempt = 0; attempt < 12; attempt++) {
    const written = attempt % 2 ? name.toUpperCase() : name;
    statuses.push((await post(request, "/account", { intent: "sign-in", name: written })).status());
  }
  expect(statuses.filter((status) => status === 303).length).toBeLessThanOrEqual(10);
  expect(statuses.at(-1)).toBe(429);
  expect((await post(request, "/account", { intent: "sign-in", name: newName() })).status()).toBe(303);
});
