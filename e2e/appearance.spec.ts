/** The page before its script runs, on paper, and with the system's accessibility settings. */
import type { Page } from "@playwright/test";
import { expect, messages, test } from "./fixtures";
import { settled } from "./settled";
import { expectDrawn } from "./theme-toggle/theme";

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
  const release = await holdScripts(page);
  await client.send("Page.startScreencast", { format: "png", everyNthFrame: 1 });
  await page.goto("/", { waitUntil: "commit" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const before = frames.length;
  release();
  await page.waitForLoadState("load");
  // Something to paint, so that there is a frame of the hydrated page.
  await page.keyboard.press("Tab");
  await expect.poll(() => frames.length).toBeGreaterThan(before);
  await client.send("Page.stopScreencast");

  expect(frames.length).toBeGreaterThan(1);
  expect(new Set(await Promise.all(frames.map((frame) => cornerOf(page, frame))))).toEqual(new Set(["dark"]));
});

test("the layout does not shift when the scripts run, or when a message appears", async ({ page, session, visit }) => {
  await session.flash("success", "Your bag is packed");
  for (const path of ["/account", "/", "/theme-toggle", "/form-flash", "/inspector"]) {
    const release = await holdScripts(page);
    await page.goto(path, { waitUntil: "commit" });
    // The browser draws a page while it is still parsing it. Only then may a box grow with what comes after it.
    await page.waitForFunction(() => document.readyState !== "loading");
    const shift = await watchLayoutShift(page);
    release();
    await settled(page);
    expect(await shift(), path).toBe(0);
  }
  await visit("/form-flash");
  for (const name of ["Name", "Message"]) await page.getByLabel(name).fill("Ada");
  await page.getByLabel("Email").fill("ada@example.com");
  const shift = await watchLayoutShift(page);
  await page.getByRole("button", { name: "Send message" }).click();
  await expect(messages(page)).toHaveCount(1);
  expect(await shift()).toBe(0);
});

test("a printed page is light and has neither navigation nor what could only be pressed", async ({
  page,
  session,
  visit,
}) => {
  await session.set("theme", "dark");
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await visit("/");
  const { color, background } = await page.evaluate(() => {
    const { color, backgroundColor } = getComputedStyle(document.documentElement);
    return { color, background: backgroundColor };
  });
  expect([color, background]).toEqual(["rgb(21, 33, 28)", "rgba(0, 0, 0, 0)"]);
  for (const role of ["banner", "contentinfo"] as const) await expect(page.getByRole(role)).toBeHidden();
  await expect(page.getByText("Copy", { exact: true })).toBeHidden();
  await visit("/inspector");
  await expect(page.getByText("Live updates")).toBeHidden();
});

test("nothing moves for a visitor who prefers reduced motion", async ({ page, visit }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await visit("/form-flash");
  for (const name of ["Name", "Message"]) await page.getByLabel(name).fill("Ada");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByRole("button", { name: "Send message" }).click();
  await expect(messages(page)).toHaveCSS("animation-name", "none");
  const moving = await page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
});

test("text is not muted for a visitor who prefers more contrast", async ({ page, visit }) => {
  await page.emulateMedia({ contrast: "more" });
  await visit("/");
  const muted = page.locator(".text-muted").first();
  const ink = await page.evaluate(() => getComputedStyle(document.documentElement).color);
  await expect(muted).toHaveCSS("color", ink);
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
      return [colourOf(preview.firstElementChild), colourOf(preview.querySelector(".bg-ink"))];
    }),
  );
  expect(colours.map(([paper, ink]) => paper === ink)).toEqual([false, false, false]);
});

test("in forced colours, live updates that are on look other than those that are paused", async ({ page, visit }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await visit("/inspector");
  const live = page.getByRole("button", { name: "Live updates" });
  const dot = live.locator(".live-dot");
  // The text's colour is the only one that is sure to be seen on the button.
  const colour = await live.evaluate((button) => getComputedStyle(button).color);
  await expect(dot).toHaveCSS("background-color", colour);
  await live.click();
  await expect(dot).not.toHaveCSS("background-color", colour);
});

