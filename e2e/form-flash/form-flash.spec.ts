import type { Page } from "@playwright/test";
import { expectKeptUntilSent } from "../failing-posts";
import { expect, heading, messages, test, withAndWithoutJavaScript } from "../fixtures";
import { holdPosts } from "../hold-posts";
import { contact, fillIn } from "./contact-form";

const MESSAGE = "Your message was sent";
const send = (page: Page) => page.getByRole("button", { name: "Send message" });
const busy = (page: Page) => page.getByRole("button", { name: "Sending" });
const field = (page: Page, name: string) => page.getByRole("textbox", { name });
const menu = (page: Page) => page.getByRole("navigation", { name: "Main" });

withAndWithoutJavaScript((javaScriptEnabled) => {
  test("3.1 the message is shown once: not after a reload, in a second tab, or with Back and Forward", {
    tag: "@each-store",
  }, async ({ page, context, store, baseURL, visit, andWait }) => {
    await context.addCookies([{ name: "other", value: "1", url: baseURL ?? "" }]);
    await visit("/form-flash");
    await fillIn(page);
    await andWait(() => send(page).click());
    await expect(messages(page)).toContainText(MESSAGE);
    await expect(page).toHaveURL("/form-flash");
    await expect(field(page, "Message")).toHaveValue("");
    // The cookie store has nothing left to store; the others keep the session's id.
    const names = (await context.cookies()).map(({ name }) => name);
    if (store === "cookie") expect(names).toEqual(["other"]);
    else expect(names).toContain("other");

    const secondTab = await context.newPage();
    await visit("/form-flash", secondTab);
    await expect(messages(secondTab)).toHaveCount(0);

    if (javaScriptEnabled) await page.keyboard.press("Escape");
    await andWait(() => menu(page).getByRole("link", { name: "Home" }).click());
    await expect(page).toHaveURL("/");
    await expect(messages(page)).toHaveCount(0);
    const title = "A message, shown once";
    for (const [go, isOfForm] of [
      [() => page.goBack(), true],
      [() => page.goForward(), false],
      [() => page.goBack(), true],
      [() => page.reload(), true],
    ] as const) {
      await andWait(go);
      await (isOfForm ? expect(heading(page)) : expect(heading(page)).not).toHaveText(title);
      await expect(messages(page)).toHaveCount(0);
    }
  });

  test("3.6 the same message twice in a row is announced twice, and a visitor's text is shown as text", async ({
    page,
    visit,
    andWait,
  }) => {
    await visit("/form-flash");
    const ids = new Set<string | null>();
    for (let time = 0; time < 2; time++) {
      await fillIn(page, { ...contact, name: `<img src=x onerror="throw 1">` });
      await andWait(() => send(page).click());
      await expect(messages(page)).toHaveCount(1);
      await expect(messages(page)).toContainText("<img src=x");
      await expect(messages(page).locator("img")).toHaveCount(0);
      ids.add(await messages(page).getAttribute("data-message"));
    }
    expect(ids.size, "a new element each time, which a screen reader announces").toBe(2);
  });

  test("a refused form keeps what was typed, each field says what is wrong, and the summary takes the focus", async ({
    page,
    problems,
    visit,
    andWait,
  }) => {
    problems.allowStatus(422);
    await visit("/form-flash");
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await fillIn(page, { name: "", email: "not an address", message: "Keep me" });
    await andWait(() => send(page).click());
    expect((await answered).status()).toBe(422);

    const summary = page.getByRole("alert");
    await expect(summary.getByRole("heading", { name: "There is a problem" })).toBeVisible();
    await expect(summary).toBeFocused();
    // Only a script can say so in the title.
    await expect(page).toHaveTitle(javaScriptEnabled ? /^Error: Form/ : /^Form/);
    await expect(field(page, "Email")).toHaveValue("not an address");
    await expect(field(page, "Message")).toHaveValue("Keep me");
    await expect(messages(page)).toHaveCount(0);

    await expect(summary.getByRole("link")).toHaveCount(2);
    for (const [index, label] of ["Name", "Email"].entries()) {
      const input = field(page, label);
      const link = summary.getByRole("link").nth(index);
      await expect(input).toHaveAttribute("aria-invalid", "true");
      await expect(input).toHaveAccessibleDescription((await link.textContent()) ?? "");
      await link.click();
      await expect(input).toBeFocused();
    }
    await expect(field(page, "Message")).not.toHaveAttribute("aria-invalid");

    // The errors stay after their links were followed, and go once they are corrected.
    await fillIn(page);
    await andWait(() => send(page).click());
    await expect(messages(page)).toContainText(MESSAGE);
    await expect(summary).toHaveCount(0);
    await expect(page).toHaveTitle(/^Form/);
  });

  test("4.6 while the store is down, the form is accepted, without the message", { tag: "@outage" }, async ({
    page,
    visit,
    andWait,
  }) => {
    expect((await visit("/form-flash"))?.status()).toBe(200);
    await fillIn(page);
    await andWait(() => send(page).click());
    await expect(field(page, "Message")).toHaveValue("");
    await expect(page.getByRole("alert").or(messages(page))).toHaveCount(0);
  });
});

