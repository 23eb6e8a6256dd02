/** A browser that blocks all cookies. There, `sessionStorage` throws as well. Needs `test.use({ fullBrowser: true })`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { test as base, expect } from "./fixtures";

/** Its context, and with it `page` and everything else, is that of such a browser. */
export const test = base.extend({
  context: async ({ baseURL, launchOptions, javaScriptEnabled }, use) => {
    // The setting is one of the profile, and the headless shell reads none.
    const profile = mkdtempSync(join(tmpdir(), "sessions-blocked-"));
    mkdirSync(join(profile, "Default"));
    const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
    writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
    const context = await chromium.launchPersistentContext(profile, {
      ...launchOptions,
      ...(baseURL && { baseURL }),
      ...(javaScriptEnabled !== undefined && { javaScriptEnabled }),
    });
    const page = await context.newPage();
    await page.goto("/robots.txt");
    expect(await page.evaluate("document.cookie = 'a=1'; document.cookie"), "cookies are blocked").toBe("");
    await page.close();
    await use(context);
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  },
});
