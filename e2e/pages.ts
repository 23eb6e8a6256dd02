/** Every page of the app, in every state that looks different. A room adds its own in a `pages.ts` of its folder. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { demonstrations } from "../app/demonstrations";
import { expect, messages } from "./fixtures";
import type { BrowserSession } from "./session";

/** As the system prefers them: the colours are the same as those of the themes, which an app may not have. */
export const colorSchemes = ["light", "dark"] as const;
/** In CSS pixels: a small phone, or a page zoomed to 400% (WCAG 1.4.10); a tablet; a desktop. */
export const widths = [320, 768, 1440];

interface Tools {
  page: Page;
  session: BrowserSession;
  visit: (path: string) => Promise<unknown>;
  andWait: (action: () => Promise<unknown>) => Promise<void>;
}

export type Pages = Record<string, { status?: number; open: (tools: Tools) => Promise<unknown> }>;

const ofEveryApp: Pages = {
  home: { open: ({ visit }) => visit("/") },
  ...Object.fromEntries(demonstrations.map(({ path }) => [path.slice(1), { open: ({ visit }: Tools) => visit(path) }])),
  "not-found": { status: 404, open: ({ visit }) => visit("/nowhere") },
  banner: {
    open: async ({ page, session, visit }) => {
      await session.flash("success", "You are signed out.");
      await session.flash("error", "The other device could not be signed out.");
      await visit("/");
      await expect(messages(page)).toHaveCount(2);
    },
  },
};

const rooms = readdirSync(fileURLToPath(new URL(".", import.meta.url)));
const files = rooms.map((room) => new URL(`./${room}/pages.ts`, import.meta.url)).filter((file) => existsSync(file));
const ofRooms = await Promise.all(files.map(async ({ href }) => ((await import(href)) as { pages: Pages }).pages));
export const pages: Pages = Object.assign(ofEveryApp, ...ofRooms);

/** Expects that axe finds no violations of all its rules, or of these, and that nothing is wider than the window. */
export async function expectAccessible(page: Page, rules?: string[]) {
  // The new mode, for frames of other sites, opens a page of its own for each run.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  await expectNoSidewaysScrolling(page);
}

/** The same in both schemes, each of which must have colours of its own. */
export async function expectAccessibleLightAndDark(page: Page) {
  const colour = () => page.evaluate(() => getComputedStyle(document.body).color);
  await page.emulateMedia({ colorScheme: "light" });
  const light = await colour();
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await colour()).not.toBe(light);
  // Another scheme changes nothing but the colours.
  await expectAccessible(page, ["color-contrast"]);
}

export async function expectNoSidewaysScrolling(page: Page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}