test("a form that is refused again has its summary focused again, and no banner of an earlier page", async ({
  page,
  problems,
  session,
  visit,
  andWait,
}) => {
  problems.allowStatus(422);
  await session.flash("success", "Your bag is packed");
  await visit("/form-flash");
  await expect(messages(page)).toContainText("Your bag is packed");
  for (let time = 0; time < 2; time++) {
    await andWait(() => send(page).click());
    await expect(page.getByRole("alert")).toBeFocused();
    await expect(page).toHaveTitle(/^Error: Form/);
    await expect(messages(page)).toHaveCount(0);
  }
});

test("while the form is being sent, its button says so, a second click sends nothing, and the menu leads nowhere", async ({
  page,
  visit,
}) => {
  await visit("/form-flash");
  await fillIn(page);
  const posts = await holdPosts(page, "/form-flash");
  await send(page).click();
  await expect(busy(page)).toBeFocused();
  await busy(page).press("Enter");
  await expect(menu(page)).toHaveAttribute("inert");
  posts.answer();
  await expect(messages(page)).toContainText(MESSAGE);
  await expect(send(page)).toBeFocused();
  await expect(menu(page)).not.toHaveAttribute("inert");
  expect(posts.count()).toBe(1);

  await fillIn(page);
  const later = await holdPosts(page, "/form-flash");
  await send(page).click();
  await expect(menu(page)).toHaveAttribute("inert");
  await menu(page).getByText("Home").click({ force: true });
  later.answer();
  await expect(field(page, "Message")).toHaveValue("");
  await expect(page).toHaveURL("/form-flash");
});

