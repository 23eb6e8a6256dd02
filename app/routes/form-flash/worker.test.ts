/** The form in the production build. */
import { beforeEach, expect, test, vi } from "vitest";
import { down, post, visit } from "../../../tests/built-worker";

beforeEach(() => {
  for (const level of ["error", "warn", "log"] as const) vi.spyOn(console, level).mockReturnValue();
});

const contact = { name: "Ada", email: "ada@example.com", message: "Hello" };

test("5.4 a refused form is private", async () => {
  const refused = await visit("/form-flash", post({ name: "" }));
  expect([refused.status, refused.headers.get("Cache-Control")]).toEqual([422, "private"]);
});

test("a form that is too large is answered 413, with the page of the site that says so", async () => {
  const large = { ...contact, message: "a".repeat(100_000) };
  const page = await visit("/form-flash", post(large, { Accept: "text/html" }));
  expect([page.status, await page.text()]).toEqual([
    413,
    expect.stringMatching(/<header[\s\S]*>That was too much to send<\/h1>/),
  ]);
  const data = await visit("/form-flash.data", post(large));
  expect([data.status, data.headers.get("Content-Type")]).toEqual([413, expect.stringContaining("text/x-script")]);
});

test("a message that is longer than allowed, but not too large, comes back with the error", async () => {
  const message = "é".repeat(10_000);
  const page = await visit("/form-flash", post({ ...contact, message }, { Accept: "text/html" }));
  expect([page.status, await page.text()]).toEqual([422, expect.stringContaining(`>${message}</textarea>`)]);
});

test("4.6 a form whose message could not be stored is accepted, without claiming that there is one", async () => {
  const response = await visit("/form-flash", post(contact), down);
  expect([response.status, response.headers.getSetCookie()]).toEqual([303, []]);
});
