import { type AppLoadContext, createSession } from "@remix-run/cloudflare";
import { expect, test } from "vitest";
import { createSession as createOwnSession, SuperflareSession } from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import { requireUser, requireUserToSend, takeReturnTo } from "./return-to";

const origin = "https://example.com";
const document = { "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", Accept: "text/html" };

const unavailable = { status: 503, headers: { "Retry-After": "10" } };

const newContext = (data: Partial<SessionData> = {}) =>
  ({
    session: new SuperflareSession(createSession<SessionData, SessionFlashData>(data as SessionData, "id")),
    requestedUrl: "",
  }) as AppLoadContext;

/** An anonymous visitor asks for a page that needs sign-in. Resolves to where that leads. */
function ask(
  context: AppLoadContext,
  path: string,
  { headers = document as object, method = "GET", sent = path } = {},
) {
  context.requestedUrl = origin + sent;
  try {
    requireUser({
      request: new Request(origin + path, { headers: headers as Record<string, string>, method }),
      context,
    });
    return undefined;
  } catch (thrown) {
    return (thrown as Response).headers.get("Location");
  }
}

const signIn = (context: AppLoadContext, address: string | null | undefined) =>
  takeReturnTo({ request: new Request(origin + address, { method: "POST" }), context });

test("sign-in leads back to the very address, once", () => {
  const context = newContext();
  const address = ask(context, "/account/note?of=a%20b&x=%2F%2Fevil.example&x");
  expect(address).toMatch(/^\/account\?return=\w+$/);
  expect(signIn(context, address)).toBe("/account/note?of=a%20b&x=%2F%2Fevil.example&x");
  expect(signIn(context, address)).toBe("/account");
  expect(context.session.has("returnTo")).toBe(false);
});

test("the address stays as it was written, also in a client-side navigation", () => {
  for (const [sent, to] of [
    ["/account/note.data?a=b%20c+d", "/account/note?a=b%20c+d"],
    ["/_root.data?a", "/?a"],
  ] as const) {
    const context = newContext();
    expect(
      signIn(context, ask(context, "/given/by/remix?a=b+c+d", { sent, headers: { "Sec-Fetch-Dest": "empty" } })),
    ).toBe(to);
  }
});

test("the mark of the cookie's test does not belong to the address", () => {
  const context = newContext();
  expect(signIn(context, ask(context, "/account/note?cookie=sent&a=1"))).toBe("/account/note?a=1");
});

test("whoever is signed in is let in, and asked for nothing", () => {
  const context = newContext({ user: "Ada" });
  expect(ask(context, "/account/note")).toBeUndefined();
  expect(context.session.isDirty()).toBe(false);
});

test("a sign-in in another tab does not lead there, and forgets it", () => {
  const context = newContext();
  const address = ask(context, "/account/note");
  expect(signIn(context, "/account")).toBe("/account");
  expect(signIn(context, address)).toBe("/account");
});

test("of two tabs, the one that asked last is led back, and the other to nowhere else", () => {
  const context = newContext();
  const [first, second] = [ask(context, "/account/note?tab=1"), ask(context, "/account/note?tab=2")];
  expect(signIn(context, first)).toBe("/account");
  ask(context, "/account/note?tab=1");
  expect(second).not.toBe(first);
});

test("it is forgotten after ten minutes", () => {
  for (const [age, to] of [
    [599, "/account/note"],
    [600, "/account"],
  ] as const) {
    const context = newContext();
    const at = Math.floor(Date.now() / 1000) - age;
    context.session.set("returnTo", { mark: "abc", to: "/account/note", at });
    expect(signIn(context, "/account?return=abc")).toBe(to);
  }
});

