/** The theme in the production build. */
import { beforeEach, expect, test, vi } from "vitest";
import { down, post, visit } from "../../../tests/built-worker";

beforeEach(() => {
  for (const level of ["error", "warn", "log"] as const) vi.spyOn(console, level).mockReturnValue();
});

test("5.4 the redirect after a choice is no-store, as a document and as data", async () => {
  for (const url of ["/theme-toggle", "/theme-toggle.data"]) {
    expect((await visit(url, post({ theme: "dark" }))).headers.get("Cache-Control")).toBe("no-store");
  }
});

test("4.6 a theme that was not saved is said to be so, and is not shown", async () => {
  const response = await visit("/theme-toggle", post({ theme: "dark" }), down);
  const body = await response.text();
  expect([response.status, body.includes("was not saved")]).toEqual([503, true]);
  expect(body).not.toMatch(/<html[^>]* data-theme/);
});
