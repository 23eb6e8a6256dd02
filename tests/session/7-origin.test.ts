/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Requests from other origins are refused (chapter 7). */
import { beforeAll, expect, test, vi } from "vitest";
import { getConfig, handleFetch, SuperflareSession } from "~/lib/session";
import { isCrossOrigin, withoutOriginHeader } from "~/lib/session/origin";
import { createSessionStorage } from "~/lib/session/stores";
import {
  type AnySession,
  createVisitor,
  dataOf,
  migrate,
  open,
  page,
  redirect,
  request,
  SECRET,
  stored,
} from "./harness";

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

test("4.9 a body that the app leaves unread can be drained afterwards, also by wrangler's own middleware", async () => {
  const request = new Request("https://example.com/", { method: "POST", body: "theme=dark" });
  withoutOriginHeader(request);
  expect([request.bodyUsed, await request.text()]).toEqual([false, "theme=dark"]);
});

test("7.3 an https page of the same host is ours, though the request is http: a proxy has ended TLS", () => {
  const from = (origin: string, url: string, headers: HeadersInit = {}) =>
    isCrossOrigin(new Request(url, { method: "POST", headers: { ...headers, Origin: origin } }));
  expect(from("https://example.com", "http://example.com/")).toBe(false);
  expect(from("https://example.com:8443", "http://example.com:8443/")).toBe(false);
  for (const [origin, url] of [
    ["http://example.com", "https://example.com/"],
    ["https://example.com:8443", "http://example.com/"],
    ["https://example.com", "http://example.com:8080/"],
    ["https://www.example.com", "http://example.com/"],
    ["https://example.com.evil.example", "http://example.com/"],
    ["null", "http://example.com/"],
  ] as const)
    expect(from(origin, url), `${origin} ${url}`).toBe(true);
  // Chromium sends no Sec-Fetch-Site with a WebSocket.
  const socket = { headers: { Upgrade: "websocket", Origin: "https://example.com" } };
  expect(isCrossOrigin(new Request("http://example.com/live", socket))).toBe(false);
});

test("7.3 only the framework's own check misses the Origin header: the app sees it", async () => {
  const headers = { Origin: "https://pay.example", "X-A": "1" };
  const given = withoutOriginHeader(new Request("https://example.com/", { method: "POST", headers, body: "a=b" }));
  expect([given.headers.get("Origin"), given.headers.get("origin"), given.headers.get("X-A")]).toEqual([
    null,
    null,
    "1",
  ]);
  // Remix and React Router give loaders and actions a copy.
  for (const copy of [new Request(given.url, { method: "POST", headers: given.headers }), new Request(given)])
    expect(copy.headers.get("Origin")).toBe("https://pay.example");
});

test("7.3 an allowed request that brings the visitor's cookie can sign in, even if its session is gone", async () => {
  const store = open("d1");
  const cookie = await stored(store, { theme: "dark" });
  await request(store, cookie, (session) => session.destroy());
  const init = { headers: { "Sec-Fetch-Site": "cross-site" } };
  const signedIn = await request(store, cookie, (session) => session.set("user", "ada"), {
    init,
    allowCrossOrigin: () => true,
  });
  expect(await dataOf(store, signedIn.cookie)).toEqual({ user: "ada" });
});

test("7.1 P1 a request of another site that brings no cookie cannot replace the visitor's session", async () => {
  const store = open("cookie");
  const init = { headers: { "Sec-Fetch-Site": "cross-site" } };
  const options = { init, allowCrossOrigin: () => true };
  for (const write of [
    (session: AnySession) => session.set("user", "ada"),
    (session: AnySession) => session.flash("success", "Paid"),
    (session: AnySession) => session.unset("user"),
    (session: AnySession) => session.regenerate(),
    (session: AnySession) => session.destroy(),
    (session: AnySession) => session.getSession().set("user", "ada"),
  ]) {
    let thrown: unknown;
    const { lines, status } = await request(
      store,
      "",
      (session) => {
        try {
          write(session);
        } catch (error) {
          thrown = error;
        }
        return redirect("/paid");
      },
      options,
    );
    expect([status, lines, thrown]).toEqual([303, [], expect.objectContaining({ code: "cross-site" })]);
  }
  const socket = { ...options, method: "GET", init: { headers: { ...init.headers, Upgrade: "websocket" } } };
  const upgrade = request(store, "", (session) => session.set("user", "mallory"), socket);
  await expect(upgrade).rejects.toMatchObject({ code: "cross-site" });
  // Some browsers send a cookie that is a minute old. A session that can be seen can be changed.
  const cookie = await stored(store, { user: "ada" });
  const seen = await request(store, cookie, (session) => session.set("paid", true), options);
  expect(await dataOf(store, seen.cookie)).toEqual({ user: "ada", paid: true });
});
