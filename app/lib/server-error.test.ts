import { afterEach, expect, test, vi } from "vitest";
import { serverError } from "./server-error";
import { ConfigError, getConfig } from "./session";

const logged = vi.spyOn(console, "error").mockImplementation(() => {});
afterEach(() => logged.mockClear());

function badSecret(): unknown {
  try {
    return getConfig({ request: new Request("https://example.com/"), env: { SESSION_SECRET: "short" } });
  } catch (error) {
    return error;
  }
}

test("in development, a bad secret is a page that says what to do", async () => {
  const response = serverError(badSecret(), { isDevelopment: true, nonce: "n" });
  expect(response.status).toBe(500);
  expect(await response.text()).toMatch(/The app is not configured[\s\S]*SESSION_SECRET has 5 characters; at least 32/);
});

test("in production, a bad secret is a plain 500, and the log says what is wrong", async () => {
  const response = serverError(badSecret(), { isDevelopment: false, nonce: "n" });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toMatch(/SECRET|config/i);
  expect(logged).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/^Configuration: SESSION_SECRET has 5 characters/),
  );
});

test("4.5 in production, an error is a page without its details, and the log has all of them", async () => {
  const error = new Error("D1_ERROR: no such table <secrets>");
  expect(await serverError(error, { isDevelopment: false, nonce: "n" }).text()).not.toContain("D1_ERROR");
  expect(logged).toHaveBeenCalledExactlyOnceWith(error);
  expect(await serverError(error, { isDevelopment: true, nonce: "n" }).text()).toContain(
    "D1_ERROR: no such table &#60;secrets&#62;",
  );
});

test("the page has a way on", async () => {
  const html = await serverError(new Error("x"), { isDevelopment: false, nonce: "n" }).text();
  expect(html).toContain('<a href="">Try again</a>');
  expect(html).toContain('<a href="/">go to the home page</a>');
});

test("the page is `no-store`", () => {
  expect(serverError(new ConfigError("x"), { isDevelopment: false, nonce: "n" }).headers.get("Cache-Control")).toBe(
    "no-store",
  );
});
