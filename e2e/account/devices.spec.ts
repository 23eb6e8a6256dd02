/** The list of a user's devices, signing them out, and the proof that this needs. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, heading, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { holdPosts } from "../hold-posts";
import { post, setCookies } from "../http";
import {
  type AndWait,
  button,
  canList,
  expectSignedInAs,
  newName,
  otherDevice,
  signIn,
  signInByRequest,
  useUpAttempts,
} from "./account";

const device = (page: Page, text: string) => page.getByRole("listitem").filter({ hasText: text });
const anHourAgo = () => Math.floor(Date.now() / 1000) - 3600;

/** On /account, with a proof that is old. */
async function askToSignOutOthers(page: Page, andWait: AndWait) {
  // Only a store that lists devices shows the button, and only if there are others. Any page can send the form.
  await page.evaluate(() => {
    const signOut = document.querySelector("main button[value=sign-out]");
    signOut?.insertAdjacentHTML("afterend", '<button name="intent" value="sign-out-others">Others</button>');
  });
  await andWait(() => button(page, "Others").click());
  await expect(page.getByRole("alert")).toContainText("Enter your name to show that it is you");
}

withAndWithoutJavaScript((javaScriptEnabled) => {
  test("devices are listed, and can be signed out one by one or all at once", { tag: "@each-store" }, async ({
    page,
    browser,
    server,
    store,
    visit,
    andWait,
  }) => {
    await visit("/account");
    const name = await signIn(page, andWait);
    const other = await otherDevice(browser, server.origin, name);
    await page.reload();
    if (javaScriptEnabled) expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    if (!canList(store)) {
      await expect(page.getByRole("main")).toContainText("This store cannot list devices");
      await expect(page.getByRole("main")).toContainText("This session can be copied");
      await other.context.close();
      return;
    }
    await expect(device(page, "This device")).toContainText("Chrome on Linux");
    await expect(device(page, "Firefox on Windows")).toContainText("Last seen just now");
    await expect(device(page, "Can be copied")).toHaveCount(2);

    await andWait(() => button(page, /^Sign out Firefox on Windows/).click());
    await expect(messages(page).last()).toContainText("One device was signed out");
    await expect(device(page, "Firefox on Windows")).toHaveCount(0);
    // The button has gone with its device.
    if (javaScriptEnabled) await expect(heading(page)).toBeFocused();
    expect(await other.isSignedIn()).toBe(false);

    const another = await otherDevice(browser, server.origin, name);
    await page.reload();
    await andWait(() => button(page, "Sign out all other devices").click());
    await expect(device(page, "Firefox on Windows")).toHaveCount(0);
    expect(await another.isSignedIn()).toBe(false);
    await expectSignedInAs(page, name);
    for (const each of [other, another]) await each.context.close();
  });

  test("signing out other devices asks for proof if the last one is old, and then does it", {
    tag: "@each-store",
  }, async ({ page, browser, server, problems, session, store, visit, andWait }) => {
    for (const status of [403, 422]) problems.allowStatus(status);
    await visit("/account");
    const name = await signIn(page, andWait);
    const other = await otherDevice(browser, server.origin, name);
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
    expect(await other.isSignedIn()).toBe(!canList(store));
    await expectSignedInAs(page, name);
    expect(await session.get("provedAt")).toBeGreaterThan(anHourAgo());
    await other.context.close();
  });

  test("too many attempts to prove it are refused, and the page goes on asking for proof", async ({
    page,
    playwright,
    server,
    problems,
    session,
    visit,
    andWait,
  }) => {
    for (const status of [403, 429]) problems.allowStatus(status);
    const name = newName();
    const request = await playwright.request.newContext({ baseURL: server.origin });
    // Again, if a new minute begins in between.
    await expect(async () => {
      await session.set("user", name);
      await session.set("provedAt", anHourAgo());
      await useUpAttempts({ request }, name);
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
    }).toPass();
    await request.dispose();
  });
});

test("a double click on `Continue` proves it once, and the user stays signed in", async ({
  page,
  context,
  problems,
  session,
  visit,
  andWait,
}) => {
  problems.allowStatus(403);
  const name = newName();
  await signInByRequest(context, name);
  await session.set("provedAt", anHourAgo());
  await visit("/account");
  await askToSignOutOthers(page, andWait);
  const posts = await holdPosts(page, "/account");
  await page.getByLabel("Your name").fill(name);
  await button(page, "Continue").dblclick();
  await button(page, "One moment…").press("Enter");
  posts.answer();
  await expect(messages(page).last()).toContainText(/signed out|cannot sign out other devices/);
  await expectSignedInAs(page, name);
  expect(posts.count()).toBe(1);
});

test("a single device is not signed out without proof either, nor with proof in another field; a wrong proof is not sent back", async ({
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
