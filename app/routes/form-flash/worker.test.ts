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

test("4.6 a form whose message could not be stored is accepted, without claiming that there is one", async () => {
  const response = await visit("/form-flash", post(contact), down);
  expect([response.status, response.headers.getSetCookie()]).toEqual([303, []]);
});
