/** A page that the browser had put aside: restored from the back/forward cache, prerendered or prefetched. */
import { goBackTo, look, visit } from "./back-forward";
import { expect, leaveMessage, type Page, test } from "./puppeteer";
import { settled } from "./settled";

const MESSAGE = "document.querySelector('[data-message]')?.textContent";

/** Puppeteer can lose the frame of a page that was prerendered. So this asks the browser for the tab at this address. */
async function lookAt(page: Page, path: string, expression: string): Promise<unknown> {
  const target = page
    .browser()
    .targets()
    .find((each) => each.type() === "page" && each.url().startsWith("http") && new URL(each.url()).pathname === path);
  const devtools = await target?.createCDPSession();
  const answer = await devtools?.send("Runtime.evaluate", { expression, returnByValue: true });
  await devtools?.detach();
  return answer?.result.value;
}

test("a page restored from the back/forward cache has the current theme", async ({ chromium, server }) => {
  const page = await chromium();
  await visit(page, `${server.origin}/`);
  await look(page, "window.wasHereBefore = true");
  await visit(page, `${server.origin}/theme-toggle`);
  await page.click("header [value=dark]");
  await settled(page);
  await goBackTo(page, "/");
  await expect.poll(() => look(page, "document.documentElement.dataset.theme")).toBe("dark");
});

test("the links of a page restored from the back/forward cache lead on", async ({ chromium, server }) => {
  const page = await chromium();
  await visit(page, `${server.origin}/`);
  await look(page, "window.wasHereBefore = true");
  // As a link in the page does it, and not the browser's address bar.
  await Promise.all([page.waitForNavigation(), look(page, "location.assign('/robots.txt')")]);
  await goBackTo(page, "/");
  await page.click("nav a[href='/account']");
  await expect.poll(() => look(page, "document.querySelector('h1').textContent")).toBe("Sign in");
});

test("a page restored from the back/forward cache has no message that was read before", async ({
  chromium,
  server,
}) => {
  const page = await chromium();
  await visit(page, server.origin);
  await leaveMessage(page);
  // A toast: it comes later than its document.
  await page.click("nav a[href='/account']");
  await expect.poll(() => look(page, MESSAGE)).toContain("submitted successfully");
  await look(page, "window.wasHereBefore = true");
  await page.goto(`${server.origin}/robots.txt`);
  await goBackTo(page, "/account");
  expect(await look(page, MESSAGE)).toBeUndefined();
});

test("a page restored from the back/forward cache has no banner that came with its document, nor the focus on it", async ({
  chromium,
  server,
}) => {
  const page = await chromium();
  await visit(page, server.origin);
  await leaveMessage(page);
  await visit(page, `${server.origin}/account`);
  const isFocused = "document.activeElement.matches('.banner')";
  expect(await look(page, MESSAGE)).toContain("submitted successfully");
  expect(await look(page, isFocused)).toBe(true);
  await look(page, "window.wasHereBefore = true");
  await page.goto(`${server.origin}/robots.txt`);
  await goBackTo(page, "/account");
  expect(await look(page, MESSAGE)).toBeUndefined();
  expect(await look(page, isFocused)).toBe(false);
});

for (const kind of ["prerender", "prefetch"]) {
  test(`after a ${kind}, the page shows the message itself, and no later page does`, async ({ chromium, server }) => {
    const page = await chromium();
    await visit(page, server.origin);
    await leaveMessage(page);
    await page.evaluate((kind) => {
      const rules = Object.assign(document.createElement("script"), {
        type: "speculationrules",
        // The page's policy lets only scripts with its nonce run.
        nonce: document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce,
        textContent: JSON.stringify({ [kind]: [{ urls: ["/account"], eagerness: "immediate" }] }),
      });
      document.head.appendChild(rules);
    }, kind);
    // Developer tools would know when it is there, and turn prerendering off. The inspector knows as well, and leaves messages.
    const answered = "fetch('/inspector.data').then((r) => r.text()).then((text) => text.includes('/account'))";
    await expect.poll(() => look(page, answered)).toBe(true);
    await look(page, "location.assign('/account')");
    await expect.poll(() => lookAt(page, "/account", MESSAGE)).toContain("submitted successfully");
    const entry = "performance.getEntriesByType('navigation')[0]";
    const howFetched = `${entry}.activationStart > 0 ? "prerender" : ${entry}.deliveryType`;
    expect(await lookAt(page, "/account", howFetched)).toBe(kind === "prerender" ? kind : "navigational-prefetch");
    await lookAt(page, "/account", "void location.assign('/')");
    await expect.poll(() => lookAt(page, "/", "document.readyState")).toBe("complete");
    expect(await lookAt(page, "/", MESSAGE)).toBeUndefined();
  });
}
