/** What happens if the browser, the network or the server cannot do its part. */
import AxeBuilder from "@axe-core/playwright";
import { withSecurityHeaders } from "../app/lib/security-headers";
import { serverError } from "../app/lib/server-error";
import { expect, heading, test } from "./fixtures";
import { post } from "./http";

const toHome = { name: "Go to the home page" };

test("an enhancement that fails takes neither the page nor an error page with it", async ({ page, problems }) => {
  problems.allow(/refused here/);
  problems.allowStatus(404);
  let problemCount = 0;
  page.on("console", () => problemCount++);
  page.on("pageerror", () => problemCount++);
  // As in a sandboxed frame.
  await page.addInitScript(() => {
    Object.defineProperty(document, "cookie", {
      get() {
        throw new Error("refused here");
      },
    });
  });
  await page.goto("/nowhere");
  await expect.poll(() => problemCount).toBeGreaterThan(1);
  await expect(heading(page)).toHaveText("Page not found");
  await page.getByRole("link", toHome).click();
  await expect(page).toHaveURL("/");
  await expect(heading(page)).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText("Error");
  expect(problemCount).toBeLessThan(20);
});

test("a page whose data cannot be loaded is loaded as a document", async ({ page, problems, visit }) => {
  problems.allow(/ERR_FAILED|Failed to fetch|ERR_CONNECTION_REFUSED/);
  problems.allowStatus(404);
  await visit("/nowhere");
  await page.route("**/_root.data*", (route) => route.abort("connectionrefused"));
  await page.getByRole("link", toHome).click();
  await expect(page).toHaveURL("/");
  await expect(heading(page)).not.toContainText("not");
  expect(await page.evaluate(() => performance.getEntriesByType("navigation")[0]?.name)).toMatch(/\/$/);
});

test("without a connection, the page says that it failed in the browser, and the header stays", async ({
  page,
  context,
  problems,
  visit,
  andWait,
}) => {
  problems.allow(/ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED/);
  problems.allowStatus(404);
  await visit("/nowhere");
  await andWait(() => page.getByRole("link", toHome).click());
  const home = (await heading(page).textContent()) ?? "";
  await page.goBack();
  await expect(heading(page)).toHaveText("Page not found");
  await context.setOffline(true);
  // Its script is here already. Without it, Remix itself loads the document.
  await page.getByRole("link", toHome).click();
  await expect(heading(page)).toHaveText("The page could not be loaded");
  await expect(page).toHaveTitle(/^The page could not be loaded/);
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  await context.setOffline(false);
  await page.getByRole("link", { name: "Load the page" }).click();
  await expect(heading(page)).toHaveText(home);
});

test("an address that does not exist has a page that says so, in the visitor's theme, with a way on, for a POST too", async ({
  page,
  problems,
  visit,
}) => {
  problems.allowStatus(404);
  expect((await visit("/nowhere"))?.status()).toBe(404);
  await expect(page).toHaveTitle(/^Page not found/);
  await expect(page.getByRole("link", { name: "Try again" })).toHaveCount(0);
  const posted = await post(page.request, "/nowhere", {});
  expect([posted.status(), (await posted.text()).includes("Page not found")]).toEqual([404, true]);
  const file = await page.request.get("/build/of-an-older-version.js");
  expect([file.status(), file.headers()["content-type"]]).toEqual([404, "text/plain; charset=utf-8"]);
});

test("a page that fails in the Worker itself is styled, and says nothing of the error", async ({ page, problems }) => {
  problems.allowStatus(500);
  await page.route("**/failed", async (route) => {
    const nonce = "bm9uY2Utb2YtYS10ZXN0IQ==";
    const request = new Request("http://localhost/failed");
    const plain = serverError(new Error("a secret"), { isDevelopment: false, nonce });
    const response = withSecurityHeaders(plain, { request, nonce, isDevelopment: false });
    const headers = Object.fromEntries(response.headers);
    await route.fulfill({ status: response.status, headers, body: await response.text() });
  });
  await page.goto("/failed");
  await expect(heading(page)).toHaveText("Something went wrong");
  await expect(page.locator("body")).toHaveCSS("max-width", /px/);
  await expect(page.locator("body")).not.toContainText("a secret");
  await expect(page.getByRole("link", { name: "go to the home page" })).toHaveAttribute("href", "/");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
});
