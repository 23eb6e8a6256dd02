/** What happens if the browser, the network or the server cannot do its part. */
import { request as send } from "node:http";
import { demonstrations } from "../app/demonstrations";
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
      set() {
        throw new Error("refused here");
      },
    });
  });
  await page.goto("/nowhere");
  await expect.poll(() => problemCount).toBeGreaterThan(0);
  await expect(heading(page)).toHaveText("Page not found");
  await page.getByRole("link", toHome).click();
  await expect(page).toHaveURL("/");
  await expect(heading(page)).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText("Error");
  expect(problemCount).toBeLessThan(20);
});

test("a page asks for no routes once it is drawn: if that failed, a form of it would lose what was typed", async ({
  page,
  visit,
}) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  for (const { path } of demonstrations) await visit(path);
  expect(asked.filter((path) => path.includes("manifest") && !path.startsWith("/build/"))).toEqual([]);
});

test("a GET with a body, which a script can send but no browser, is answered like one without", async ({ baseURL }) => {
  for (const [method, status] of [
    ["GET", 200],
    ["HEAD", 200],
    ["OPTIONS", 405],
  ] as const) {
    const statusOf = (body: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { "Content-Length": body.length };
        const request = send(`${baseURL}/`, { method, headers }, (response) => resolve(response.resume().statusCode));
        request.on("error", reject).end(body);
      });
    expect([method, await statusOf("a body"), await statusOf("")]).toEqual([method, status, status]);
  }
});

test("without a connection, the page says that it failed in the browser, and the header stays", async ({
  page,
  context,
  problems,
  visit,
}) => {
  problems.allow(/ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED/);
  problems.allowStatus(404);
  await visit("/nowhere");
  await page.getByRole("link", toHome).click();
  await expect(heading(page)).not.toHaveText("Page not found");
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
