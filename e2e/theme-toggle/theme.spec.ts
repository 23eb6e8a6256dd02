import type { Page } from "@playwright/test";
import { expect, heading, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { holdScripts } from "../hold-scripts";
import { post, setCookies } from "../http";
import { settled } from "../settled";
import { expectChosen, expectDrawn, headerButton } from "./theme";

const menu = (page: Page) => page.getByRole("navigation", { name: "Main" });

withAndWithoutJavaScript(() => {
  test("each choice is drawn at once, after a reload, on other pages and in a second tab, whatever the system prefers", async ({
    page,
    context,
    visit,
    andWait,
  }) => {
    await page.emulateMedia({ colorScheme: "dark" });
    await visit("/");
    await expectChosen(page, "System");
    await expectDrawn(page, "dark");
    const secondTab = await context.newPage();
    await secondTab.emulateMedia({ colorScheme: "dark" });
    // Dark and Light before System, so that each is a change.
    for (const [choice, drawn] of [
      ["Dark", "dark"],
      ["Light", "light"],
      ["System", "dark"],
    ] as const) {
      await andWait(() => headerButton(page, choice).click());
      await expectChosen(page, choice);
      await expectDrawn(page, drawn);
      await page.reload();
      await expectChosen(page, choice);
      await andWait(() => menu(page).getByRole("link", { name: "Theme" }).click());
      await expectChosen(page, choice);
      await visit("/", secondTab);
      await expectChosen(secondTab, choice);
      await expectDrawn(secondTab, drawn);
    }
  });

  test("the visitor stays on the same page, with its query, also on one that does not exist", async ({
    page,
    problems,
    visit,
    andWait,
  }) => {
    problems.allowStatus(404);
    for (const [path, choice] of [
      ["/theme-toggle?from=menu&q=a%20b", "Dark"],
      ["/nowhere", "Light"],
    ] as const) {
      await visit(path);
      await andWait(() => headerButton(page, choice).click());
      await expectChosen(page, choice);
      await expect(page).toHaveURL(path);
    }
  });

  test("the page offers the same choice, and System removes the stored one", {
    tag: "@each-store",
  }, async ({ page, context, session, store, visit, andWait }) => {
    await session.set("theme", "light");
    await visit("/theme-toggle");
    await expectChosen(page, "Light");
    const group = page.getByRole("group", { name: "Choose a theme" });
    await andWait(() => group.getByRole("button", { name: "Dark" }).click());
    await expectChosen(page, "Dark");
    await expect(group.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
    expect(await session.get("theme")).toBe("dark");
    expect(await (await page.request.get("/")).text()).toMatch(/<html[^>]* data-theme="dark"/);
    await andWait(() => group.getByRole("button", { name: "System" }).click());
    await expectChosen(page, "System");
    expect(await session.get("theme")).toBeUndefined();
    // A record stays, with its cookie, because a parallel request may be adding to it.
    expect(await context.cookies()).toHaveLength(store === "cookie" ? 0 : 1);
  });

  test("4.6 while the store is down, a choice that was not saved is not drawn, and the page says so", {
    tag: "@outage",
  }, async ({ page, problems, visit, andWait }) => {
    problems.allowStatus(503);
    expect((await visit("/theme-toggle"))?.status()).toBe(200);
    await andWait(() => headerButton(page, "Dark").click());
    await expect(page.getByRole("alert").or(messages(page)).filter({ hasText: "not saved" })).toBeVisible();
    await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  });
});

test("a choice loads no new document, and keeps the scroll position and the focus", async ({
  page,
  visit,
  andWait,
}) => {
  await page.setViewportSize({ width: 390, height: 400 });
  await visit("/theme-toggle");
  await page.evaluate(() => Object.assign(window, { isSameDocument: true }));
  const dark = page.getByRole("main").getByRole("button", { name: "Dark" });
  await dark.focus();
  const scrolled = await page.evaluate(() => window.scrollY);
  expect(scrolled).toBeGreaterThan(0);
  await andWait(() => page.keyboard.press("Enter"));
  await expectChosen(page, "Dark");
  await expect(dark).toBeFocused();
  expect(await page.evaluate("window.scrollY")).toBe(scrolled);
  expect(await page.evaluate("window.isSameDocument")).toBe(true);
});

test("a choice is drawn before the server answers", async ({ page, context, visit }) => {
  await visit("/");
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/theme-toggle", (route) => held.then(() => route.continue()));
  await headerButton(page, "Dark").click();
  await expectChosen(page, "Dark");
  await expectDrawn(page, "dark");
  expect(await context.cookies()).toEqual([]);
  answer();
  await expect.poll(() => context.cookies()).toHaveLength(1);
  await page.reload();
  await expectChosen(page, "Dark");
});

test("of several quick choices, the last one wins", async ({ page, visit, andWait }) => {
  await visit("/");
  await andWait(async () => {
    for (const choice of ["Dark", "Light", "System", "Dark", "Light"] as const)
      await headerButton(page, choice).click();
  });
  await expectChosen(page, "Light");
  await page.reload();
  await expectChosen(page, "Light");
});

test("a choice that was not saved is undone, and the page says so", async ({
  page,
  context,
  problems,
  visit,
  andWait,
}) => {
  problems.allow(/ERR_INTERNET_DISCONNECTED|Failed to fetch/);
  await visit("/theme-toggle");
  await context.setOffline(true);
  await andWait(() => headerButton(page, "Dark").click());
  await expectChosen(page, "System");
  await expect(messages(page)).toContainText("Error: The theme was not saved");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A theme that stays");
  await expect(headerButton(page, "Dark")).toBeFocused();
});

test("a page that cannot be loaded keeps the theme", async ({ page, problems, session, visit }) => {
  problems.allow(/ERR_CONNECTION_REFUSED|Failed to fetch/);
  await session.set("theme", "dark");
  await visit("/");
  await page.route("**/theme-toggle.data*", (route) => route.abort("connectionrefused"));
  await menu(page).getByRole("link", { name: "Theme" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The page could not be loaded");
  await expectChosen(page, "Dark");
  await expectDrawn(page, "dark");
});

test("7.2 an address that begins with two slashes leads to a page of this site, where a choice works", async ({
  page,
  server,
  problems,
  visit,
}) => {
  problems.allowStatus(404);
  await visit(`${server.origin}//evil.example/x`);
  await expect(page).toHaveURL(`${server.origin}/evil.example/x`);
  await headerButton(page, "Dark").click();
  await expectDrawn(page, "dark");
});

test("a choice works before the scripts have arrived", async ({ page, problems }) => {
  problems.allow(/\/build\/.*\.js/);
  await page.route("**/build/**/*.js", (route) => route.abort());
  await page.goto("/?from=menu");
  await headerButton(page, "Dark").click();
  await expectChosen(page, "Dark");
  await expect(page).toHaveURL("/?from=menu");
});

test("another tab shows the choice once it is looked at, without a pending message being lost", async ({
  page,
  context,
  session,
  visit,
  andWait,
}) => {
  const other = await context.newPage();
  await visit("/theme-toggle", other);
  await visit("/");
  await andWait(() => headerButton(page, "Dark").click());
  await session.flash("success", "Your bag is packed");
  await expectChosen(other, "System");
  // A headless tab is always visible, so this is what the browser would do.
  await andWait(() => other.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))), other);
  await expectChosen(other, "Dark");
  await expect(messages(other)).toContainText("Your bag is packed");
  await andWait(() => headerButton(other, "Light").click(), other);
  await expectChosen(other, "Light");
});

test("with System, the page follows the system as it changes, and so does the browser's frame", async ({
  page,
  visit,
  andWait,
}) => {
  const frameColour = () =>
    page.evaluate(() => {
      const all = [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')];
      return all.find(({ media }) => !media || matchMedia(media).matches)?.content;
    });
  const pageColour = () =>
    page.evaluate(() => {
      const parts = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g) ?? [];
      return `#${parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
    });
  await visit("/");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectDrawn(page, colorScheme);
    expect(await frameColour()).toBe(await pageColour());
  }
  await andWait(() => headerButton(page, "Light").click());
  await expectDrawn(page, "light");
  expect(await frameColour()).toBe(await pageColour());
});

test("in forced colours, the chosen theme is still visible", async ({ page, visit }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await visit("/theme-toggle");
  for (const group of [page.getByRole("banner"), page.getByRole("main")]) {
    const colourOf = (pressed: boolean) =>
      group
        .getByRole("button", { pressed })
        .first()
        .evaluate((button) => getComputedStyle(button).backgroundColor);
    expect(await colourOf(true)).not.toBe(await colourOf(false));
  }
  // The lines of the miniature pages, which would otherwise have the colour of what they are drawn on.
  const colours = await page.locator(".preview").evaluateAll((all) =>
    all.map((preview) => {
      const colourOf = (element: Element | null) => element && getComputedStyle(element).backgroundColor;
      return colourOf(preview.firstElementChild) === colourOf(preview.querySelector(".bg-ink"));
    }),
  );
  expect(colours).toEqual([false, false, false]);
});

test("an invalid choice is answered 400 with the page, and the session does not change", async ({
  context: { request },
  session,
}) => {
  await session.set("theme", "dark");
  for (const form of [{ theme: "blue" }, { theme: "DARK" }, { theme: "__proto__" }, { theme: "" }, {}]) {
    const response = await post(request, "/theme-toggle", form as Record<string, string>);
    expect([response.status(), setCookies(response)]).toEqual([400, []]);
    const html = await response.text();
    expect(html).toMatch(/<html[^>]* data-theme="dark"/);
    expect(html).toContain('aria-label="Choose a theme"');
  }
});

test("2.1 setting the theme that is already set sends no cookie; 7.2 redirectTo stays on this site", async ({
  request,
}) => {
  const first = await post(request, "/theme-toggle", { theme: "dark", redirectTo: "/?from=menu" });
  expect([first.status(), first.headers().location, setCookies(first).length]).toEqual([303, "/?from=menu", 1]);
  for (const redirectTo of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
    const response = await post(request, "/theme-toggle", { theme: "dark", redirectTo });
    expect([response.headers().location, setCookies(response)]).toEqual(["/theme-toggle", []]);
  }
});

test("no frame of a loading page shows the wrong theme, however late the script", async ({ page, session, visit }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await session.set("theme", "dark");
  await visit("/");
  await expectDrawn(page, "dark");

  const frames: string[] = [];
  const client = await page.context().newCDPSession(page);
  client.on("Page.screencastFrame", ({ data, sessionId }) => {
    frames.push(data);
    client.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  });
  /** Waits for a frame of the page as it is now: another focus is something to paint. */
  const paint = async () => {
    const before = frames.length;
    await page.keyboard.press("Tab");
    await expect.poll(() => frames.length).toBeGreaterThan(before);
  };
  const release = await holdScripts(page);
  await client.send("Page.startScreencast", { format: "png", everyNthFrame: 1 });
  await page.goto("/", { waitUntil: "commit" });
  await expect(heading(page)).toBeVisible();
  await paint();
  release();
  await settled(page);
  await paint();
  await client.send("Page.stopScreencast");
  expect(new Set(await Promise.all(frames.map((frame) => schemeOf(page, frame))))).toEqual(new Set(["dark"]));
});

/** Returns whether a screenshot is light or dark at its left edge, below the header. */
const schemeOf = (page: Page, png: string) =>
  page.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context?.drawImage(image, 0, 0);
    const [red = 0, green = 0, blue = 0] = context?.getImageData(4, Math.floor(image.height / 2), 1, 1).data ?? [];
    return red + green + blue > 384 ? "light" : "dark";
  }, png);
