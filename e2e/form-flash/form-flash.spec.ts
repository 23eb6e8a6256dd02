import type { Page } from "@playwright/test";
import { expect, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { holdPosts } from "../hold-posts";
import { contact } from "../http";

const MESSAGE = "submitted successfully";
const send = (page: Page) => page.getByRole("button", { name: "Send message" });
const menu = (page: Page) => page.getByRole("navigation", { name: "Main" });

async function fillIn(page: Page, { name, email, message } = contact) {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Message", { exact: true }).fill(message);
}

withAndWithoutJavaScript((javaScriptEnabled) => {
  test.beforeEach(async ({ page, visit }) => {
    await visit("/form-flash");
    await expect(messages(page)).toHaveCount(0);
    await fillIn(page);
  });

  test("3.1 the message is shown once: after a reload it is gone, from the cookie too", async ({
    page,
    context,
    store,
    andWait,
  }) => {
    await andWait(() => send(page).click());
    await expect(messages(page)).toContainText(MESSAGE);
    // Only a script can take the mark of a first write out of the address.
    await expect(page).toHaveURL(javaScriptEnabled ? "/form-flash" : "/form-flash?cookie=sent");
    await expect(page.getByLabel("Message", { exact: true })).toHaveValue("");
    // With a record, the cookie only identifies it.
    if (store === "cookie") expect(await context.cookies()).toEqual([]);

    await page.reload();
    await expect(messages(page)).toHaveCount(0);
  });

  test("3.1 the message does not come back with the back button", async ({ page, andWait }) => {
    await andWait(() => send(page).click());
    await expect(messages(page)).toContainText(MESSAGE);
    if (javaScriptEnabled) await page.keyboard.press("Escape");
    await andWait(() => menu(page).getByRole("link", { name: "Home" }).click());
    await expect(page).toHaveURL("/");
    await expect(messages(page)).toHaveCount(0);

    await andWait(() => page.goBack());
    await expect(page).toHaveURL(/\/form-flash/);
    await expect(messages(page)).toHaveCount(0);

    await andWait(() => page.goForward());
    await expect(messages(page)).toHaveCount(0);
  });

  test("3.1 a second tab does not show the message again", async ({ page, context, visit, andWait }) => {
    await andWait(() => send(page).click());
    await expect(messages(page)).toContainText(MESSAGE);
    const secondTab = await context.newPage();
    await visit("/form-flash", secondTab);
    await expect(messages(secondTab)).toHaveCount(0);
  });

  test("3.6 the same message twice in a row is shown twice", async ({ page, andWait }) => {
    await andWait(() => send(page).click());
    await expect(messages(page)).toContainText(MESSAGE);
    const first = await messages(page).getAttribute("data-message");

    await fillIn(page);
    await andWait(() => send(page).click());
    // The first toast is still open. A new document has only the new message.
    await expect(messages(page)).toHaveCount(javaScriptEnabled ? 2 : 1);
    await expect(messages(page).last()).toContainText(MESSAGE);
    expect(await messages(page).last().getAttribute("data-message")).not.toBe(first);
  });

  test("2.4 other cookies of the site do not change", async ({ page, context, baseURL, andWait }) => {
    await context.addCookies([{ name: "other", value: "1", url: baseURL ?? "" }]);
    await andWait(() => send(page).click());
    await expect(messages(page)).toContainText(MESSAGE);
    expect((await context.cookies()).map(({ name, value }) => [name, value])).toContainEqual(["other", "1"]);
  });

  test("a choice of theme and a message do not disturb each other", async ({ page, andWait }) => {
    await andWait(() => page.getByRole("banner").getByRole("button", { name: "Dark" }).click());
    await fillIn(page);
    await andWait(() => send(page).click());
    await expect(messages(page)).toContainText(MESSAGE);
    await page.reload();
    await expect(messages(page)).toHaveCount(0);
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  });

  test("a visitor's text is shown as text", async ({ page, andWait }) => {
    await page.getByLabel("Name").fill(`<img src=x onerror="throw 1">`);
    await andWait(() => send(page).click());
    await expect(messages(page)).toContainText("<img src=x");
    await expect(messages(page).locator("img")).toHaveCount(0);
  });

  test("a refused form keeps what was typed, and each field says what is wrong", async ({
    page,
    problems,
    andWait,
  }) => {
    problems.allowStatus(422);
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await fillIn(page, { name: "", email: "not an address", message: "Keep me" });
    await andWait(() => send(page).click());
    expect((await answered).status()).toBe(422);

    const summary = page.getByRole("alert");
    await expect(summary.getByRole("heading", { name: "There is a problem" })).toBeVisible();
    await expect(summary).toBeFocused();
    await expect(page.getByLabel("Email")).toHaveValue("not an address");
    await expect(page.getByLabel("Message", { exact: true })).toHaveValue("Keep me");
    await expect(messages(page)).toHaveCount(0);

    await expect(summary.getByRole("link")).toHaveCount(2);
    for (const [index, label] of ["Name", "Email"].entries()) {
      const field = page.getByLabel(label);
      const link = summary.getByRole("link").nth(index);
      await expect(field).toHaveAttribute("aria-invalid", "true");
      await expect(field).toHaveAccessibleDescription((await link.textContent()) ?? "");
      await link.click();
      await expect(field).toBeFocused();
    }
    await expect(page.getByLabel("Message", { exact: true })).not.toHaveAttribute("aria-invalid");

    // The errors stay after their links were followed, and go once they are corrected.
    await fillIn(page);
    await andWait(() => send(page).click());
    await expect(messages(page)).toContainText(MESSAGE);
    await expect(page.getByRole("alert")).toHaveCount(0);
  });
});

test("a banner is gone after the next form is refused", async ({ page, problems, session, visit, andWait }) => {
  problems.allowStatus(422);
  await session.flash("success", MESSAGE);
  await visit("/form-flash");
  await expect(messages(page)).toContainText(MESSAGE);
  await andWait(() => send(page).click());
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(messages(page)).toHaveCount(0);
});

test("the button says that the form is being sent, and a second click sends nothing", async ({ page, visit }) => {
  await visit("/form-flash");
  await fillIn(page);
  const posts = await holdPosts(page, "/form-flash");
  await send(page).click();
  const busy = page.getByRole("button", { name: "Sending" });
  await expect(busy).toBeFocused();
  await busy.press("Enter");
  posts.answer();
  await expect(messages(page)).toContainText(MESSAGE);
  await expect(send(page)).toBeFocused();
  expect(posts.count()).toBe(1);
});

test("a form keeps what was typed if a link is asked for again before it is answered", async ({
  page,
  visit,
  andWait,
}) => {
  await visit("/form-flash");
  await fillIn(page);
  const posts = await holdPosts(page, "/form-flash");
  await send(page).click();
  await expect(page.getByRole("button", { name: "Sending" })).toBeVisible();
  // Asked for once, it waits.
  const link = menu(page).getByRole("link", { name: "Form" });
  await link.press("Enter");
  await andWait(() => link.press("Enter"));
  await expect(send(page)).toBeVisible();
  await expect(page.getByLabel("Message", { exact: true })).toHaveValue(contact.message);
  await expect(messages(page)).toHaveCount(0);
  expect(posts.count()).toBe(1);
});

test("the form works before the scripts have arrived", async ({ page, problems }) => {
  problems.allow(/\/build\/.*\.js/);
  await page.route("**/build/**/*.js", (route) => route.abort());
  await page.goto("/form-flash");
  await fillIn(page);
  await send(page).click();
  await expect(messages(page)).toContainText(MESSAGE);
});
