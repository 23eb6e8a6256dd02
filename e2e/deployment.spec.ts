/** A visitor's page is of the version before, and a new one has been deployed: two builds, behind one address. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
// @ts-expect-error It has no types.
import { makeCleanCopy } from "../scripts/clean-copy.js";
// @ts-expect-error It has no types.
import { npx } from "../scripts/npx.js";
import { test as base, expect, messages } from "./fixtures";
import { fillIn } from "./form-flash/contact-form";
import { startFront } from "./front";
import { type Server, startServer } from "./server";

type Version = "first" | "second";

/** What answers at the address of `server`. */
let deployed: Server;

const test = base.extend<{ deploy: (version: Version) => void }, { versions: Record<Version, Server> }>({
  versions: [
    async ({ store }, use) => {
      const copy = makeCleanCopy();
      // The name is in every title, so no script of a page is the same in both versions; the sheet has one more rule.
      edit(join(copy.folder, "app/lib/page-meta.ts"), (text) => text.replace(/(SITE = ".*)";/, '$1, second version";'));
      edit(join(copy.folder, "app/styles.css"), (text) => `${text}\n.of-the-second-version { color: red }\n`);
      npx(["node", "scripts/build.js"], { cwd: copy.folder, stdio: "ignore" });
      const first = await startServer(store);
      const second = await startServer(store, { project: copy.folder, beside: first });
      await use({ first, second });
      await second.stop();
      await first.stop();
      copy.remove();
    },
    { scope: "worker", timeout: 180_000 },
  ],

  server: [
    async ({ versions }, use) => {
      deployed = versions.first;
      const front = await startFront(() => deployed.origin);
      await use({ ...versions.first, origin: front.origin });
      front.stop();
    },
    { scope: "worker" },
  ],

  deploy: [
    async ({ versions, problems }, use) => {
      deployed = versions.first;
      // The files of the first version.
      problems.allowStatus(404);
      problems.allow(/manifest version mismatch|Error loading route module|dynamically imported module|MIME type/);
      await use((version) => {
        deployed = versions[version];
      });
    },
    { auto: true },
  ],
});

function edit(path: string, change: (text: string) => string) {
  const text = readFileSync(path, "utf8");
  const changed = change(text);
  if (changed === text) throw new Error(`${path} is the same in both versions.`);
  writeFileSync(path, changed);
}

/** Counts the documents that a tab loads from now on. */
function countDocuments(page: Page) {
  const count = { documents: 0 };
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) count.documents++;
  });
  return count;
}

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const menu = (page: Page) => page.getByRole("navigation", { name: "Main" });

test("a link of an old page leads to the page that was asked for, loaded once", async ({ page, visit, deploy }) => {
  await visit("/");
  const count = countDocuments(page);
  deploy("second");
  await menu(page).getByRole("link", { name: "Account" }).click();
  await expect(page).toHaveTitle(/Account.*second version/);
  await expect(page).toHaveURL("/account");
  expect(count.documents).toBe(1);
});

test("so does one to a page that the old one has shown before", async ({ page, visit, andWait, deploy }) => {
  await visit("/account");
  await andWait(() => menu(page).getByRole("link", { name: "Home" }).click());
  const count = countDocuments(page);
  deploy("second");
  await menu(page).getByRole("link", { name: "Account" }).click();
  await expect(page).toHaveTitle(/Account.*second version/);
  expect(count.documents).toBe(1);
});

test("a visitor who stops on the way to another document goes on with the page", async ({ page, visit }) => {
  await visit("/");
  await page.evaluate(() => {
    location.assign("/robots.txt");
    window.stop();
  });
  await menu(page).getByRole("link", { name: "Account" }).click();
  await expect(heading(page)).toHaveText("Sign in");
});

test("a form of an old page is accepted, and its message shown once", async ({
  page,
  visit,
  deploy,
  expectFlashOnce,
}) => {
  await visit("/form-flash");
  await fillIn(page);
  deploy("second");
  await page.getByRole("button", { name: "Send message" }).click();
  await expectFlashOnce("Thank you, Ada. Your message was submitted successfully.");
});

test("a form of an old page that is refused keeps what was typed", async ({ page, problems, visit, deploy }) => {
  problems.allowStatus(422);
  await visit("/form-flash");
  await page.getByLabel("Name").fill("Ada");
  deploy("second");
  await page.getByRole("button", { name: "Send message" }).click();
  await expect(page.getByRole("alert")).toContainText("Enter your email address");
  await expect(page.getByLabel("Name")).toHaveValue("Ada");
});

test("a message that waits is not used up by the link that finds out", async ({ page, session, visit, deploy }) => {
  await session.set("theme", "dark");
  await visit("/");
  deploy("second");
  await session.flash("success", "Your bag is packed");
  await menu(page).getByRole("link", { name: "Account" }).click();
  await expect(page).toHaveTitle(/Account.*second version/);
  await expect(messages(page)).toHaveText(/Your bag is packed/);
});

test("an old document without its style sheet and scripts is loaded again, once", async ({ page, server, deploy }) => {
  const old = await (await fetch(server.origin)).text();
  deploy("second");
  const count = countDocuments(page);
  // As if the deployment had come between the document and its style sheet.
  await page.route(`${server.origin}/`, (route) => route.fulfill({ body: old, contentType: "text/html" }), {
    times: 1,
  });
  await page.goto("/", { waitUntil: "commit" });
  await expect(page).toHaveTitle(/second version/);
  await expect(heading(page)).toHaveCSS("font-weight", "800");
  expect(count.documents).toBe(2);

  // One that is old for good, say from a cache, is not loaded for ever.
  await page.route(`${server.origin}/`, (route) => route.fulfill({ body: old, contentType: "text/html" }));
  count.documents = 0;
  await page.goto("/", { waitUntil: "commit" });
  await expect.poll(() => count.documents).toBe(2);
  await page.waitForLoadState("networkidle");
  expect(count.documents).toBe(2);
  await expect(page.locator(".brand svg")).toHaveAttribute("width", "32");
});
