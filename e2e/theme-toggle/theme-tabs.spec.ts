/** One theme for one visitor: in other tabs, and when the system changes. */
import type { Page } from "@playwright/test";
import { test as base, expect } from "../fixtures";
import { expectChosen, expectDrawn, headerButton } from "./theme";

const test = base.extend<{ other: Page }>({
  /** A second tab of the same browser, already open. */
  other: async ({ context, visit }, use) => {
    const tab = await context.newPage();
    await visit("/theme-toggle", tab);
    await use(tab);
  },
});

test("a choice appears in every other tab, without a request", async ({ page, other, visit, andWait }) => {
  await visit("/");
  const requests: string[] = [];
  other.on("request", (request) => requests.push(request.url()));

  for (const choice of ["Dark", "System", "Light"] as const) {
    await andWait(() => headerButton(page, choice).click());
    await expectChosen(other, choice);
  }
  await expectDrawn(other, "light");
  expect(requests).toEqual([]);
});

test("a background tab does not use up a pending message", async ({ page, other, session, visit, andWait }) => {
  await visit("/");
  await andWait(() => headerButton(page, "Dark").click());
  await session.flash("success", "Your bag is packed");
  await expectChosen(other, "Dark");
  expect(await session.get("success")).toBe("Your bag is packed");
});

test("a tab that received a choice can make its own", async ({ page, other, visit, andWait }) => {
  await visit("/");
  await andWait(() => headerButton(page, "Dark").click());
  await expectChosen(other, "Dark");
  await andWait(() => headerButton(other, "Light").click(), other);
  await expectChosen(other, "Light");
  await expectChosen(page, "Light");
  await page.reload();
  await expectChosen(page, "Light");
});

test("each choice asks the server once, also while other tabs choose without a pause", async ({
  page,
  other,
  visit,
  andWait,
}) => {
  await visit("/");
  await other.evaluate(() => {
    const channel = new BroadcastChannel("theme");
    const announce = () => {
      channel.postMessage("dark");
      setTimeout(announce);
    };
    announce();
  });
  const loaded: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes(".data")) loaded.push(request.url());
  });
  const times = 12;
  for (let time = 0; time < times; time++) {
    await andWait(() => headerButton(page, time % 2 ? "Light" : "Dark").click());
  }
  expect(loaded).toHaveLength(times);
});

test("newer data from the server takes precedence over an older choice of another tab", async ({
  page,
  other,
  session,
  visit,
  andWait,
}) => {
  await visit("/");
  await andWait(() => headerButton(page, "Dark").click());
  await expectChosen(other, "Dark");
  await session.set("theme", "light");
  await andWait(() => other.getByRole("link", { name: "Home" }).click(), other);
  await expectChosen(other, "Light");
});

test("anything else on the channel is ignored", async ({ page, other, visit, andWait }) => {
  const drawn = await recordThemes(other);
  await visit("/");
  await page.evaluate(() => {
    const channel = new BroadcastChannel("theme");
    const values = ["blue", "", "DARK", null, undefined, 1, {}, { theme: "dark" }, ["dark"], "<b>", "__proto__"];
    for (const value of values) channel.postMessage(value);
    channel.close();
  });
  // Messages arrive in order: after this one, the others have arrived too.
  await andWait(() => headerButton(page, "Light").click());
  await expectChosen(other, "Light");
  expect(await drawn()).toEqual(["light"]);
});

test("a choice that was not saved is not announced", async ({ page, other, problems, visit, andWait }) => {
  problems.allow(/ERR_CONNECTION_REFUSED|Failed to fetch/);
  const drawn = await recordThemes(other);
  await visit("/");
  await page.route("**/theme-toggle", (route) => route.abort("connectionrefused"));
  await andWait(() => headerButton(page, "Dark").click());
  await expectChosen(page, "System");
  await page.unroute("**/theme-toggle");
  await andWait(() => headerButton(page, "Light").click());
  await expectChosen(other, "Light");
  expect(await drawn()).toEqual(["light"]);
});

test("with System, the page follows the system as it changes, and so does the browser's frame", async ({
  page,
  visit,
  andWait,
}) => {
  await page.emulateMedia({ colorScheme: "light" });
  await visit("/");
  await expectDrawn(page, "light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expectDrawn(page, "dark");
  expect(await frameColour(page)).toBe("#101614");
  await andWait(() => headerButton(page, "Light").click());
  await expectDrawn(page, "light");
  expect(await frameColour(page)).toBe("#f3f5ef");
  await page.emulateMedia({ colorScheme: "light" });
  await page.emulateMedia({ colorScheme: "dark" });
  await expectDrawn(page, "light");
});

/** Returns the `theme-color` in effect. */
function frameColour(page: Page) {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')];
    return all.find(({ media }) => !media || matchMedia(media).matches)?.content;
  });
}

/** Returns a function that lists every theme that the page was drawn in since. */
async function recordThemes(page: Page) {
  await page.evaluate(() => {
    const themes: (string | undefined)[] = [];
    Object.assign(window, { themes });
    new MutationObserver(() => themes.push(document.documentElement.dataset.theme)).observe(document.documentElement, {
      attributeFilter: ["data-theme"],
    });
  });
  return () => page.evaluate(() => (window as unknown as { themes: string[] }).themes);
}
