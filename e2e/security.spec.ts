/** The Content-Security-Policy as a browser enforces it. Every test fails on a violation: `problems` sees it in the console. */
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, heading, test } from "./fixtures";
import { expectAccessibleLightAndDark } from "./pages";

test("a script without the page's nonce does not run, and every test that has one fails", async ({
  page,
  problems,
  visit,
}) => {
  await visit("/");
  expect(problems.unexpected).toEqual([]);
  await page.evaluate(() => {
    const script = Object.assign(document.createElement("script"), { textContent: 'document.title = "Injected"' });
    document.head.appendChild(script);
  });
  await expect.poll(() => problems.unexpected).toEqual([expect.stringMatching(/Content Security Policy.*script-src/)]);
  await expect(page).not.toHaveTitle("Injected");
  problems.allow(/Content Security Policy/);
});

test("7.1 a form of another site is answered with a page of our own that links to the page", async ({
  page,
  baseURL,
  problems,
}) => {
  problems.allowStatus(403);
  problems.allow(/^another host/);
  const action = new URL("/?from=mail", baseURL);
  const body = `<form method="post" action="${action}"><button>Win</button></form>`;
  await page.route("https://evil.example/", (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto("https://evil.example/");
  await page.getByRole("button").click();
  await expect(heading(page)).toHaveText("This request was refused");
  await expectAccessibleLightAndDark(page);
  await page.getByRole("link", { name: "Open the page" }).click();
  await expect(page).toHaveURL("/?from=mail");
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
});

test("every file of public/ has the security headers, and those with a hash in their name are immutable", async ({
  page,
  request,
}) => {
  const folder = fileURLToPath(new URL("../public/", import.meta.url));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "_headers")
    .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/")}`);
  expect(files).toEqual(expect.arrayContaining(["/favicon.svg", "/robots.txt"]));
  expect(files.filter((file) => file.startsWith("/build/")).length).toBeGreaterThan(5);

  for (const file of files) {
    const headers = (await request.get(file)).headers();
    expect(headers, file).toMatchObject({
      "content-security-policy": expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
      "strict-transport-security": "max-age=31536000",
    });
    if (file.startsWith("/build/")) expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  }
  await page.goto("/favicon.svg");
  await expect(page.locator("svg")).toBeVisible();
});

test("4.1 a visitor with an unreadable cookie is anonymous, and never gets an error", async ({
  session,
  playwright,
  baseURL,
}) => {
  await session.flash("success", "Your bag is packed");
  const [name = "", sealed = ""] = (await session.header()).split("=");
  const parts = sealed.split(".");
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
  const values = ["", "%E0%A4%A", '"quoted"', "....", "a=b=c", "\u00ff\u00fe", jwt, "A".repeat(4000)];
  const spoilt = [`${sealed}x`, sealed.slice(0, -1), sealed.slice(5), parts.toReversed().join(".")];
  // Without a cookie jar, the client sends the header unchanged.
  const bare = await playwright.request.newContext({ baseURL: baseURL ?? "" });
  for (const value of [...values, ...spoilt]) {
    const response = await bare.get("/", { headers: { Cookie: `${name}=${value}; __session=${value}` } });
    expect([response.status(), response.headers()["set-cookie"]], value).toEqual([200, undefined]);
    expect(await response.text(), value).not.toContain("Your bag is packed");
  }
  const second = await bare.get("/", { headers: { Cookie: `${name}=garbage; ${name}=${sealed}` } });
  expect(await second.text(), "the first readable one of several counts").toContain("Your bag is packed");
  await bare.dispose();
});

test("a page whose address begins with two slashes asks no other host when it is looked at again", async ({
  page,
  server,
  problems,
  visit,
}) => {
  problems.allowStatus(404);
  await visit(`${server.origin}//evil.example/x`);
  const question = page.waitForRequest((request) => request.method() === "HEAD");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  expect((await question).url()).toMatch(server.origin);
  expect(problems.unexpected).toEqual([]);
});
