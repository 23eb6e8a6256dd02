/** Open pages notice that their session has ended elsewhere: by a socket, by another tab, or when they are looked at again. */
import type { Browser, Page } from "@playwright/test";
import { expect, test, withoutJavaScript } from "../fixtures";
import { cookiePair, post, setCookies } from "../http";
import { settled } from "../settled";
import type { Store } from "../stores";

const hasSockets = (store: Store) => store === "durable-object";
const notice = (page: Page) => page.getByTestId("sign-in-notice");
const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const button = (page: Page, name: string) => page.getByRole("main").getByRole("button", { name, exact: true });
const note = (page: Page) => page.getByRole("textbox", { name: "Note" });
const newName = () => `Ada ${crypto.randomUUID().slice(0, 8)}`;

/** Returns a function that waits until the page has a new socket. A mere attempt, while the server is down, is none. */
async function nextSocket(page: Page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  const opened = new Promise<void>((resolve) => {
    devtools.on("Network.webSocketHandshakeResponseReceived", ({ response }) => {
      if (response.status === 101) resolve();
    });
  });
  return () => opened;
}

/** The same for the script that asks in place of a socket. */
function nextScript(page: Page) {
  const loaded = page.waitForResponse((response) => response.url().includes("live-sign-out"));
  return () => loaded;
}

/** Signs this browser in, and opens the page of the note with something typed. */
async function openNote(page: Page, store: Store, name = newName()) {
  await post(page.request, "/account", { intent: "sign-in", name });
  const watching = hasSockets(store) ? await nextSocket(page) : nextScript(page);
  await page.goto("/account/note");
  await settled(page);
  await note(page).fill("Buy milk");
  await watching();
}

async function expectSignedOut(page: Page) {
  await expect(notice(page)).toContainText("You are signed out");
  await expect(note(page)).toHaveValue("Buy milk");
  await expect(note(page)).toBeFocused();
}

/** What a browser does when its tab is hidden and shown again. */
const lookAgain = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

async function otherDevice(browser: Browser, baseURL: string | undefined, name: string) {
  const context = await browser.newContext({ baseURL: baseURL ?? "" });
  const cookie = cookiePair(setCookies(await post(context.request, "/account", { intent: "sign-in", name }))[0]);
  return { context, cookie };
}

test("a page learns that another device has signed it out: within a second, asking nothing, by a socket; else at the next look", {
  tag: "@sockets",
}, async ({ page, browser, baseURL, store }) => {
  const name = newName();
  await openNote(page, store, name);
  const other = await otherDevice(browser, baseURL, name);
  if (hasSockets(store)) {
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await post(other.context.request, "/account", { intent: "sign-out-others" });
    await expect(notice(page)).toContainText("You are signed out", { timeout: 1_000 });
    expect(requests).toEqual([]);
    await expectSignedOut(page);
  }
  if (!hasSockets(store)) {
    await post(other.context.request, "/account", { intent: "sign-out-others" });
    await expect(notice(page)).toBeEmpty();
    const answer = page.waitForResponse((response) => response.url().includes("/account/live"));
    await lookAgain(page);
    await answer;
    // Another device cannot sign it out with a store that does not know which sessions a user has.
    if (store === "d1") await expectSignedOut(page);
    else await expect(notice(page)).toBeEmpty();
  }
  await other.context.close();
});

test("a sign-out in another tab shows at once, keeps what was typed, and a new sign-in lets the page go on", {
  tag: "@sockets",
}, async ({ page, context, store }) => {
  const name = newName();
  await openNote(page, store, name);
  const tab = await context.newPage();
  await tab.goto("/account");
  await settled(tab);
  await button(tab, "Sign out").click();
  await expect(heading(tab)).toHaveText("Sign in");
  await expectSignedOut(page);

  const [again] = await Promise.all([
    context.waitForEvent("page"),
    notice(page)
      .getByRole("link", { name: /sign in again/ })
      .click(),
  ]);
  await settled(again);
  await again.getByLabel("Name").fill(name);
  await button(again, "Sign in").click();
  await expect(heading(again)).toHaveText(`Signed in as ${name}`);
  await expect(notice(page)).toBeEmpty();
  await expect(note(page)).toHaveValue("Buy milk");
  await button(page, "Save the note").click();
  await expect(page.locator("[data-message]").filter({ hasText: "Your note is saved" })).toBeVisible();
});

test("whoever signs out is not told by the same page that it was done elsewhere", { tag: "@sockets" }, async ({
  page,
  visit,
  andWait,
  store,
}) => {
  const name = newName();
  await post(page.request, "/account", { intent: "sign-in", name });
  const opened = hasSockets(store) ? page.waitForEvent("websocket") : undefined;
  await visit("/account");
  const closed = (await opened)?.waitForEvent("close");
  // The session has ended, and the answer is still on its way.
  await page.route("**/account.data*", async (route) => {
    const response = await route.fetch();
    await closed;
    // Until what the socket has said is drawn.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await expect(notice(page)).toBeEmpty();
    await route.fulfill({ response });
  });
  await andWait(() => button(page, "Sign out").click());
  await expect(heading(page)).toHaveText("Sign in");
  await expect(notice(page)).toBeHidden();

  // Nor later, when the same name signs in again.
  await page.unroute("**/account.data*");
  await page.getByLabel("Name").fill(name);
  await andWait(() => button(page, "Sign in").click());
  await expect(heading(page)).toHaveText(`Signed in as ${name}`);
  await expect(notice(page)).toBeEmpty();
});

