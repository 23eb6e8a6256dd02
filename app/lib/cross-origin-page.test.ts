import { expect, test } from "vitest";
import { crossOriginPage } from "./cross-origin-page";

const post = (path: string, accept?: string) => {
  const headers: HeadersInit = accept ? { Accept: accept } : {};
  return new Request(`https://example.com${path}`, { method: "POST", headers });
};

test("7.1 a person reads what happened, with a link to the page, in their system's colours", async () => {
  const page = crossOriginPage(post("/theme-toggle", "text/html,*/*"), "the-nonce");
  const response = page?.() as Response;
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([403, "no-store"]);
  const html = await response.text();
  expect(html).toContain("<h1>This request was refused</h1>");
  expect(html).toContain('<a href="">Open the page</a>');
  expect(html).toContain('<style nonce="the-nonce">');
  expect(html).toContain("light-dark(");
});

test.each([
  ["a script that accepts anything", "/theme-toggle", "*/*"],
  ["a client that accepts nothing in particular", "/theme-toggle", undefined],
  ["Remix's own script", "/theme-toggle.data", "text/html"],
])("7.1 %s gets no page", (_, path, accept) => {
  expect(crossOriginPage(post(path, accept), "n")).toBeUndefined();
});
