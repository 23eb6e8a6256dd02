import { expect, test } from "vitest";
import { getConfig } from "~/lib/session";
import { crossOriginPage } from "./cross-origin-page";

const pageFor = (path: string, accept?: string) => {
  const headers: HeadersInit = accept ? { Accept: accept } : {};
  const request = new Request(`https://example.com${path}`, { method: "POST", headers });
  const env = { SESSION_SECRET: "a secret of more than 32 characters" };
  return crossOriginPage({ config: getConfig({ request, env }), nonce: "the-nonce" });
};

test("7.1 a person reads what happened, with a link to the page, in their system's colours", async () => {
  const page = pageFor("/theme-toggle", "text/html,*/*");
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
  expect(pageFor(path, accept)).toBeUndefined();
});
