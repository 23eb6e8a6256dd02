import { expect, test } from "vitest";
import { expectingCookie, withoutMark } from "./cookie-check";

test.each([
  ["/", "/?cookie=sent"],
  ["/form-flash?q=a%20b&q", "/form-flash?q=a%20b&q&cookie=sent"],
  ["/account#main", "/account?cookie=sent#main"],
  ["/account?cookie=chocolate#main", "/account?cookie=chocolate&cookie=sent#main"],
])("%s is marked as %s, and the mark can be taken off again", (path, marked) => {
  expect(expectingCookie(path)).toBe(marked);
  expect(expectingCookie(marked)).toBe(marked);
  expect(withoutMark(marked)).toBe(path);
  expect(withoutMark(path)).toBe(path);
});

test("a mark is taken from any place in the query", () => {
  expect(withoutMark("/?cookie=tested&q=a%20b#main")).toBe("/?q=a%20b#main");
  expect(withoutMark("/?a=1&cookie=tested&q=a%20b")).toBe("/?a=1&q=a%20b");
});
