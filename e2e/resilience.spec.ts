/** What happens if the browser cannot do its part. */
import type { Page } from "@playwright/test";
import { expect, messages, test } from "./fixtures";
import { fillIn } from "./form-flash/contact-form";
import { holdPosts } from "./hold-posts";
import { contact } from "./http";

const menu = (page: Page) => page.getByRole("navigation", { name: "Main" });
const link = (page: Page, name: string) => menu(page).getByRole("link", { name });
const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const send = (page: Page) => page.getByRole("button", { name: "Send message" });

interface Answer {
  path: string;
  status?: number;
  /** Whether nothing at all arrives but the headers. */
  isEmpty?: boolean;
}

/** The end of such an answer never comes. It breaks off if its request is aborted. */
const holdBackEnd = (page: Page, answer: Answer) =>
  page.addInitScript(({ path, status = 200, isEmpty = false }) => {
    const load = window.fetch;
    window.fetch = async (input, init) => {
      const response = await load(input, init);
      if (new URL(response.url).pathname !== path || response.status !== status) return response;
      document.documentElement.dataset.arriving = "";
      const content = isEmpty ? undefined : new Uint8Array(await response.arrayBuffer());
      const withoutEnd = new ReadableStream({
        start(body) {
          if (content) body.enqueue(content);
          init?.signal?.addEventListener("abort", () => body.error(init.signal?.reason));
        },
      });
      return new Response(withoutEnd, response);
    };
  }, answer);

