/** Every way in which a script's POST can fail to get the app's answer, for tests of what the form then does. */
import type { Page, Route } from "@playwright/test";
import { expect, messages } from "./fixtures";
import type { Problems } from "./problems";

const LOST = "What you sent may not have arrived";
type Fail = (route: Route) => Promise<void>;
const proxyPage =
  (status: number): Fail =>
  (route) =>
    route.fulfill({ status, contentType: "text/html", body: "<h1>Bad gateway</h1>" });

const failures: [name: string, fail: Fail, says: string][] = [
  ["the server does not answer", (route) => route.abort("connectionrefused"), LOST],
  ["a proxy answers in its place", proxyPage(502), LOST],
  ["a proxy answers with a page that looks accepted", proxyPage(200), LOST],
  [
    "the app answers with an error",
    (route) => route.continue({ url: new URL("/nowhere.data", route.request().url()).href }),
    "Page not found",
  ],
];

/**
 * Sends the form in vain, in each of these ways, and expects the page as it was: what was typed, the focus, the scroll position,
 * and a message. Then sends it again, which must arrive.
 */
export async function expectKeptUntilSent(page: Page, problems: Problems, path: string, send: () => Promise<unknown>) {
  problems.allow(/ERR_CONNECTION_REFUSED|Failed to fetch|Unable to decode|SyntaxError|status of (502|404)/);
  const before = await stateOf(page);
  for (const [name, fail, says] of failures) {
    let posts = 0;
    const handler = (route: Route) => {
      if (route.request().method() !== "POST") return route.continue();
      posts++;
      return fail(route);
    };
    await page.route(`**${path}.data*`, handler);
    await send();
    await expect(messages(page), name).toContainText(says);
    await expect.poll(() => stateOf(page), name).toEqual(before);
    expect(posts, name).toBe(1);
    await page.keyboard.press("Escape");
    await expect(messages(page), name).toHaveCount(0);
    await page.unroute(`**${path}.data*`, handler);
  }
  await send();
}

/** What the visitor has typed, and where on the page they are. */
const stateOf = (page: Page) =>
  page.evaluate(() => ({
    address: location.pathname + location.search,
    fields: [...document.querySelectorAll<HTMLInputElement>("main input, main textarea")].map(
      ({ name, value, checked }) => [name, value, checked],
    ),
    summary: document.querySelector("main [role=alert]")?.textContent,
    focused: document.activeElement?.outerHTML,
    scrolled: scrollY,
  }));
