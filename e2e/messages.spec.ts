/** Messages as a visitor sees them: a banner in a new document, a toast if the page stays. */
import type { APIRequestContext, Page } from "@playwright/test";
import { SITE } from "../app/lib/page-meta";
import { expect, messages, test, withAndWithoutJavaScript } from "./fixtures";
import { setCookies } from "./http";

const TEXT = "Your bag is packed";
const toasts = (page: Page) => page.getByTestId("toasts");
const banner = (page: Page) => page.locator(".banner");
const closeButton = (page: Page) => page.getByRole("button", { name: "Close" });
/** Loads the home page's data again, in the same document. */
const goHome = (page: Page) => page.getByRole("banner").getByRole("link", { name: SITE }).click();

withAndWithoutJavaScript((javaScriptEnabled) => {
  test("3.1 a loaded page has the message in its HTML, once, as a banner that takes the focus", async ({
    page,
    session,
    visit,
    expectFlashOnce,
  }) => {
    await session.flash("success", TEXT);
    expect(await (await visit("/"))?.text()).toContain(TEXT);
    await expect(banner(page)).toBeFocused();
    await expect(banner(page)).toHaveAccessibleName(new RegExp(TEXT));
    await expect(toasts(page)).toBeEmpty();
    await expect(closeButton(page)).toHaveCount(javaScriptEnabled ? 1 : 0);
    await expectFlashOnce(TEXT);
  });
});

test("3.1 the fixtures leave a message and read it without using it up, and a prefetch leaves it for the page", {
  tag: "@each-store",
}, async ({ context, session, store, visit, prefetch, expectFlashOnce }) => {
  await visit("/");
  await session.flash("success", TEXT);
  expect(await session.get("success")).toBe(TEXT);
  expect((await prefetch("/")).status()).toBe(200);
  expect(await session.get("success")).toBe(TEXT);
  await visit("/");
  await expectFlashOnce(TEXT);
  expect(await session.get("success")).toBeUndefined();

  await session.flash("success", TEXT);
  const cookies = await context.cookies();
  await session.clear();
  expect(await context.cookies()).toEqual([]);
  // A cookie store cannot end a session that a copy of its cookie still holds.
  if (store === "cookie") return;
  await context.addCookies(cookies);
  expect(await session.get("success")).toBeUndefined();
});

test("3.3 a request that shows nothing to a person leaves the message for the next page", async ({
  context: { request },
  session,
}) => {
  await session.flash("success", TEXT);
  for (const [path, headers, method] of [
    ["/", { "Sec-Purpose": "prefetch" }, "GET"],
    ["/", { "Sec-Purpose": "prefetch;prerender" }, "GET"],
    ["/", { Purpose: "prefetch" }, "GET"],
    ["/_root.data", { "Sec-Purpose": "prefetch" }, "GET"],
    ["/", {}, "HEAD"],
    ["/favicon.svg", {}, "GET"],
    ["/build/of-an-older-version.js", {}, "GET"],
  ] as const) {
    const between = await request.fetch(path, { method, headers });
    expect([path, setCookies(between)]).toEqual([path, []]);
    expect(await between.text()).not.toContain(TEXT);
  }
  expect(await shows(request, "/nowhere")).toBe(true);
  expect(await shows(request, "/")).toBe(false);
});

test("3.1 a page that was prefetched shows the message itself, and no later page does", async ({
  page,
  session,
  visit,
}) => {
  await visit("/");
  await session.flash("success", TEXT);
  const prefetched = page.waitForResponse(/from=prefetch/);
  await page.evaluate(() => {
    const rules = Object.assign(document.createElement("script"), {
      type: "speculationrules",
      // The page's policy lets only scripts with its nonce run.
      nonce: document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce,
      textContent: JSON.stringify({ prefetch: [{ urls: ["/?from=prefetch"], eagerness: "immediate" }] }),
    });
    document.head.appendChild(rules);
  });
  expect(await (await (await prefetched).request()).headerValue("Sec-Purpose")).toBe("prefetch");
  await page.evaluate(() => location.assign("/?from=prefetch"));
  await expect(page).toHaveURL("/?from=prefetch");
  await expect(messages(page)).toContainText(TEXT);
  await visit("/");
  await expect(messages(page)).toHaveCount(0);
});

