/** A page that watches its session, in the back/forward cache: neither its socket nor its channel keeps it out. */
import { goBackTo, look, visit } from "../back-forward";
import { expect, type Page, test } from "../puppeteer";
import { settled } from "../settled";

async function signIn(page: Page, origin: string) {
  await visit(page, `${origin}/account`);
  await page.type("[name=name]", `Ada ${crypto.randomUUID().slice(0, 8)}`);
  await page.click("main [value=sign-in]");
  await expect.poll(() => look(page, "document.querySelector('h1').textContent")).toContain("Signed in as");
}

/** As another tab would do it. */
const signOut = (page: Page) =>
  look(
    page,
    `fetch("/account", { method: "POST", body: new URLSearchParams({ intent: "sign-out" }), redirect: "manual" }).then(() => {})`,
  );

const NOTICE = "document.querySelector('.sign-in-notice')?.textContent";

test("a page restored from the back/forward cache watches its session again", { tag: "@sockets" }, async ({
  chromium,
  server,
  store,
}) => {
  const page = await chromium();
  await signIn(page, server.origin);
  // Leaves the page of the account, which watches too.
  await page.goto(`${server.origin}/robots.txt`);
  const devtools = await page.createCDPSession();
  await devtools.send("Network.enable");
  let sockets = 0;
  devtools.on("Network.webSocketHandshakeResponseReceived", () => {
    sockets++;
  });
  const expectSocket = (count: number) => expect.poll(() => sockets).toBe(store === "durable-object" ? count : 0);

  await visit(page, `${server.origin}/account/note`);
  await expectSocket(1);
  await look(page, "window.wasHereBefore = true");
  await page.goto(`${server.origin}/robots.txt`);
  await goBackTo(page, "/account/note");
  await expectSocket(2);
  await settled(page);

  await signOut(page);
  await look(page, "new BroadcastChannel('account').postMessage('changed')");
  await expect.poll(() => look(page, NOTICE)).toContain("You are signed out");
});

test("a page restored from the back/forward cache after a sign-out says so, and keeps what was typed", {
  tag: "@sockets",
}, async ({ chromium, server }) => {
  const page = await chromium();
  await signIn(page, server.origin);
  await visit(page, `${server.origin}/account/note`);
  await page.type("[name=note]", "Buy milk");
  await look(page, "window.wasHereBefore = true");
  await page.goto(`${server.origin}/robots.txt`);
  const other = await page.browserContext().newPage();
  await visit(other, server.origin);
  await signOut(other);
  await page.bringToFront();
  await goBackTo(page, "/account/note");
  await expect.poll(() => look(page, NOTICE)).toContain("You are signed out");
  expect(await look(page, "document.querySelector('[name=note]').value")).toBe("Buy milk");
  expect(await look(page, "location.pathname")).toBe("/account/note");
});
