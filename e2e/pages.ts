/** Every page of the app, in every state that looks different, for the tests of how they look. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, messages } from "./fixtures";
import { fillIn } from "./form-flash/contact-form";
import { contact } from "./http";
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

function error(status: number) {
  const open = async ({ page, visit }: Tools) => {
    await visit(`/inspector/errors/${status}`);
    await expect(page.getByRole("main")).toContainText(`Error ${status}`);
  };
  return { status, open };
}

async function send({ page, visit, andWait }: Tools, fields: typeof contact) {
  await visit("/form-flash");
  await fillIn(page, fields);
  await andWait(() => page.getByRole("button", { name: "Send message" }).click());
}

export const pages: Record<string, { status?: number; open: (tools: Tools) => Promise<unknown> }> = {
  home: { open: ({ visit }) => visit("/") },
  theme: { open: ({ visit }) => visit("/theme-toggle") },
  form: { open: ({ visit }) => visit("/form-flash") },
  "form-refused": {
    status: 422,
    open: async (tools) => {
      await send(tools, { name: "", email: "no", message: "" });
      await expect(tools.page.getByRole("alert")).toBeVisible();
    },
  },
  "form-toast": {
    open: async (tools) => {
      await send(tools, contact);
      await expect(messages(tools.page)).toBeVisible();
    },
  },
  banner: {
    open: async ({ page, session, visit }) => {
      await session.flash("success", "You are signed out.");
      await session.flash("error", "The other device could not be signed out.");
      await visit("/account");
      await expect(messages(page)).toHaveCount(2);
    },
  },
  "signed-in": {
    open: async ({ session, visit }) => {
      await session.set("user", "Ada");
      await visit("/account");
    },
  },
  "sign-in": { open: ({ visit }) => visit("/account") },
  note: {
    open: async ({ session, visit }) => {
      await session.set("user", "Ada");
      await visit("/account/note");
    },
  },
  "needs-sign-in": {
    status: 403,
    open: async ({ page, session, visit, andWait }) => {
      await session.set("user", "Ada");
      await visit("/account/note");
      await page.getByRole("textbox", { name: "Note" }).fill("Buy milk");
      await session.unset("user");
      await andWait(() => page.getByRole("button", { name: "Save the note" }).click());
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
  "prove-it": {
    status: 403,
    open: async ({ page, session, visit, andWait }) => {
      await session.set("user", "Ada");
      await visit("/account");
      await page.evaluate(() => {
        const signOut = document.querySelector("main button[value=sign-out]");
        signOut?.insertAdjacentHTML("afterend", '<button name="intent" value="sign-out-others">Others</button>');
      });
      await andWait(() => page.getByRole("button", { name: "Others" }).click());
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
  "signed-out-elsewhere": {
    open: async ({ page, session, visit }) => {
      await session.set("user", "Ada");
      await visit("/account/note");
      await page.getByRole("textbox", { name: "Note" }).fill("Buy milk");
      await session.unset("user");
      // The page's watch loads after the page, so the first look may come too early.
      await expect(async () => {
        await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
        await expect(page.getByTestId("sign-in-notice")).toContainText("You are signed out", { timeout: 1_000 });
      }).toPass();
    },
  },
  inspector: {
    open: async ({ page, session, visit, andWait }) => {
      await session.flash("success", "This waits for the next page.");
      await visit("/inspector");
      await andWait(() => page.getByRole("banner").getByRole("button", { pressed: true }).click());
      await page.reload();
      await expect(page.getByRole("main")).toContainText("POST /theme-toggle 303");
    },
  },
  "not-found": {
    status: 404,
    open: async ({ page, visit }) => {
      await visit("/nowhere");
      await expect(page.getByRole("main")).toContainText("Page not found");
    },
  },
  ...Object.fromEntries([400, 403, 405, 422, 500, 503].map((status) => [`error-${status}`, error(status)])),
};

/** Expects that axe finds no violations, and that nothing is wider than the window. */
export async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  await expectNoSidewaysScrolling(page);
}

export async function expectNoSidewaysScrolling(page: Page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}