test("an enhancement that fails takes neither the page nor an error page with it", async ({ page, problems }) => {
  problems.allow(/refused to listen/);
  problems.allowStatus(404);
  let problemCount = 0;
  page.on("console", () => problemCount++);
  page.on("pageerror", () => problemCount++);
  await page.addInitScript(() => {
    Object.defineProperty(BroadcastChannel.prototype, "onmessage", {
      set() {
        throw new Error("refused to listen");
      },
    });
  });
  for (const [path, title] of [
    ["/form-flash", "A message, shown once"],
    ["/nowhere", "Page not found"],
  ] as const) {
    await page.goto(path);
    await expect(heading(page)).toHaveText(title);
    await page.getByRole("banner").getByRole("button", { name: "Dark" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(heading(page)).toHaveText(title);
  }
  expect(problemCount).toBeLessThan(20);
});

test("a page whose data cannot be loaded is loaded as a document", async ({ page, problems, visit }) => {
  problems.allow(/ERR_FAILED|Failed to fetch|ERR_CONNECTION_REFUSED/);
  await visit("/");
  await page.route("**/account.data*", (route) => route.abort("connectionrefused"));
  await link(page, "Account").click();
  await expect(heading(page)).toHaveText("Sign in");
  await expect(page).toHaveURL("/account");
});

test("without a connection, the page says that it failed in the browser, and the header stays", async ({
  page,
  context,
  problems,
  visit,
  andWait,
}) => {
  problems.allow(/ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED/);
  await visit("/account");
  await andWait(() => link(page, "Home").click());
  await context.setOffline(true);
  // Its script is here already. Without it, Remix itself loads the document.
  await link(page, "Account").click();
  await expect(heading(page)).toHaveText("Something failed in your browser");
  await expect(page).toHaveTitle(/^Something failed in your browser/);
  await expect(page.getByRole("main")).not.toContainText("The fault is ours");
  await expect(menu(page)).toBeVisible();
  await context.setOffline(false);
  await page.getByRole("link", { name: "Load the page" }).click();
  await expect(heading(page)).toHaveText("Sign in");
});

test("a form whose answer is lost is not sent again, and the page says that it may not have arrived", async ({
  page,
  problems,
  visit,
}) => {
  problems.allow(/ERR_FAILED|Failed to fetch|ERR_CONNECTION_REFUSED/);
  await visit("/");
  await link(page, "Form").click();
  await expect(page).toHaveURL("/form-flash");
  await fillIn(page);
  let posts = 0;
  await page.route("**/form-flash.data*", (route) => {
    if (route.request().method() === "POST") posts++;
    return route.abort("connectionrefused");
  });
  await send(page).click();
  await expect(page.getByRole("main")).toContainText("What you sent may not have arrived");
  expect(posts).toBe(1);
});

test("who follows another link while a page is still arriving gets that one, and nothing has failed", async ({
  page,
  visit,
}) => {
  await holdBackEnd(page, { path: "/account.data", isEmpty: true });
  await visit("/");
  await link(page, "Account").click();
  await expect(page.locator("html[data-arriving]")).toBeAttached();
  await link(page, "Form").click();
  await expect(heading(page)).toHaveText("A message, shown once");
});

test("a form that was refused is sent again before the refusal has come to its end", async ({
  page,
  problems,
  visit,
}) => {
  problems.allowStatus(422);
  await holdBackEnd(page, { path: "/form-flash.data", status: 422 });
  await visit("/form-flash");
  await fillIn(page);
  const name = page.locator("[name=name]");
  await name.fill("");
  await send(page).click();
  await expect(page).toHaveTitle(/^Error:/);
  await name.fill(contact.name);
  await send(page).click();
  await expect(messages(page)).toContainText("submitted successfully");
});

test.describe("on a device that draws slowly, so that it draws a short navigation only once it has ended", () => {
  const visitAndSlowDown = async (page: Page, visit: (path: string) => Promise<unknown>, path: string) => {
    await visit(path);
    await page.evaluate(() => {
      // How React asks for its turn.
      const post = MessagePort.prototype.postMessage;
      MessagePort.prototype.postMessage = function (...message: [unknown]) {
        setTimeout(() => post.apply(this, message), message[0] === null ? 400 : 0);
      };
    });
  };

  test("a page whose data cannot be loaded is loaded as a document, also the first one again", async ({
    page,
    problems,
    visit,
  }) => {
    problems.allow(/ERR_FAILED|Failed to fetch|ERR_CONNECTION_REFUSED/);
    await visitAndSlowDown(page, visit, "/account");
    await link(page, "Home").click();
    await expect(heading(page)).toHaveText(/HTTP sessions/);
    await page.route("**/account.data*", (route) => route.abort("connectionrefused"));
    await link(page, "Account").click();
    await expect(heading(page)).toHaveText("Sign in");
  });

  test("a form that was accepted is empty again", async ({ page, visit }) => {
    await visitAndSlowDown(page, visit, "/form-flash");
    await fillIn(page);
    await send(page).click();
    await expect(messages(page)).toContainText("submitted successfully");
    for (const name of Object.keys(contact)) await expect(page.locator(`[name=${name}]`)).toHaveValue("");
  });

  test("a button that still says that the form is being sent sends nothing", async ({ page, visit }) => {
    await visitAndSlowDown(page, visit, "/form-flash");
    await fillIn(page);
    const posts = await holdPosts(page, "/form-flash");
    const second = await send(page).evaluateHandle((button: HTMLElement) => {
      const click = { label: "" };
      let isSent = false;
      window.__remixRouter?.subscribe(({ navigation }) => {
        if (isSent && navigation.state === "idle" && !click.label) {
          setTimeout(() => {
            click.label = button.textContent ?? "";
            button.click();
          });
        }
        isSent ||= navigation.state === "submitting";
      });
      button.click();
      return click;
    });
    await expect(page.getByRole("button", { name: "Sending" })).toBeVisible();
    posts.answer();
    await expect(messages(page)).toContainText("submitted successfully");
    expect(await second.jsonValue()).toEqual({ label: "Sending…" });
    expect(posts.count()).toBe(1);
  });

  test("a link that has waited for a form leads on, and the form's message is shown", async ({ page, visit }) => {
    await visitAndSlowDown(page, visit, "/form-flash");
    await fillIn(page);
    await send(page).evaluate((button: HTMLElement) => {
      button.click();
      document.querySelector<HTMLElement>("nav a[href='/account']")?.click();
    });
    await expect(heading(page)).toHaveText("Sign in");
    await expect(messages(page)).toContainText("submitted successfully");
  });

  test("the focus is at the heading once the button that had it has gone", async ({ page, visit }) => {
    await visitAndSlowDown(page, visit, "/account");
    await page.getByLabel("Name").fill("Ada");
    await page.getByRole("main").getByRole("button", { name: "Sign in" }).press("Enter");
    await expect(heading(page)).toHaveText("Signed in as Ada");
    await expect(heading(page)).toBeFocused();
  });
});