test("the form works before the scripts have arrived, and with the keyboard alone", async ({ page, problems }) => {
  problems.allow(/\/build\/.*\.js/);
  await page.route("**/build/**/*.js", (route) => route.abort());
  await page.goto("/form-flash");
  await field(page, "Name").focus();
  for (const text of Object.values(contact)) {
    await page.keyboard.type(text);
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await expect(messages(page)).toContainText(MESSAGE);
});

test("a form that gets no answer keeps everything, its errors too, and can be sent again", async ({
  page,
  problems,
  visit,
  andWait,
}) => {
  problems.allowStatus(422);
  await page.setViewportSize({ width: 390, height: 500 });
  await visit("/form-flash");
  await fillIn(page, { ...contact, name: "" });
  await andWait(() => send(page).click());
  await fillIn(page);
  await send(page).focus();
  await expectKeptUntilSent(page, problems, "/form-flash", () => page.keyboard.press("Enter"));
  await expect(messages(page)).toContainText(MESSAGE);
  await expect(field(page, "Message")).toHaveValue("");
});

for (const address of ["/form-flash/", "/Form-Flash"]) {
  test(`at ${address}, which is the same page, a form that gets no answer keeps what was typed as well`, async ({
    page,
    problems,
    visit,
  }) => {
    problems.allow(/ERR_CONNECTION_REFUSED|Failed to fetch/);
    await visit(address);
    await fillIn(page);
    await page.route("**/*.data*", (route) => route.abort("connectionrefused"));
    await send(page).click();
    await expect(messages(page)).toContainText("What you sent may not have arrived");
    for (const [name, value] of Object.entries(contact))
      await expect(page.locator(`[name=${name}]`)).toHaveValue(value);
    await page.unroute("**/*.data*");
    await send(page).click();
    await expect(messages(page)).toContainText(MESSAGE);
  });
}

test("a fetcher that gets no answer while a form is on its way leaves the form alone", async ({
  page,
  problems,
  visit,
}) => {
  problems.allow(/ERR_CONNECTION_REFUSED|Failed to fetch/);
  await visit("/form-flash");
  await fillIn(page);
  const posts = await holdPosts(page, "/form-flash");
  await send(page).click();
  await expect(busy(page)).toBeVisible();
  await page.route("**/nowhere.data*", (route) => route.abort("connectionrefused"));
  await page.evaluate(() => {
    const formData = new FormData();
    window.__remixRouter?.fetch("own", "root", "/nowhere", { formMethod: "post", formData });
  });
  await expect(messages(page)).toContainText("What you sent may not have arrived");
  await expect(field(page, "Message")).toHaveValue(contact.message);
  posts.answer();
  await expect(messages(page)).toContainText(MESSAGE);
});

test("a form that is larger than the server reads stays as it was, and a message says why", async ({
  page,
  problems,
  visit,
  andWait,
}) => {
  problems.allowStatus(413);
  await visit("/form-flash");
  await fillIn(page, { ...contact, message: "m".repeat(110_000) });
  await andWait(() => send(page).click());
  await expect(messages(page)).toContainText("Shorten it and send it again");
  await expect(field(page, "Message")).toHaveValue("m".repeat(110_000));
});

test("if the form is accepted and the page after it cannot be loaded, the page stays and says so", async ({
  page,
  problems,
  visit,
}) => {
  problems.allow(/ERR_CONNECTION_REFUSED|Failed to fetch/);
  await visit("/form-flash");
  await fillIn(page);
  await page.route("**/form-flash.data*", (route) =>
    route.request().method() === "GET" ? route.abort("connectionrefused") : route.continue(),
  );
  await send(page).click();
  await expect(messages(page)).toContainText("the connection was lost");
  await expect(send(page)).toBeFocused();
  await page.unroute("**/form-flash.data*");
  await page.reload();
  await expect(messages(page)).toContainText(MESSAGE);
});

test("a form that was refused is sent again before the refusal has come to its end", async ({
  page,
  problems,
  visit,
}) => {
  problems.allowStatus(422);
  // The end of such an answer never comes. It breaks off if its request is aborted.
  await page.addInitScript(() => {
    const load = window.fetch;
    window.fetch = async (input, init) => {
      const response = await load(input, init);
      if (response.status !== 422) return response;
      const content = new Uint8Array(await response.arrayBuffer());
      const withoutEnd = new ReadableStream({
        start(body) {
          body.enqueue(content);
          init?.signal?.addEventListener("abort", () => body.error(init.signal?.reason));
        },
      });
      return new Response(withoutEnd, response);
    };
  });
  await visit("/form-flash");
  await fillIn(page, { ...contact, name: "" });
  await send(page).click();
  await expect(page.getByRole("alert")).toBeFocused();
  await field(page, "Name").fill(contact.name);
  await send(page).click();
  await expect(messages(page)).toContainText(MESSAGE);
});

test("on a device that draws slowly, an accepted form is empty again, and a click that comes too late sends nothing", async ({
  page,
  visit,
}) => {
  await visit("/form-flash");
  // React asks for its turn with such a message. A navigation is over before it is drawn.
  await page.evaluate(() => {
    const post = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (...message: [unknown]) {
      setTimeout(() => post.apply(this, message), message[0] === null ? 400 : 0);
    };
  });
  await fillIn(page);
  const posts = await holdPosts(page, "/form-flash");
  // Clicks again once the router is idle, while the button still says that the form is being sent.
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
  await expect(busy(page)).toBeVisible();
  posts.answer();
  await expect(messages(page)).toContainText(MESSAGE);
  for (const name of Object.keys(contact)) await expect(page.locator(`[name=${name}]`)).toHaveValue("");
  expect(await second.jsonValue()).toEqual({ label: "Sending…" });
  expect(posts.count()).toBe(1);
});

test("on a phone, the toast leaves the form free", async ({ page, visit }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await visit("/form-flash");
  await fillIn(page);
  await send(page).click();
  await expect(messages(page)).toBeVisible();
  const { y = 0, height = 0 } = (await messages(page).boundingBox()) ?? {};
  expect(height).toBeGreaterThan(0);
  for (const control of [send(page), field(page, "Email"), field(page, "Message")]) {
    const box = await control.boundingBox();
    if (box && box.y >= 0) expect(box.y).toBeGreaterThan(y + height);
  }
});

test("a visitor who returns to the tab while the page after the form is loading still gets the message", async ({
  page,
  visit,
}) => {
  await visit("/form-flash");
  await fillIn(page);
  // The server has sent the page, and the message with it.
  await page.route("**/form-flash.data*", async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const response = await route.fetch();
    const question = page.waitForResponse((other) => other.request().method() === "HEAD");
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await question;
    await page.evaluate(() => new Promise(requestAnimationFrame));
    // The page may have aborted it by then.
    await route.fulfill({ response }).catch(() => undefined);
  });
  await send(page).click();
  await expect(messages(page)).toContainText(MESSAGE);
});

test("the menu's link to the page itself leaves alone what was typed", async ({ page, visit, andWait }) => {
  await visit("/form-flash");
  await fillIn(page);
  await andWait(() => menu(page).getByRole("link", { name: "Form" }).click());
  for (const [name, value] of Object.entries(contact)) await expect(page.locator(`[name=${name}]`)).toHaveValue(value);
});
