import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { test } from "../fixtures";
import { settled } from "../settled";
import { expectChosen, headerButton } from "./theme";

test("2.6 the theme survives a restart of the browser", async ({ baseURL, launchOptions, problems }) => {
  const profile = mkdtempSync(join(tmpdir(), "sessions-profile-"));
  // A profile on disk and a process that ends: only a cookie with a Max-Age survives.
  const start = async () => {
    const context = await chromium.launchPersistentContext(profile, { ...launchOptions, baseURL });
    problems.watch(context);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto("/");
    await settled(page);
    return { context, page };
  };

  try {
    const before = await start();
    const saved = before.page.waitForResponse((response) => response.request().method() === "POST");
    await headerButton(before.page, "Dark").click();
    await saved;
    await settled(before.page);
    await before.context.close();

    const after = await start();
    await expectChosen(after.page, "Dark");
    await after.context.close();
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
});