test("3.6 a success and an error with the same text are two messages, which Escape closes one by one", async ({
  page,
  session,
  visit,
}) => {
  await session.flash("success", TEXT);
  await session.flash("error", TEXT);
  await visit("/");
  await expect(messages(page)).toHaveCount(2);
  await expect(messages(page).first()).toContainText(`Done: ${TEXT}`);
  await expect(messages(page).last()).toContainText(`Error: ${TEXT}`);

  // The one that has the focus, else the newest.
  await closeButton(page).first().focus();
  await page.keyboard.press("Escape");
  await expect(messages(page)).toHaveCount(1);
  await expect(messages(page)).toContainText("Error");
  await expect(page.locator("main")).toBeFocused();
  await session.flash("success", "A toast");
  await goHome(page);
  await expect(toasts(page)).toContainText("A toast");
  await page.keyboard.press("Escape");
  await expect(messages(page)).toHaveCount(0);
});

test("a newer toast replaces the older ones, and the focus stays on the page", async ({ page, session, visit }) => {
  await visit("/");
  await session.flash("success", TEXT);
  await session.flash("error", "This failed");
  await goHome(page);
  await expect(messages(page)).toHaveCount(2);
  await closeButton(page).first().focus();
  await session.flash("success", "Your bag is on its way");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(messages(page)).toHaveText([/Your bag is on its way/]);
  await expect(page.locator("main")).toBeFocused();
});

test("on a phone, a toast covers nothing of the header, and is in sight further down the page too", async ({
  page,
  session,
  visit,
}) => {
  await page.setViewportSize({ width: 390, height: 600 });
  await visit("/");
  await session.flash("error", TEXT);
  await goHome(page);
  await expect(messages(page)).toBeVisible();
  const { y = 0, height = 0 } = (await page.getByRole("banner").boundingBox()) ?? {};
  expect((await messages(page).boundingBox())?.y).toBeGreaterThanOrEqual(y + height);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await expect(messages(page)).toBeInViewport({ ratio: 1 });
});

test("a toast appears in a live region that was empty before, takes no focus, and stays on the next page", async ({
  page,
  problems,
  session,
  visit,
}) => {
  problems.allowStatus(404);
  await session.flash("success", "A banner");
  await visit("/nowhere");
  await expect(banner(page)).toBeFocused();
  const region = await toasts(page).elementHandle();
  await expect(toasts(page)).toHaveRole("status");
  await expect(toasts(page)).toHaveAttribute("aria-live", "polite");
  await expect(toasts(page)).toHaveAttribute("aria-atomic", "false");

  await session.flash("success", TEXT);
  await goHome(page);
  await expect(toasts(page)).toContainText(TEXT);
  expect(await toasts(page).evaluate((element, before) => element === before, region)).toBe(true);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  // A banner goes with its page.
  await expect(messages(page)).toHaveCount(1);

  await page.goBack();
  await expect(page).toHaveURL("/nowhere");
  await expect(messages(page)).toHaveText(/Your bag is packed/);
  await closeButton(page).press("Enter");
  await expect(messages(page)).toHaveCount(0);
  await expect(page.locator("main")).toBeFocused();
});

test("a toast with a success closes on its own, but not while it is pointed at, focused or hidden; one with an error stays", async ({
  page,
  session,
  visit,
}) => {
  await page.clock.install();
  await visit("/");
  const isHidden = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    }, hidden);
  for (const [begin, end] of [
    [() => messages(page).first().hover(), () => page.mouse.move(0, 0)],
    [() => closeButton(page).first().focus(), () => page.locator("main").focus()],
    [() => isHidden(true), () => isHidden(false)],
  ] as const) {
    await session.flash("success", TEXT);
    await session.flash("error", "This failed");
    await goHome(page);
    await expect(messages(page)).toHaveCount(2);
    await page.mouse.move(0, 0);
    await begin();
    await page.clock.runFor(60_000);
    await expect(messages(page)).toHaveCount(2);
    await end();
    await page.clock.runFor(4_000);
    await expect(messages(page)).toHaveCount(2);
    await page.clock.runFor(4_000);
    await expect(messages(page)).toHaveText(/This failed/);
    await page.clock.runFor(60_000);
    await closeButton(page).click();
    await expect(messages(page)).toHaveCount(0);
  }
});

test("nothing moves for a visitor who prefers reduced motion", async ({ page, session, visit }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await visit("/");
  await session.flash("success", TEXT);
  await goHome(page);
  await expect(messages(page)).toHaveCSS("animation-name", "none");
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

const shows = async (request: APIRequestContext, path: string) =>
  (await (await request.get(path)).text()).includes(TEXT);
