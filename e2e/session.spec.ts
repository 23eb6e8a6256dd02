/** The fixtures: what they write is what the app reads, and the other way round. Run with each store. */
import { expect, messages, test } from "./fixtures";
import { post } from "./http";

test("a value that is set is drawn, and one that the app has set is read", async ({ page, session, visit }) => {
  expect(await session.get("theme")).toBeUndefined();
  await session.set("theme", "dark");
  await visit("/");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await post(page.request, "/theme-toggle", { theme: "light" });
  expect(await session.get("theme")).toBe("light");
});

test("a flash is shown by the next page, once; looking at it does not use it up", async ({
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

test("3.3 what the browser prefetches leaves the flash for the page", async ({
  page,
  session,
  visit,
  prefetch,
  expectFlashOnce,
}) => {
  await visit("/");
  await session.flash("success", "Your bag is packed");
  expect((await prefetch("/form-flash")).status()).toBe(200);
  expect(await session.get("success")).toBe("Your bag is packed");
  await expect(messages(page)).toHaveCount(0);
  await visit("/account");
  await expectFlashOnce("Your bag is packed");
});

test("a session that is cleared is gone, from the browser and from the store", async ({
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
