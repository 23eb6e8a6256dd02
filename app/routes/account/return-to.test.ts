import { type AppLoadContext, createSession as createRemixSession } from "@remix-run/cloudflare";
import { expect, test } from "vitest";
import { createSession, SuperflareSession } from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import { requireUser, requireUserToSend, takeReturnPath } from "./return-to";

const origin = "https://example.com";

function contextOf(data: Partial<SessionData> = {}, unread?: "unavailable" | "replaced") {
  const session = unread
    ? createSession<SessionData, SessionFlashData>({}, "id", { unread })
    : createRemixSession<SessionData, SessionFlashData>(data as SessionData, "id");
  return { session: new SuperflareSession(session), submitted: undefined } as Pick<
    AppLoadContext,
    "session" | "submitted"
  >;
}
type Context = ReturnType<typeof contextOf>;

type Sent = { sent?: string; method?: string; headers?: HeadersInit };

/** An anonymous visitor asks for a page that needs sign-in. Returns where that leads. */
function ask(
  context: Context,
  path: string,
  { sent = path, method = "GET", headers = { Accept: "text/html" } }: Sent = {},
) {
  // Remix gives a loader the page's URL, and the load context has what the browser has sent.
  const config = { request: new Request(origin + sent, { method, headers }) } as AppLoadContext["config"];
  try {
    return requireUser({ request: new Request(origin + path), context: { ...context, config } });
  } catch (thrown) {
    return thrown instanceof Response ? thrown.headers.get("Location") : thrown;
  }
}

test("sign-in leads back to the page that was asked for, once", () => {
  const { session } = contextOf();
  expect(ask({ session }, "/account/note?of=a+b&x=%2F%2Fevil.example")).toBe("/account");
  expect(takeReturnPath(session)).toBe("/account/note?of=a+b&x=%2F%2Fevil.example");
  expect(takeReturnPath(session)).toBe("/account");
});

test("a signed-in visitor is let in, and nothing is stored", () => {
  const context = contextOf({ user: "Ada" });
  expect(ask(context, "/account/note")).toBe("Ada");
  expect(context.session.isDirty()).toBe(false);
});

test("the path is forgotten after ten minutes", () => {
  for (const [age, path] of [
    [599, "/account/note"],
    [600, "/account"],
  ] as const) {
    const at = Math.floor(Date.now() / 1000) - age;
    expect(takeReturnPath(contextOf({ returnTo: { path: "/account/note", at } }).session)).toBe(path);
  }
});

test.each([
  ["a document", { headers: { "Sec-Fetch-Dest": "document" } }],
  ["a client-side navigation", { sent: "/account/note.data?_routes=x", headers: { "Sec-Fetch-Dest": "empty" } }],
  ["a visit by an old browser", {}],
])("the path is kept of %s", (_, options) => {
  const { session } = contextOf();
  ask({ session }, "/account/note", options);
  expect(takeReturnPath(session)).toBe("/account/note");
});

test.each([
  ["a prefetch", { headers: { "Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch;prerender" } }],
  ["a prefetch by an old browser", { headers: { Accept: "text/html", Purpose: "prefetch" } }],
  ["a prefetch by the router", { sent: "/account/note.data", headers: { "Sec-Purpose": "prefetch" } }],
  ["a program that asks for no page", { headers: {} }],
  ["an image", { headers: { "Sec-Fetch-Dest": "image" } }],
  ["a frame", { headers: { "Sec-Fetch-Dest": "iframe" } }],
  ["a script's fetch", { headers: { "Sec-Fetch-Dest": "empty" } }],
  ["HEAD", { method: "HEAD" }],
])("%s does not replace the path of a visit", (_, options) => {
  const { session } = contextOf();
  ask({ session }, "/account/note?mine");
  expect(ask({ session }, "/account/note?other", options)).toBe("/account");
  expect(takeReturnPath(session)).toBe("/account/note?mine");
});

test.each([
  ["two slashes", "//evil.example/"],
  ["a backslash", "/\\evil.example/"],
  ["a dot segment before two slashes", "/.//evil.example/"],
  ["the same, encoded", "/%2e//evil.example/"],
  ["credentials", "//user@evil.example/"],
  ["more than the cookie store can hold", `/account/note?${"a".repeat(1000)}`],
])("7.2 a request for a path with %s leads to the account", (_, path) => {
  const { session } = contextOf();
  expect(ask({ session }, path)).toBe("/account");
  expect(takeReturnPath(session)).toBe("/account");
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
])("7.2 so does %j, however it got into the session", (path) => {
  const at = Math.floor(Date.now() / 1000);
  expect(takeReturnPath(contextOf({ returnTo: { path, at } }).session)).toBe("/account");
});

test("a form that needs sign-in is refused with what was typed, and its page is drawn without a user", () => {
  const context = { ...contextOf(), submitted: { note: "Buy milk" } };
  expect(requireUserToSend(context)).toMatchObject({
    data: { values: { note: "Buy milk" }, errors: { "sign-in": expect.stringContaining("You need to sign in") } },
    init: { status: 403 },
  });
  expect(ask(context, "/account/note")).toBeUndefined();
});

test.each(["unavailable", "replaced"] as const)(
  "4.6 the form of a session that is %s is left to handleFetch, and its page is drawn without a user",
  (unread) => {
    const context = { ...contextOf({}, unread), submitted: { note: "Buy milk" } };
    expect(requireUserToSend(context)).toBeUndefined();
    expect(ask(context, "/account/note")).toBeUndefined();
  },
);

test("a signed-in visitor's form is accepted", () => {
  expect(requireUserToSend(contextOf({ user: "Ada" }))).toBeUndefined();
});

test("4.6 a visitor whose session could not be read is not sent to sign in: the page is a 503", () => {
  for (const unread of ["unavailable", "replaced"] as const) {
    expect(ask(contextOf({}, unread), "/account/note")).toMatchObject({
      init: { status: 503, headers: { "Retry-After": "10" } },
    });
  }
});
