/** Firefox or WebKit as Playwright installs them, where it has. */
import { existsSync } from "node:fs";
import { firefox, type Page, webkit } from "@playwright/test";
import { type Engine, type Tab, type TabOptions, tabOf } from "./tab";

const types = { firefox, webkit };

/**
 * Whether Playwright's own browser is used for this engine. (Its Chromium goes a way of its own: browser.ts.) Its WebKit
 * cannot block cookies, and WebKitGTK can.
 */
export function isOwn(engine: Engine, { blocksCookies = false }: TabOptions = {}, exists = existsSync): boolean {
  if (engine === "chromium" || (engine === "webkit" && blocksCookies)) return false;
  return exists(types[engine].executablePath());
}

/** Starts it with a profile of its own. */
export async function openOwn(
  engine: "firefox" | "webkit",
  { javaScriptEnabled = true, blocksCookies = false }: TabOptions,
): Promise<{ page: Page; tab: Tab; close: () => Promise<void> }> {
  const browser = await types[engine].launch(
    // 2 blocks all.
    engine === "firefox" && blocksCookies ? { firefoxUserPrefs: { "network.cookie.cookieBehavior": 2 } } : {},
  );
  const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  return { page, tab: tabOf(page, () => context.cookies()), close: () => browser.close() };
}
