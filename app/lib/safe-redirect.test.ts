import { expect, test } from "vitest";
import { safeRedirect } from "./safe-redirect";

test.each([
  "/",
  "/theme-toggle",
  "/a/b?c=d&e=%20f#g",
  "/a//b",
  "/?redirectTo=https://evil.example",
  "/%5cevil.example",
])("7.2 follows %j, a path of this origin", (path) => {
  expect(safeRedirect(path, "/fallback")).toBe(path);
});

test.each([
  ["another origin", "https://evil.example"],
  ["another origin without a scheme", "//evil.example"],
  ["three slashes, which browsers read as two", "///evil.example"],
  ["a backslash, which browsers read as a slash", "/\\evil.example"],
  ["a backslash further on", "/a\\..\\\\evil.example"],
  ["two backslashes", "\\\\evil.example"],
  ["a dot segment that collapses to two slashes", "/.//evil.example"],
  ["the same, climbing", "/a/..//evil.example"],
  ["the same, encoded", "/%2e//evil.example"],
  ["a tab, which browsers drop", "/\t/evil.example"],
  ["a newline, which browsers drop", "/\n/evil.example"],
  ["a line break that would end the header", "/a\r\nSet-Cookie: b=c"],
  ["a null character", "/\u0000"],
  ["a leading space", " /theme-toggle"],
  ["a script", "javascript:alert(1)"],
  ["credentials that look like a path", "@evil.example"],
  ["a relative path", "theme-toggle"],
  ["an empty string", ""],
  ["a path that is too long for a header", `/${"a".repeat(2_000)}`],
  ["a path that is too long once it is encoded", `/${"日".repeat(300)}`],
])("7.2 refuses %s", (_, path) => {
  expect(safeRedirect(path, "/fallback")).toBe("/fallback");
});

test.each([undefined, null, 1, {}, ["/theme-toggle"]])("7.2 refuses %j, which is not a string", (value) => {
  expect(safeRedirect(value, "/fallback")).toBe("/fallback");
});

test("returns a path that is a valid header value, in any alphabet", () => {
  expect(safeRedirect("/tëst/日本")).toBe("/t%C3%ABst/%E6%97%A5%E6%9C%AC");
});

test("without a fallback it sends the visitor home", () => {
  expect(safeRedirect("//evil.example")).toBe("/");
});
