/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Requests from other origins are refused (chapter 7). */
import { beforeAll, expect, test, vi } from "vitest";
import { createSessionStorage, getConfig, handleFetch, SuperflareSession } from "~/lib/session";
import { isCrossOrigin, withoutOriginHeader } from "~/lib/session/origin";
import { createVisitor, migrate, open, page, request, SECRET } from "./harness";

beforeAll(migrate);

const ask = (method: string, headers: HeadersInit) =>
  isCrossOrigin(new Request("https://app.example.com/theme-toggle", { method, headers }));

test.each(["/theme-toggle", "/theme-toggle.data", "/theme-toggle?_data=routes%2Ftheme-toggle", "/api/resource"])(
  "7.1 a POST to %s from another origin is answered 403 before the app runs",
  async (path) => {
    const { visit, events, commits } = createVisitor();
    const app = vi.fn(() => page());
    const others: HeadersInit[] = [
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { Origin: "https://evil.example" },
    ];
    for (const headers of others) {
      const response = await visit(app, path, { method: "POST", headers });
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining("another site")]);
    }
    expect([app.mock.calls.length, commits.count, events]).toEqual([
      0,
      0,
      ["cross-origin", "cross-origin", "cross-origin"],
    ]);
  },
);

test("7.1 a WebSocket from another origin is refused as well", async () => {
  const { visit } = createVisitor();
  const app = vi.fn(() => page());
  const upgrade = (origin: string, name = "websocket") =>
    visit(app, "/live", { headers: { Upgrade: name, Origin: origin } });
  expect((await upgrade("https://blog.example.com")).status).toBe(403);
  expect((await upgrade("https://blog.example.com", "WebSocket")).status).toBe(403);
  expect(app).not.toHaveBeenCalled();
  expect((await upgrade("https://example.com")).status).toBe(200);
});

test("7.1 4.9 the body of a refused request is not read", async () => {
  const { visit } = createVisitor();
  const pull = vi.fn((controller: ReadableStreamDefaultController) => controller.enqueue(new Uint8Array(1 << 20)));
  const body = new ReadableStream({ pull }, { highWaterMark: 0 });
  const init = { method: "POST", body, headers: { "Sec-Fetch-Site": "cross-site" } };
  expect((await visit(() => page(), "/", init)).status).toBe(403);
  expect(pull).not.toHaveBeenCalled();
});

test("7.1 an app can allow a request that is meant to come from elsewhere", async () => {
  const headers = { "Sec-Fetch-Site": "cross-site" };
  const answers = await Promise.all(
    ["/auth/apple", "/theme"].map(async (path) => {
      const request = new Request(`https://example.com${path}`, { method: "POST", headers });
      const config = { ...getConfig({ request, env: { SESSION_SECRET: SECRET } }), log: () => {} };
      const storage = createSessionStorage(config);
      const session = new SuperflareSession(await storage.getSession(null));
      const getSessionCookie = () => storage.commitSession(session.getSession());
      const allowCrossOrigin = ({ url }: Request) => new URL(url).pathname === "/auth/apple";
      return (await handleFetch({ config, session, getSessionCookie, allowCrossOrigin }, () => page())).status;
    }),
  );
  expect(answers).toEqual([200, 403]);
});

test.each([
  ["patch", {}],
  ["PUT", {}],
  ["PROPFIND", {}],
  ["post", { "Sec-Fetch-Site": "Same-Origin" }],
  ["post", { "Sec-Fetch-Site": "same-origin, cross-site" }],
  ["DELETE", { Origin: "null" }],
  ["DELETE", { Origin: "http://example.com" }],
  ["DELETE", { Origin: "https://example.com:8443" }],
])("7.1 %s with %o is refused from another origin", async (method, headers) => {
  const store = open("cookie");
  const all = Object.keys(headers).length > 0 ? headers : { Origin: "https://evil.example" };
  const { response } = await request(store, "", () => page(), { method, init: { headers: all as HeadersInit } });
  expect(response.status).toBe(403);
});

for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
  test.each<[boolean, HeadersInit]>([
    [false, { "Sec-Fetch-Site": "same-origin", Origin: "https://app.example.com" }],
    [false, { "Sec-Fetch-Site": "same-origin", Origin: "null" }],
    [false, { "Sec-Fetch-Site": "none" }],
    [true, { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" }],
    [true, { "Sec-Fetch-Site": "cross-site", Origin: "https://app.example.com" }],
    [true, { "Sec-Fetch-Site": "same-site", Origin: "https://blog.example.com" }],
    [true, { "Sec-Fetch-Site": "something-new" }],
    [false, { Origin: "https://app.example.com" }],
    [true, { Origin: "https://evil.example" }],
    [true, { Origin: "http://app.example.com" }],
    [true, { Origin: "https://app.example.com:8443" }],
    [true, { Origin: "https://app.example.com.evil.example" }],
    [true, { Origin: "null" }],
    [true, { Origin: "" }],
    [true, { Origin: "https://evil.example", "X-Forwarded-Host": "evil.example", Forwarded: "host=evil.example" }],
    [false, { Origin: "https://app.example.com", "X-Forwarded-Host": "evil.example" }],
    [false, {}],
  ])(`7.1 ${method}: refused is %o for %o`, (isRefused, headers) => {
    expect(ask(method, headers)).toBe(isRefused);
  });
}

test("7.1 a safe method is allowed from anywhere: a link in an email must work", () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    expect(ask(method, { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" })).toBe(false);
  }
});

test("7.1 the framework gets the request without its Origin header, since handleFetch has checked it", async () => {
  const request = new Request("https://example.com/", {
    method: "POST",
    body: "theme=dark",
    headers: { Origin: "null", Cookie: "a=1" },
  });
  const checked = withoutOriginHeader(request);
  expect([checked.headers.get("Origin"), checked.headers.get("Cookie"), await checked.text()]).toEqual([
    null,
    "a=1",
    "theme=dark",
  ]);
  const safe = new Request("https://example.com/", { headers: { Origin: "https://evil.example" } });
  expect(withoutOriginHeader(safe)).toBe(safe);
});
