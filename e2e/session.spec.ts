/** The fixtures write what the app reads, and read what the app writes, with each store. */
import { expect, messages, test } from "./fixtures";
import { post } from "./http";

test("the app shows a value that the test has set, and the test reads one that the app has set", {
  tag: "@each-store",
}, async ({ page, session, visit }) => {
  expect(await session.get("theme")).toBeUndefined();
  await session.set("theme", "dark");
  await visit("/");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await post(page.request, "/theme-toggle", { theme: "light" });
  expect(await session.get("theme")).toBe("light");
});

test("the next page shows a flash once; reading it in the test does not use it up", { tag: "@each-store" }, async ({
  session,
  visit,
  expectFlashOnce,
}) => {
  await session.flash("success", "Your bag is packed");
  expect(await session.get("success")).toBe("Your bag is packed");
  await visit("/");
  await expectFlashOnce("Your bag is packed");
  expect(await session.get("success")).toBeUndefined();
});

test("3.3 a prefetch leaves the flash for the page", { tag: "@each-store" }, async ({
  page,
  session,
  visit,
  prefetch,
  expectFlashOnce,
}) => {
  await visit("/");
  await session.flash("success", "Your bag is packed");
  expect((await prefetch("/")).status()).toBe(200);
  expect(await session.get("success")).toBe("Your bag is packed");
  await expect(messages(page)).toHaveCount(0);
  await visit("/");
  await expectFlashOnce("Your bag is packed");
});

test("a cleared session is gone from the browser and from the store", { tag: "@each-store" }, async ({
  page,
  context,
  session,
  store,
  visit,
}) => {
  await session.set("user", "Ada");
  const [cookie] = await context.cookies();
  await visit("/account");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Signed in as Ada");
  await session.clear();
  expect(await context.cookies()).toEqual([]);

  if (store !== "cookie" && cookie) await context.addCookies([cookie]);
  await visit("/account");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
});
