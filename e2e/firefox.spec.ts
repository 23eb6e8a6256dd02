/** What only Firefox does. */
import { findBroken } from "./broken-text";
import { expect, test } from "./puppeteer";
import { settled } from "./settled";

test("a page can be fetched ahead: the policy allows it", async ({ firefox, server }) => {
  const page = await firefox();
  await page.goto(server.origin);
  await settled(page);
  const [request] = await Promise.all([
    page.waitForRequest((request) => new URL(request.url()).pathname === "/account"),
    page.evaluate(() => {
      document.head.insertAdjacentHTML("beforeend", `<link rel="prefetch" href="/account">`);
    }),
  ]);
  expect(request.headers()["sec-purpose"] ?? request.headers()["x-moz"]).toBe("prefetch");
});

test("a text file has an icon, and the policy allows it", async ({ firefox, server }) => {
  const page = await firefox();
  const icon = page.waitForResponse((response) => response.url().endsWith("/favicon.ico"));
  await page.goto(`${server.origin}/robots.txt`);
  expect((await icon).status()).toBe(200);
});

test("on a phone, no operator in the code is broken in two", async ({ firefox, server }) => {
  const page = await firefox();
  await page.setViewport({ width: 390, height: 900 });
  await page.goto(`${server.origin}/account`);
  await settled(page);
  const broken = await page.evaluate(findBroken, { pattern: "[!=]==?|\\?[?.]", except: ".s, .c" });
  expect(await page.evaluate(() => document.querySelector(".code-line")?.textContent)).toBeTruthy();
  expect(broken).toEqual([]);
});
