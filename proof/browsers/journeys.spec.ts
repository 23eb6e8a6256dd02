/** The core journeys in Firefox and WebKit: with and without JavaScript, with cookies blocked, back and forward. */
import { settled } from "../../e2e/settled";
import { expect, test } from "./fixtures";
import type { Tab } from "./webkit";

const contact = { name: "Ada", email: "ada@example.com", message: "Hello" };

/*
 * With JavaScript off, Firefox runs what WebDriver asks it, but no promise in the page is ever settled. So these use neither
 * handles nor locators: the page is looked at again and again, and driven with the keyboard.
 */
/** What is found on the page. While a page is replaced by the next, there is none. */
const look = <Given, Found>(page: Tab, find: (given: Given) => Found, given?: Given) =>
  page.evaluate(find, given).catch(() => undefined);
const text = (page: Tab, selector: string): Promise<string | undefined> =>
  look(
    page,
    (selector) => [...document.querySelectorAll(selector)].map((each) => each.textContent).join(" "),
    selector,
  );
const expectText = (page: Tab, selector: string, expected: string | RegExp) =>
  expect.poll(async () => (await text(page, selector)) ?? "").toMatch(expected);
const expectFocus = (page: Tab, selector: string) =>
  expect.poll(() => look(page, (selector) => document.activeElement?.matches(selector), selector)).toBe(true);
const expectTheme = (page: Tab, theme: string) =>
  expect.poll(() => look(page, () => document.documentElement.dataset.theme)).toBe(theme);
const expectCookies = (page: Tab, count: number) => expect.poll(() => page.countCookies()).toBe(count);
const path = (page: Tab) => look(page, () => location.pathname + location.search);

async function focus(page: Tab, selector: string) {
  await page.evaluate((selector) => document.querySelector<HTMLElement>(selector)?.focus(), selector);
  await expectFocus(page, selector);
}
async function press(page: Tab, selector: string) {
  await focus(page, selector);
  await page.press("Enter");
}
async function fillIn(page: Tab, fields: Record<string, string>) {
  for (const [name, value] of Object.entries(fields)) {
    await focus(page, `[name=${name}]`);
    await page.type(value);
  }
}

const NOTICE = "#cookie-notice";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    const visit = async (page: Tab, url: string) => {
      await page.goto(url);
      if (javaScriptEnabled) await settled(page);
    };
    const reload = async (page: Tab) => {
      if (javaScriptEnabled) await settled(page);
      await page.reload();
    };

    test("a theme stays", async ({ open, server }) => {
      const page = await open({ javaScriptEnabled });
      await visit(page, server.origin);
      await press(page, "header [value=dark]");
      await expectTheme(page, "dark");
      await expectCookies(page, 1);
      await reload(page);
      // WebKit says that the page is there before its styles are.
      await expect
        .poll(() => look(page, () => getComputedStyle(document.documentElement).backgroundColor))
        .toBe("rgb(16, 22, 20)");
    });

    test("the message of a form is shown once", async ({ open, server }) => {
      const page = await open({ javaScriptEnabled });
      await visit(page, `${server.origin}/form-flash`);
      await fillIn(page, contact);
      await press(page, "main [type=submit]");
      await expectText(page, "[data-message]", /Thank you, Ada/);
      expect(await text(page, NOTICE)).toBe("");
      await reload(page);
      expect(await text(page, "[data-message]")).toBe("");
      expect(await text(page, NOTICE)).toBe("");
      expect(await path(page)).toBe("/form-flash");
    });

    test("a visitor signs in and out", async ({ open, server }) => {
      const page = await open({ javaScriptEnabled });
      await visit(page, `${server.origin}/account`);
      await fillIn(page, { name: "Ada" });
      await press(page, "main [value=sign-in]");
      await expectText(page, "h1", "Signed in as Ada");
      if (javaScriptEnabled) await expectFocus(page, "h1");
      await press(page, "main [value=sign-out]");
      await expectText(page, "h1", "Sign in");
      await expectText(page, "[data-message]", /signed out/);
    });

    test("with cookies blocked, every page opens, and a link leads to the next", async ({ open, server }) => {
      const page = await open({ javaScriptEnabled, blocksCookies: true });
      for (const [url, heading] of [
        ["/", /HTTP sessions/],
        ["/form-flash", "A message, shown once"],
        ["/inspector", "What your session holds"],
      ] as const) {
        await visit(page, server.origin + url);
        await expectText(page, "h1", heading);
      }
      await press(page, "nav a[href='/account']");
      await expectText(page, "h1", "Sign in");
    });
  });
}

test("with cookies blocked, a page says so, and a form is still answered", async ({ open, server }) => {
  const page = await open({ blocksCookies: true });
  await page.goto(`${server.origin}/form-flash`);
  await settled(page);
  await expectText(page, NOTICE, "Your browser refuses cookies");
  await fillIn(page, contact);
  await press(page, "main [type=submit]");
  await settled(page);
  expect(await path(page)).toBe("/form-flash");
  await expectText(page, NOTICE, "Your browser refuses cookies");
});

test("a page restored from the back/forward cache has the current theme, and no message that was read before", async ({
  open,
  server,
}) => {
  const page = await open();
  await page.goto(server.origin);
  await settled(page);
  await page.evaluate(async (form) => {
    await fetch("/form-flash", { method: "POST", redirect: "manual", body: new URLSearchParams(form) });
  }, contact);
  // A document with a message is `no-store`, and not kept. One to which a message came later is.
  await press(page, "nav a[href='/account']");
  await expectText(page, "[data-message]", /Thank you, Ada/);
  await settled(page);
  await page.evaluate(() => {
    Object.assign(window, { wasHereBefore: true });
  });
  await page.goto(`${server.origin}/theme-toggle`);
  await settled(page);
  await press(page, "header [value=dark]");
  await expectTheme(page, "dark");
  await settled(page);
  await page.evaluate(() => history.back());
  await expect.poll(() => path(page)).toBe("/account");
  expect(await page.evaluate(() => "wasHereBefore" in window), "the page was restored from the cache").toBe(true);
  await expectTheme(page, "dark");
  expect(await text(page, "[data-message]")).toBe("");
});
