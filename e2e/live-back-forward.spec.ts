/** A page that watches its session, in the back/forward cache: neither its socket nor its channel keeps it out. */
import { expect, type Page, test } from "./puppeteer";
import { settled } from "./settled";

const look = (page: Page, expression: string): Promise<unknown> => page.evaluate(expression).catch(() => undefined);
const NOTICE = "document.querySelector('.sign-in-notice')?.textContent";

test("a page restored from the back/forward cache watches its session again", { tag: "@sockets" }, async ({
  chromium,
  server,
  store,
}) => {
  const page = await chromium();
  const visit = async (path: string) => {
    await page.goto(server.origin + path);
    await settled(page);
  };
  await visit("/account");
  await page.type("[name=name]", `Ada ${crypto.randomUUID().slice(0, 8)}`);
  await page.click("main [value=sign-in]");
  await expect.poll(() => look(page, "document.querySelector('h1').textContent")).toContain("Signed in as");
  // Leaves the page of the account, which watches too.
  await page.goto(`${server.origin}/robots.txt`);
  const devtools = await page.createCDPSession();
  await devtools.send("Network.enable");
  let sockets = 0;
  devtools.on("Network.webSocketHandshakeResponseReceived", () => {
    sockets++;
  });
  const expectSocket = (count: number) => expect.poll(() => sockets).toBe(store === "durable-object" ? count : 0);

  await visit("/account/note");
  await expectSocket(1);
  await look(page, "window.wasHereBefore = true");
  await page.goto(`${server.origin}/robots.txt`);
  await look(page, "history.back()");
  await expect.poll(() => look(page, "location.pathname")).toBe("/account/note");
  expect(await look(page, "window.wasHereBefore"), "the page was restored from the cache").toBe(true);
  await expectSocket(2);
  await settled(page);

  // As another tab would do it.
  const body = "new URLSearchParams({ intent: 'sign-out' })";
  await look(page, `fetch("/account", { method: "POST", body: ${body}, redirect: "manual" }).then(() => {})`);
  await look(page, "new BroadcastChannel('account').postMessage('changed')");
  await expect.poll(() => look(page, NOTICE)).toContain("You are signed out");
});