test("the current page is underlined in the menu, not only coloured", async ({ page, visit }) => {
  await visit("/theme-toggle");
  const current = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Theme" });
  await expect(current).toHaveCSS("text-decoration-line", "underline");
  await expect(current).toHaveCSS("text-decoration-thickness", "3px");
  // WebKit drops the shorthand with a thickness.
  const href = await page.locator("link[rel=stylesheet]").getAttribute("href");
  expect(await (await page.request.get(href ?? "")).text()).not.toMatch(/text-decoration:[^;}]*\dpx/);
});

test("a page below one of the menu is marked there as part of it", async ({ page, session, visit }) => {
  await session.set("user", "Ada");
  await visit("/account/note");
  const marked = page.getByRole("navigation", { name: "Main" }).locator("[aria-current]");
  await expect(marked).toHaveText("Account");
  await expect(marked).toHaveAttribute("aria-current", "true");
  await expect(marked).toHaveCSS("text-decoration-line", "underline");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Account" }).click();
  await expect(marked).toHaveAttribute("aria-current", "page");
});

test("the bar that shows the bytes of the cookie has the colours of the theme, and is seen in forced colours", async ({
  page,
  session,
  visit,
}) => {
  await session.set("theme", "dark");
  await visit("/inspector");
  const bar = page.getByRole("meter");
  await expect(bar).toHaveCSS("background-color", "rgb(10, 15, 13)");
  // Filled from the top to the bottom of its frame.
  const drawn = (await bar.screenshot()).toString("base64");
  for (const y of [0.2, 0.5, 0.8]) expect(await colourAt(page, drawn, 8, y)).toEqual([127, 214, 180]);
  await page.emulateMedia({ forcedColors: "active" });
  const canvas = await page.evaluate(() => {
    document.body.style.color = "Canvas";
    return getComputedStyle(document.body).color;
  });
  await expect(bar).toHaveCSS("background-color", canvas);
});

test("a shared link has a picture, a title and a description", async ({ page, visit, baseURL }) => {
  await visit("/theme-toggle");
  const content = (property: string) => page.locator(`meta[property="${property}"]`).getAttribute("content");
  expect(await content("og:title")).toBe(await page.title());
  expect(await content("og:description")).toContain("theme");
  const address = `${baseURL}/social.png`;
  expect(await content("og:image")).toBe(address);
  const picture = await page.request.get(address);
  expect([picture.status(), picture.headers()["content-type"]]).toEqual([200, "image/png"]);
  const bytes = await picture.body();
  // The size has a fixed position in a PNG.
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1200, 630]);
  for (const icon of await page.locator('link[rel~="icon"], link[rel="apple-touch-icon"]').all()) {
    expect((await page.request.get((await icon.getAttribute("href")) ?? "")).status()).toBe(200);
  }
});

/** Returns whether a screenshot is light or dark at its left edge, below the header. */
async function cornerOf(page: Page, png: string) {
  const [red = 0, green = 0, blue = 0] = await colourAt(page, png, 4, 0.5);
  return red + green + blue > 384 ? "light" : "dark";
}

/** Red, green and blue of a pixel of a screenshot. `y` is a part of its height. */
function colourAt(page: Page, png: string, x: number, y: number) {
  return page.evaluate(
    async ({ png, x, y }) => {
      const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      context?.drawImage(image, 0, 0);
      return [...(context?.getImageData(x, Math.floor(image.height * y), 1, 1).data ?? [])].slice(0, 3);
    },
    { png, x, y },
  );
}

/** Holds back the app's scripts, from the next page on, until the function that it returns is called. */
async function holdScripts(page: Page) {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/build/**/*.js", async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

/** Returns a function that tells how far the layout has shifted since. */
async function watchLayoutShift(page: Page) {
  const watched = await page.evaluateHandle(async () => {
    const watched = {
      shift: 0,
      drawn: () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
    };
    await watched.drawn();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) watched.shift += (entry as unknown as { value: number }).value;
    }).observe({ type: "layout-shift" });
    return watched;
  });
  return () =>
    watched.evaluate(async (watched) => {
      await watched.drawn();
      return watched.shift;
    });
}
