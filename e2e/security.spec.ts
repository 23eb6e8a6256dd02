/** The Content-Security-Policy as browsers enforce it, and the headers of static files. */
import { readdirSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import type { BrowserContext, Page } from "@playwright/test";
import { withSecurityHeaders } from "../app/lib/security-headers";
import { serverError } from "../app/lib/server-error";
import { expect, messages, test, withoutJavaScript } from "./fixtures";
import { expectDrawn } from "./theme-toggle/theme";

/** Collects the policy violations that the browser reports, from the start of every page. */
async function watchViolations(context: BrowserContext): Promise<string[]> {
  const violations: string[] = [];
  await context.exposeFunction("reportViolation", (violation: string) => violations.push(violation));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) => {
      (window as unknown as Record<string, (text: string) => void>).reportViolation?.(
        `${effectiveDirective} ${blockedURI} ${sample}`,
      );
    });
  });
  return violations;
}

const pages = [
  ["home", "/", 200],
  ["theme", "/theme-toggle", 200],
  ["form", "/form-flash", 200],
  ["account", "/account", 200],
  ["inspector", "/inspector", 200],
  ["not found", "/nowhere", 404],
] as const;

for (const [name, path, status] of pages) {
  test(`the page "${name}" violates no policy, hydrated and with a message`, async ({
    context,
    page,
    problems,
    session,
    visit,
  }) => {
    if (status !== 200) problems.allowStatus(status);
    const violations = await watchViolations(context);
    expect((await visit(path))?.status()).toBe(status);
    await session.flash("success", "Your bag is packed");
    await visit(path);
    if (path !== "/inspector") await expect(messages(page)).toContainText("Your bag is packed");
    expect(violations).toEqual([]);
  });
}

test("navigating, sending forms and having one refused violates no policy", async ({
  context,
  page,
  problems,
  visit,
  andWait,
}) => {
  problems.allowStatus(422);
  const violations = await watchViolations(context);
  await visit("/");
  const menu = page.getByRole("navigation", { name: "Main" });
  for (const name of ["Theme", "Account", "Form"]) await andWait(() => menu.getByRole("link", { name }).click());
  await andWait(() => page.getByRole("button", { name: "Send message" }).click());
  await expect(page.getByRole("alert")).toContainText("There is a problem");
  await andWait(() => page.getByRole("banner").getByRole("button", { name: "Dark" }).click());
  expect(violations).toEqual([]);
});

test("an error page of Remix violates no policy", async ({ context, page, problems, baseURL }) => {
  problems.allowStatus(405);
  const violations = await watchViolations(context);
  // A POST from a browser to a page without an action.
  await page.goto("/robots.txt");
  await page.route(`${baseURL}/`, (route) =>
    route.continue({ method: "POST", headers: { ...route.request().headers(), "sec-fetch-site": "same-origin" } }),
  );
  const response = await page.goto("/");
  expect(response?.status()).toBe(405);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("cannot do that");
  expect(violations).toEqual([]);
});

test("the page of a failed Worker violates no policy, and is styled", async ({ context, page, problems }) => {
  problems.allowStatus(500);
  const violations = await watchViolations(context);
  await serve(page, (nonce) => serverError(new Error("a secret"), { isDevelopment: false, nonce }));
  await page.goto("/failed");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Something went wrong");
  await expect(page.locator("body")).toHaveCSS("max-width", /px/);
  await expect(page.locator("body")).not.toContainText("a secret");
  await expect(page.getByRole("link", { name: "go to the home page" })).toHaveAttribute("href", "/");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectDrawn(page, colorScheme);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.screenshot({ path: `test-results/screenshots/worker-failed-${colorScheme}.png` });
  }
  expect(violations).toEqual([]);
});

test("an injected script does not run and is reported, so the tests above can fail", async ({
  context,
  page,
  problems,
}) => {
  problems.allow(/Content Security Policy/);
  const violations = await watchViolations(context);
  const html = `<!doctype html><title>Page</title><h1>Page</h1><script>document.title = "Injected"</script>`;
  await serve(page, () => new Response(html, { headers: { "Content-Type": "text/html" } }));
  await page.goto("/failed");
  await expect.poll(() => violations).toEqual([expect.stringMatching(/^script-src-elem inline/)]);
  await expect(page).toHaveTitle("Page");
});

withoutJavaScript(() => {
  test("no page violates the policy", async ({ page, problems, visit }) => {
    problems.allowStatus(404);
    const refused: string[] = [];
    // The browser refuses all scripts. Anything else that the policy refuses is a mistake.
    page.on("requestfailed", (request) => {
      if (request.failure()?.errorText === "csp" && request.resourceType() !== "script") refused.push(request.url());
    });
    for (const [, path, status] of pages) {
      expect((await visit(path))?.status()).toBe(status);
      await expectDrawn(page, "light");
    }
    expect(refused).toEqual([]);
  });
});

test("every file of public/ has the security headers, and those with a hash in their name are immutable", async ({
  request,
}) => {
  const files = readdirSync("public", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "_headers")
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/").replace(/^.*?public\//, "/"));
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
});

test("the icon is drawn under its own policy", async ({ context, page }) => {
  const violations = await watchViolations(context);
  await page.goto("/favicon.svg");
  await expect(page.locator("svg")).toBeVisible();
  expect(violations).toEqual([]);
});

/** Answers /failed with this response and the headers that the Worker adds. */
async function serve(page: Page, respond: (nonce: string) => Response) {
  await page.route("**/failed", async (route) => {
    const nonce = "bm9uY2Utb2YtYS10ZXN0IQ==";
    const request = new Request("http://localhost/failed");
    const response = withSecurityHeaders(respond(nonce), { request, nonce, isDevelopment: false });
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    });
  });
}