test.each([
  ["a prefetch", { headers: { ...document, "Sec-Purpose": "prefetch" } }],
  ["a prerender", { headers: { ...document, "Sec-Purpose": "prefetch;prerender" } }],
  ["an older browser's prefetch", { headers: { ...document, Purpose: "prefetch" } }],
  ["a prefetch of the router's", { sent: "/account/note.data", headers: { "Sec-Purpose": "prefetch" } }],
  ["a fetcher", { sent: "/account/note.data?_routes=routes%2Faccount_.note", headers: { "Sec-Fetch-Dest": "empty" } }],
  ["an image of another site", { headers: { "Sec-Fetch-Dest": "image" } }],
  ["a frame", { headers: { "Sec-Fetch-Dest": "iframe", Accept: "text/html" } }],
  [
    "a fetch of another site's script",
    { sent: "/account/note.data", headers: { "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "cross-site" } },
  ],
  [
    "one of another host of this site",
    { sent: "/account/note.data", headers: { "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-site" } },
  ],
  ["a script's fetch", { headers: { "Sec-Fetch-Dest": "empty", Accept: "*/*" } }],
  ["HEAD", { method: "HEAD" }],
])("it is not taken from %s", (_, options) => {
  const context = newContext();
  const before = ask(context, "/account/note?mine");
  expect(ask(context, "/account/note?other", options)).toBe("/account");
  expect(signIn(context, before)).toBe("/account/note?mine");
});

test("it is taken from a client-side navigation, and from an old browser's visit", () => {
  for (const options of [
    { sent: "/account/note.data?a", headers: { "Sec-Fetch-Dest": "empty" } },
    { headers: { Accept: "text/html,*/*" } },
  ]) {
    const context = newContext();
    expect(signIn(context, ask(context, "/account/note?a", options))).toBe("/account/note?a");
  }
});

test.each([
  ["two slashes", "//evil.example/"],
  ["a backslash", "/\\evil.example/"],
  ["a dot segment before two slashes", "/.//evil.example/"],
  ["the same, encoded", "/%2e//evil.example/"],
  ["credentials", "//user@evil.example/"],
  ["more than fits", `/account/note?${"a".repeat(1000)}`],
])("7.2 an address with %s leads nowhere else", (_, path) => {
  const context = newContext();
  const address = ask(context, path);
  expect(address).toBe("/account");
  expect(signIn(context, address)).toBe("/account");
});

test.each([
  "//evil.example",
  "/\\evil.example",
  "https://evil.example",
  "https://example.com@evil.example/",
  "/\t/evil.example",
  "/\u0000",
  "javascript:alert(1)",
  "",
])("7.2 nor does %j, if it has come into the session in any way", (to) => {
  const context = newContext();
  context.session.set("returnTo", { mark: "abc", to, at: Math.floor(Date.now() / 1000) });
  expect(signIn(context, "/account?return=abc")).toBe("/account");
});

test("a form that needs sign-in is refused with what was typed, and its page may be drawn for nobody", () => {
  const context = newContext();
  context.submitted = { note: "Buy milk" };
  expect(requireUserToSend(context)).toMatchObject({
    data: { values: { note: "Buy milk" }, errors: { "sign-in": expect.stringContaining("Sign in") } },
    init: { status: 403 },
  });
  expect(ask(context, "/account/note")).toBeUndefined();
  expect(requireUserToSend(newContext({ user: "Ada" }))).toBeUndefined();
});

test("4.6 nobody is told to sign in because the store does not answer: the page is a 503, and a form keeps what was typed", () => {
  const context = newContext();
  context.session = new SuperflareSession<SessionData, SessionFlashData>(
    createOwnSession({}, "id", { unread: "unread" }),
  );
  context.requestedUrl = `${origin}/account/note`;
  const request = new Request(context.requestedUrl, { headers: document });
  expect(() => requireUser({ request, context })).toThrow(expect.objectContaining({ init: unavailable }));
  context.submitted = { note: "Buy milk" };
  expect(requireUserToSend(context)).toMatchObject({
    data: { values: { note: "Buy milk" }, errors: { "": expect.stringContaining("not responding") } },
    init: { status: 503 },
  });
  expect(requireUser({ request, context })).toBeUndefined();
});

test("6.1 a form with an id that was replaced a moment ago is told that, and not that the store is down", () => {
  const context = newContext();
  context.session = new SuperflareSession<SessionData, SessionFlashData>(
    createOwnSession({}, "id", { unread: "moved" }),
  );
  context.submitted = { note: "Buy milk" };
  expect(requireUserToSend(context)).toMatchObject({
    data: { values: { note: "Buy milk" }, errors: { "": expect.stringContaining("new id a moment ago") } },
    init: { status: 409 },
  });
});
