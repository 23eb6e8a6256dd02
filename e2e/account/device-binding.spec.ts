/** Sessions that are bound to the browser's device: what is left to a thief of all cookies, and what the visitor notices. */
import type { Page } from "@playwright/test";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, heading, messages } from "../fixtures";
import { post } from "../http";
import { sessionOf } from "../session";
import { button, expectSignedInAs, hasSockets, note, signIn } from "./account";
import { BINDING, endDeviceCookie, hasDeviceCookie, spoilDeviceCookie, test, watchKeys } from "./device-binding";

const tag = "@consistent";

/** Asks for the account's page as a script. */
const fetchAccount = (page: Page) => page.evaluate(async () => (await fetch("/account")).text());
/** Posts a form as a script. */
const sendForm = (page: Page, path: string, form: Record<string, string>) =>
  page.evaluate(
    async ([path, form]) => (await fetch(path, { method: "POST", body: new URLSearchParams(form) })).status,
    [path, form] as const,
  );

for (const javaScriptEnabled of [true, false]) {
  test.describe(`with scripts ${javaScriptEnabled ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled });

    test("9.1 a sign-in binds the session, and its visitor stays signed in when the device cookie ends", {
      tag,
    }, async ({ page, context, visit, signInBound }) => {
      const { name, keyEvents } = await signInBound(page);
      await visit("/account");
      await expectSignedInAs(page, name);
      expect(keyEvents).toEqual(["registered"]);
      await endDeviceCookie(context);
      await visit("/account");
      await expectSignedInAs(page, name);
      await expect.poll(() => keyEvents).toEqual(["registered", "refreshed"]);
    });

    test("9.9 a form that is sent with an unusable device cookie is saved", { tag }, async ({
      page,
      context,
      visit,
      andWait,
      signInBound,
    }) => {
      await signInBound(page);
      await visit("/account/note");
      await note(page).fill("Buy milk");
      await spoilDeviceCookie(context);
      await andWait(() => button(page, "Save the note").click());
      await expect(messages(page).filter({ hasText: "Your note is saved" })).toBeVisible();
      await expect(note(page)).toHaveValue("Buy milk");
    });
  });
}

test("9.2 a copy of all cookies is the visitor until the device cookie ends, and nobody after; its owner stays signed in", {
  tag,
}, async ({ page, context, playwright, server, session, setDeviceAge, visit, signInBound }) => {
  await setDeviceAge(8);
  const { name, keyEvents } = await signInBound(page);
  await visit("/account/note");
  // The browser does not wait for the end. With less than two minutes left, it refreshes with the next request.
  await expect.poll(() => keyEvents).toContain("refreshed");
  const stolen = await session.header();

  const thief = await playwright.request.newContext({ baseURL: server.origin, ignoreHTTPSErrors: true });
  const look = async (Cookie = "") => (await thief.get("/account", { headers: { Cookie }, maxRedirects: 0 })).text();
  expect(await look(stolen)).toContain("Signed in as");
  await expect.poll(() => look(stolen)).not.toContain("Signed in as");
  const Cookie = stolen.split("; ").find((pair) => !pair.includes("-device="));
  expect(await look(Cookie)).toContain("Stay signed in");

  const send = (path: string, headers: Record<string, string>, form = {}) =>
    post(thief, path, form, { Cookie, ...headers });
  expect((await send("/account/note", {}, { note: "Stolen" })).status()).toBe(403);
  // Even if the thief has seen the binding's id.
  const { id = "" } = (await session.get("deviceBinding")) ?? {};
  const refresh = { "Sec-Secure-Session-Id": id };
  const asked = await send("/session/device", refresh);
  const [, jti] = /^"(.+?)"/.exec(asked.headers()["secure-session-challenge"] ?? "") ?? [];
  expect(jti).toBeDefined();
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  for (const jwk of [undefined, await exportJWK(publicKey)]) {
    const header = { alg: "ES256", typ: "dbsc+jwt", ...(jwk && { jwk }) };
    const proof = await new SignJWT({ jti }).setProtectedHeader(header).sign(privateKey);
    for (const kind of [refresh, {}])
      expect((await send("/session/device", { ...kind, "Secure-Session-Response": proof })).status()).toBe(401);
  }
  await thief.dispose();

  // The owner's cookie has ended as well.
  await expect.poll(() => hasDeviceCookie(context)).toBe(false);
  await visit("/account");
  await expectSignedInAs(page, name);
  expect(new Set(keyEvents)).toEqual(new Set(["registered", "refreshed"]));
});

test("9.10 ten requests at once and a socket, after the device cookie has ended, all belong to the visitor", {
  tag,
}, async ({ page, context, store, signInBound }) => {
  const { name } = await signInBound(page);
  await endDeviceCookie(context);
  const answers = await Promise.all(Array.from({ length: 10 }, () => fetchAccount(page)));
  expect(answers.map((answer) => answer.includes(name))).toEqual(Array(10).fill(true));

  await endDeviceCookie(context);
  const path = "/account/live?as=nobody";
  const news = hasSockets(store)
    ? page.evaluate(
        (path) =>
          new Promise((resolve) => {
            const socket = new WebSocket(path);
            socket.onmessage = ({ data }) => resolve(data);
            socket.onclose = () => resolve("closed");
          }),
        path,
      )
    : page.evaluate(async (path) => (await fetch(path)).text(), path);
  expect(await news).toBe("signed in as somebody else");
});

test("9.9 a link on another site finds the visitor signed in, whether the device cookie has ended or is unusable", {
  tag,
}, async ({ page, context, server, problems, signInBound }) => {
  const otherSite = server.origin.replace("localhost", "other.test");
  problems.allow(new RegExp(`^another host: ${otherSite}`));
  const { name } = await signInBound(page);
  for (const stop of [endDeviceCookie, spoilDeviceCookie]) {
    await page.goto(`${otherSite}/robots.txt`);
    await page.evaluate((href) => {
      document.body.innerHTML = `<a href="${href}">The account</a>`;
    }, `${server.origin}/account?from=other`);
    await stop(context);
    await page.getByRole("link").click();
    await expectSignedInAs(page, name);
    await expect(page).toHaveURL("/account?from=other");
  }
});

test("9.11 a second sign-in keeps the binding, and a sign-out ends it", { tag }, async ({
  page,
  context,
  session,
  visit,
  andWait,
  signInBound,
}) => {
  const { name, keyEvents } = await signInBound(page);
  const before = await session.header();
  expect(await sendForm(page, "/account", { intent: "sign-in", name })).toBe(200);
  expect(await session.header()).not.toBe(before);
  await endDeviceCookie(context);
  await visit("/account");
  await expectSignedInAs(page, name);
  await expect.poll(() => keyEvents).toEqual(["registered", "refreshed"]);

  await andWait(() => button(page, "Sign out").click());
  await endDeviceCookie(context);
  // The second time, the browser has no key any more.
  for (let visits = 0; visits < 2; visits++) {
    await visit("/account");
    await expect(heading(page)).toHaveText("Sign in");
  }
  await expect.poll(() => keyEvents).toEqual(["registered", "refreshed", "PersistentHttpError", "forgotten"]);
  await signInBound(page);
});

test("9.11 a session that another device has signed out is not bound any more", { tag }, async ({
  page,
  browser,
  context,
  baseURL,
  visit,
  andWait,
  signInBound,
}) => {
  const { name, keyEvents } = await signInBound(page);
  const other = await (await browser.newContext({ baseURL: baseURL ?? "" })).newPage();
  await visit("/account", other);
  await sendForm(other, "/account", { intent: "sign-in", name });
  await visit("/account", other);
  await andWait(() => button(other, "Sign out all other devices").click(), other);
  await expect(messages(other).last()).toContainText("One device was signed out");
  await other.context().close();

  await endDeviceCookie(context);
  await visit("/account");
  await expect(heading(page)).toHaveText("Sign in");
  await expect.poll(() => keyEvents).toEqual(["registered", "PersistentHttpError", "forgotten"]);
});

test("9.2 a visitor who stays signed in is still bound after a restart of the browser", { tag }, async ({
  openBrowser,
  visit,
  signInBound,
}) => {
  const before = await openBrowser();
  const { name } = await signInBound(before);
  await before.context().close();

  const after = await openBrowser();
  const keyEvents = await watchKeys(after);
  await endDeviceCookie(after.context());
  await visit("/account", after);
  await expectSignedInAs(after, name);
  await expect.poll(() => keyEvents).toEqual(["refreshed"]);
});

test("9.7 a browser that has proved itself too often is told that nothing was saved, and can sign out", {
  tag,
}, async ({ openBrowser, launchOptions, server, problems, browser, visit, andWait, signInBound }) => {
  problems.allowStatus(503);
  const page = await openBrowser(launchOptions.args?.map((arg) => arg.replace(":RefreshQuota/false", "")));
  const context = page.context();
  const { name, keyEvents } = await signInBound(page);
  const account = await context.newPage();
  await visit("/account", account);
  await visit("/account/note", page);
  await expect(async () => {
    await endDeviceCookie(context);
    expect(await fetchAccount(page)).not.toContain(name);
  }).toPass({ intervals: [0] });
  await expect.poll(() => keyEvents).toContain("SigningQuotaExceeded");

  await note(page).fill("Buy milk");
  await andWait(() => button(page, "Save the note").click(), page);
  await expect(page.getByRole("alert")).toContainText("This was not saved");
  await expect(note(page)).toHaveValue("Buy milk");

  const copy = await browser.newContext();
  await copy.addCookies(await context.cookies());
  const session = sessionOf(copy, server.origin, server.bindings);
  expect(await session.get("user")).toBe(name);
  await andWait(() => button(account, "Sign out").click(), account);
  await expect(messages(account).last()).toContainText("You are signed out");
  expect(await session.get("user")).toBeUndefined();
  await copy.close();
});

test("9.1 a browser that binds nothing gets no other cookie, and its visitor stays signed in", { tag }, async ({
  openBrowser,
  launchOptions,
  server,
  visit,
  andWait,
}) => {
  const page = await openBrowser(launchOptions.args?.filter((arg) => arg !== BINDING));
  const context = page.context();
  const session = sessionOf(context, server.origin, server.bindings);
  await visit("/account", page);
  const name = await signIn(page, andWait);
  for (let visits = 0; visits < 2; visits++) {
    await visit("/account", page);
    await expectSignedInAs(page, name);
  }
  expect((await context.cookies()).map((cookie) => cookie.name)).toEqual([await session.name()]);
  expect(await session.get("deviceBinding")).toBeUndefined();
});

test("9.14 once it is switched off, a bound visitor stays signed in, and the browser forgets the key", { tag }, async ({
  page,
  context,
  session,
  setDeviceAge,
  visit,
  signInBound,
}) => {
  const { name, keyEvents } = await signInBound(page);
  await setDeviceAge(0);
  await endDeviceCookie(context);
  for (let visits = 0; visits < 2; visits++) {
    await visit("/account");
    await expectSignedInAs(page, name);
  }
  await expect.poll(() => keyEvents).toEqual(["registered", "ServerRequestedTermination", "forgotten"]);
  expect(await session.get("deviceBinding")).toBeUndefined();
});
