/** What only Firefox does. */
import { settled } from "../../e2e/settled";
import { expect, test } from "./fixtures";

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