test("a page is told if somebody else signs in in its browser", { tag: "@sockets" }, async ({
  page,
  context,
  store,
}) => {
  await openNote(page, store);
  // Without a word from another tab.
  await post(context.request, "/account", { intent: "sign-in", name: newName() });
  // What was there has ended: more than that, its socket cannot know.
  if (hasSockets(store)) await expect(notice(page)).toContainText("You are signed out");
  await lookAgain(page);
  await expect(notice(page)).toContainText("Somebody else is signed in", { timeout: 10_000 });
  await expect(note(page)).toHaveValue("Buy milk");
  await notice(page).getByRole("link", { name: "Reload" }).click();
  await expect(notice(page)).toBeEmpty();
  await expect(note(page)).toHaveValue("");
});

test("a page that asks while its session gets a new id stays as it is, without an error", { tag: "@sockets" }, async ({
  page,
  context,
  store,
}) => {
  const name = newName();
  await openNote(page, store, name);
  const before = await context.cookies();
  await post(context.request, "/account", { intent: "sign-in", name });
  const after = await context.cookies();
  // As long as the new one is on its way.
  await context.addCookies(before);
  const answer = page.waitForResponse((response) => response.url().includes("/account/live"));
  await page.evaluate(() => {
    const channel = new BroadcastChannel("account");
    channel.postMessage("changed");
    channel.close();
  });
  expect((await answer).ok()).toBe(true);
  // KV does not know that an id was replaced: there it is gone, until the page asks with the new one.
  if (store === "kv") await expect(notice(page)).toContainText("You are signed out");
  else await expect(notice(page)).toBeEmpty();
  await context.addCookies(after);
  await lookAgain(page);
  await expect(notice(page)).toBeEmpty();
});

test("a page that is signed out keeps what was typed when the theme is changed", async ({ page, context, andWait }) => {
  await openNote(page, "cookie");
  await post(context.request, "/account", { intent: "sign-out" });
  await andWait(() => page.getByRole("banner").getByRole("button", { name: "Dark" }).click());
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page).toHaveURL("/account/note");
  await expect(note(page)).toHaveValue("Buy milk");
});

test("looking at a page again renews nothing and uses up no message", async ({ page, session, store }) => {
  // With a socket a page need not ask.
  if (hasSockets(store)) return;
  await openNote(page, store);
  await session.flash("success", "This waits");
  const before = await session.header();
  const answer = page.waitForResponse((response) => response.url().includes("/account/live"));
  await lookAgain(page);
  const response = await answer;
  expect([response.status(), await response.headerValue("set-cookie")]).toEqual([200, null]);
  expect(await response.headerValue("cache-control")).toBe("no-store");
  expect(await session.header()).toBe(before);
  await expect(notice(page)).toBeEmpty();
  await page.reload();
  await expect(page.locator("[data-message]")).toContainText("This waits");
});

test("a page that is in no way signed out has an empty, named region for it, and no socket if the store has none", {
  tag: "@sockets",
}, async ({ page, store }) => {
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(new URL(socket.url()).pathname));
  await openNote(page, store);
  await expect(notice(page)).toHaveAttribute("aria-live", "assertive");
  await expect(notice(page)).toBeEmpty();
  if (hasSockets(store)) await expect.poll(() => sockets).toEqual(["/account/live"]);
  else expect(sockets).toEqual([]);
});

test("7.1 a socket of another origin is refused", async ({ request }) => {
  const upgrade = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13" };
  for (const [name, value] of [
    ["Sec-Fetch-Site", "cross-site"],
    ["Sec-Fetch-Site", "same-site"],
    ["Origin", "https://evil.example"],
  ] as const) {
    const headers = { ...upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", [name]: value };
    const response = await request.get("/account/live", { headers });
    expect([value, response.status()]).toEqual([value, 403]);
  }
});

test("a page whose server was restarted connects again, and learns of a sign-out in between", {
  tag: "@sockets",
}, async ({ page, browser, baseURL, problems, server, store }) => {
  if (!hasSockets(store)) return;
  test.setTimeout(90_000);
  problems.allow(/WebSocket connection|ERR_CONNECTION|Failed to load resource/);
  const name = newName();
  await openNote(page, store, name);
  const reconnected = await nextSocket(page);
  await server.restart();
  await reconnected();
  await expect(notice(page)).toBeEmpty();
  const other = await otherDevice(browser, baseURL, name);
  await post(other.context.request, "/account", { intent: "sign-out-others" });
  await expectSignedOut(page);
  await other.context.close();
});

withoutJavaScript(() => {
  test("without JavaScript the next request finds out: a form keeps what was typed, a page asks to sign in", async ({
    page,
    context,
    problems,
    visit,
    andWait,
  }) => {
    problems.allowStatus(403);
    await post(context.request, "/account", { intent: "sign-in", name: newName() });
    await visit("/account/note");
    await note(page).fill("Buy milk");
    await post(context.request, "/account", { intent: "sign-out" });
    await andWait(() => button(page, "Save the note").click());
    await expect(page.getByRole("alert").first()).toContainText("Sign in to send this");
    await expect(note(page)).toHaveValue("Buy milk");
    await page.goto("/account/note");
    await expect(page).toHaveURL(/\/account\?return=/);
  });
});
