/** Open pages notice that their session has ended elsewhere: by a socket, or when their tab becomes visible. */
import type { Page } from "@playwright/test";
import { expect, heading, messages, test } from "../fixtures";
import { post } from "../http";
import { settled } from "../settled";
import type { Store } from "../stores";
import {
  button,
  canList,
  expectSignedInAs,
  hasSockets,
  newName,
  nextSocket,
  note,
  otherDevice,
  signInByRequest,
  signOutByRequest,
} from "./account";

const notice = (page: Page) => page.getByTestId("sign-in-notice");

/** Opens a page that is signed in, and waits for its socket if it has one. */
async function open(page: Page, path: string, store: Store, name: string) {
  await signInByRequest(page.context(), name);
  const watching = hasSockets(store) ? await nextSocket(page) : undefined;
  await page.goto(path);
  await settled(page);
  await watching?.();
}

/** Opens the page of the note, and types something. */
async function openNote(page: Page, store: Store, name = newName()) {
  await open(page, "/account/note", store, name);
  await note(page).fill("Buy milk");
}

/** What a browser does when its tab is hidden and shown again. Waits for the answer to the page's question. */
async function lookAgain(page: Page) {
  const answer = page.waitForResponse((response) => response.url().includes("/account/live"));
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await settled(page);
  return await answer;
}

async function expectSignedOut(page: Page) {
  await expect(notice(page)).toContainText("You are signed out");
  await expect(note(page)).toHaveValue("Buy milk");
  await expect(note(page)).toBeFocused();
}

test("a page learns that another device has signed it out: by a socket at once, asking nothing; else when its tab becomes visible", {
  tag: "@sockets",
}, async ({ page, browser, server, store }) => {
  const name = newName();
  await openNote(page, store, name);
  const other = await otherDevice(browser, server.origin, name);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await post(other.context.request, "/account", { intent: "sign-out-others" });
  if (hasSockets(store)) {
    await expectSignedOut(page);
    expect(requests).toEqual([]);
  } else {
    await expect(notice(page)).toBeEmpty();
    await lookAgain(page);
    // Another device cannot sign it out with a store that does not know which sessions a user has.
    if (canList(store)) await expectSignedOut(page);
    else await expect(notice(page)).toBeEmpty();
  }
  await other.context.close();
});

test("a page says that it was signed out in another tab, keeps what was typed, and goes on after a new sign-in", {
  tag: "@sockets",
}, async ({ page, context, store, andWait }) => {
  const name = newName();
  await openNote(page, store, name);
  await signOutByRequest(context);
  if (!hasSockets(store)) await lookAgain(page);
  await expectSignedOut(page);

  const [tab] = await Promise.all([
    context.waitForEvent("page"),
    notice(page)
      .getByRole("link", { name: /sign in again/ })
      .click(),
  ]);
  await settled(tab);
  await tab.getByLabel("Name").fill(name);
  await andWait(() => button(tab, "Sign in").click(), tab);
  await expectSignedInAs(tab, name);
  await lookAgain(page);
  await expect(notice(page)).toBeEmpty();
  await expect(note(page)).toHaveValue("Buy milk");
  await andWait(() => button(page, "Save the note").click());
  await expect(messages(page).filter({ hasText: "Your note is saved" })).toBeVisible();
});

test("the account's own page shows the sign-in form once its user is signed out elsewhere", {
  tag: "@sockets",
}, async ({ page, context, store }) => {
  await open(page, "/account", store, newName());
  await signOutByRequest(context);
  if (!hasSockets(store)) await lookAgain(page);
  await expect(heading(page)).toHaveText("Sign in");
});

