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

test("a bad secret is one clear page in development", async () => {
  const response = serverError(badSecret(), { isDevelopment: true, nonce: "n" });
  expect(response.status).toBe(500);
  expect(await response.text()).toMatch(/The app is not configured[\s\S]*SESSION_SECRET has 5 characters; at least 32/);
});

test("a bad secret is a plain 500 in production, and a clear line in the log", async () => {
  const response = serverError(badSecret(), { isDevelopment: false, nonce: "n" });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toMatch(/SECRET|config/i);
  expect(logged).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/^Configuration: SESSION_SECRET has 5 characters/),
  );
});

test("4.5 an error is a page without its internals in production, and whole in the log", async () => {
  const error = new Error("D1_ERROR: no such table <secrets>");
  expect(await serverError(error, { isDevelopment: false, nonce: "n" }).text()).not.toContain("D1_ERROR");
  expect(logged).toHaveBeenCalledExactlyOnceWith(error);
  expect(await serverError(error, { isDevelopment: true, nonce: "n" }).text()).toContain(
    "D1_ERROR: no such table &#60;secrets&#62;",
  );
});

test("there is a way on", async () => {
  const html = await serverError(new Error("x"), { isDevelopment: false, nonce: "n" }).text();
  expect(html).toContain('<a href="">Try again</a>');
  expect(html).toContain('<a href="/">go to the home page</a>');
});

test("every one of these pages is stored nowhere", () => {
  expect(serverError(new ConfigError("x"), { isDevelopment: false, nonce: "n" }).headers.get("Cache-Control")).toBe(
    "no-store",
  );
});
