import { expect, test } from "vitest";
import { withoutDoubleSlash } from "./double-slash";

const answerTo = (path: string) => withoutDoubleSlash(new Request(`https://app.example${path}`));

test.each([
  ["//evil.example/login?cookie=sent", "/evil.example/login?cookie=sent"],
  ["///evil.example", "/evil.example"],
  ["/\\evil.example", "/evil.example"],
  ["/\\/\\evil.example/", "/evil.example/"],
  ["/.//evil.example", "/evil.example"],
  ["/a/..//evil.example", "/evil.example"],
  ["/%2e//evil.example", "/evil.example"],
  ["//", "/"],
  ["//?a=//b", "/?a=//b"],
  ["//%2F/evil.example", "/%2F/evil.example"],
])("7.2 %s leads to %s, on this site", (path, location) => {
  const response = answerTo(path);
  expect([response?.status, response?.headers.get("Location")]).toEqual([308, location]);
});

test.each(["/", "/account", "/a//b", "/?a=//b", "/%2F/evil.example", "/%5Cevil.example"])("%s is served", (path) => {
  expect(answerTo(path)).toBeUndefined();
});