test("a visitor who signs out here sees that once, whatever the socket says first", { tag: "@sockets" }, async ({
  page,
  store,
  andWait,
}) => {
  const name = newName();
  const opened = hasSockets(store) ? page.waitForEvent("websocket") : undefined;
  await open(page, "/account", store, name);
  const closed = (await opened)?.waitForEvent("close");
  // The session has ended, and the answer is still on its way.
  await page.route("**/account.data*", async (route) => {
    const response = await route.fetch();
    await closed;
    await route.fulfill({ response });
  });
  await andWait(() => button(page, "Sign out").click());
  await expect(heading(page)).toHaveText("Sign in");
  await expect(messages(page).filter({ hasText: "You are signed out" })).toHaveCount(1);

  // The same name can sign in again.
  await page.unroute("**/account.data*");
  await page.getByLabel("Name").fill(name);
  await andWait(() => button(page, "Sign in").click());
  await expectSignedInAs(page, name);
});

test("a page is told if somebody else signs in in its browser", { tag: "@sockets" }, async ({
  page,
  context,
  store,
}) => {
  await openNote(page, store);
  await signInByRequest(context, newName());
  // The user's session has ended: more than that, its socket cannot know.
  if (hasSockets(store)) await expect(notice(page)).toContainText("You are signed out");
  await lookAgain(page);
  await expect(notice(page)).toContainText("Somebody else is signed in");
  await expect(note(page)).toHaveValue("Buy milk");
  await notice(page).getByRole("link", { name: "Reload" }).click();
  await expect(notice(page)).toBeEmpty();
  await expect(note(page)).toHaveValue("");
});

test("a page that asks while its session gets a new id stays as it is", { tag: "@sockets" }, async ({
  page,
  context,
  store,
  problems,
}) => {
  // Before it loads its data again, a page asks whether it can. It cannot now, and Chromium writes that to the console.
  problems.allowStatus(503);
  const name = newName();
  await openNote(page, store, name);
  const before = await context.cookies();
  await signInByRequest(context, name);
  const after = await context.cookies();
  // As long as the new one is on its way.
  await context.addCookies(before);
  expect((await lookAgain(page)).ok()).toBe(true);
  // KV does not know that an id was replaced: there it is gone, until the page asks with the new one.
  if (store === "kv") await expect(notice(page)).toContainText("You are signed out");
  else await expect(notice(page)).toBeEmpty();
  await context.addCookies(after);
  await lookAgain(page);
  await expect(notice(page)).toBeEmpty();
});

test("a page of a signed-in user has an empty, live region for the notice, and no socket if the store has none", {
  tag: "@sockets",
}, async ({ page, store }) => {
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(new URL(socket.url()).pathname));
  await openNote(page, store);
  await expect(notice(page)).toHaveAttribute("aria-live", "assertive");
  await expect(notice(page)).toBeEmpty();
  await lookAgain(page);
  expect(sockets).toEqual(hasSockets(store) ? ["/account/live"] : []);
});

test("a page whose server was restarted connects again, and learns of a sign-out in between", {
  tag: "@sockets",
}, async ({ page, browser, problems, server, store }) => {
  if (!hasSockets(store)) return;
  problems.allow(/WebSocket connection|ERR_CONNECTION|Failed to load resource/);
  const name = newName();
  await openNote(page, store, name);
  const reconnected = await nextSocket(page);
  await server.restart();
  await reconnected();
  await expect(notice(page)).toBeEmpty();
  const other = await otherDevice(browser, server.origin, name);
  await post(other.context.request, "/account", { intent: "sign-out-others" });
  await expectSignedOut(page);
  await other.context.close();
});

test("the question of a page renews nothing and uses up no message", { tag: "@each-store" }, async ({
  context,
  session,
}) => {
  await signInByRequest(context, newName());
  await session.flash("success", "This waits");
  const before = await session.header();
  const response = await context.request.get("/account/live?as=nobody");
  expect([response.status(), await response.text()]).toEqual([200, "signed in as somebody else"]);
  expect(response.headers()["set-cookie"]).toBeUndefined();
  expect(response.headers()["cache-control"]).toBe("no-store");
  expect(await session.header()).toBe(before);
  expect(await (await context.request.get("/account")).text()).toContain("This waits");
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
