/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** When a cookie is sent, when the store is written, and how long a session lasts (chapter 2). */
import { createCookieSessionStorage, createMemorySessionStorage } from "@remix-run/cloudflare";
import { beforeAll, expect, test, vi } from "vitest";
import { createSession, getConfig, handleFetch, type SessionConfig, SuperflareSession } from "~/lib/session";
import {
  type Act,
  ALL,
  type AnySession,
  CONSISTENT,
  createVisitor,
  DAY,
  type Data,
  dataOf,
  type Flash,
  MINUTE,
  migrate,
  open,
  openAdapted,
  openDown,
  openForeign,
  page,
  pairOf,
  redirect,
  request,
  requestForeign,
  SECRET,
  type Store,
  stored,
  WITH_RECORDS,
  watchedStore,
  wrap,
} from "./harness";

beforeAll(migrate);

/**
 * Tells whether a browser accepts this line, as far as the `__Host-` prefix is concerned (RFC 6265bis, section 5.7).
 */
function browserAccepts(line: string): boolean {
  const attributes = line
    .split(";")
    .slice(1)
    .map((part) => part.trim().toLowerCase());
  if (!line.startsWith("__Host-")) return true;
  return (
    attributes.includes("secure") && attributes.includes("path=/") && !attributes.some((a) => a.startsWith("domain="))
  );
}

async function commitsThatAreWaitedFor(store: Store) {
  const waiting: Promise<unknown>[] = [];
  const ctx = { waitUntil: (promise: Promise<unknown>) => void waiting.push(promise) };
  const waited = { ...store, config: { ...store.config, ctx } };
  const { cookie } = await request(waited, "", (session) => session.set("theme", "dark"));
  await request(waited, cookie, (session) => session.get("theme"));
  await Promise.all(waiting);
  return waiting.length;
}

test.each<[string, object, (session: SuperflareSession<Data, Flash>) => void]>([
  ["nothing is called", { n: 1 }, () => {}],
  ["values are read", { n: 1 }, (s) => [s.get("n"), s.has("n"), s.data, s.id]],
  [
    "the value that is there is set again",
    { profile: { name: "A", roles: [] } },
    (s) => s.set("profile", { roles: [], name: "A" }),
  ],
  ["a value is set and unset", {}, (s) => [s.set("n", 1), s.unset("n")]],
  ["a value is changed and changed back", { n: 1 }, (s) => [s.set("n", 2), s.set("n", 1)]],
  ["what is not there is unset", { n: 1 }, (s) => s.unset("theme")],
  ["a flash is set and read", {}, (s) => [s.flash("success", "a"), s.getFlash("success")]],
  ["has is asked of a flash", { __flash_success__: "a" }, (s) => s.has("success")],
])("2.1 the session is not dirty when %s", (_, data, act) => {
  const session = wrap(data);
  act(session);
  expect(session.isDirty()).toBe(false);
});

test("2.1 data that JSON cannot hold counts as changed when it is another value", () => {
  const session = wrap({ n: 1n });
  expect([session.get("n"), session.isDirty()]).toEqual([1n, false]);
  session.unset("n");
  expect(session.isDirty()).toBe(true);
});

test.each(ALL)("2.1 %s: a request that changes nothing only reads, once", async (kind) => {
  const cookie = await stored(open(kind), { theme: "dark" });
  const store = watchedStore(kind);
  const { lines } = await request(store, cookie, (session) => {
    session.set("theme", "light");
    session.set("theme", "dark");
  });
  // KV keeps an end under a key of its own.
  expect([lines, store.accesses().length]).toEqual([[], { cookie: 0, kv: 2, d1: 1, "durable-object": 1 }[kind]]);
});

test("2.1 without a change there is no Set-Cookie and no commit", async () => {
  const { visit, commits } = createVisitor();
  await visit((session) => session.set("theme", "dark"));
  const response = await visit((session) => {
    session.set("theme", "dark");
    return page(session.get("theme"));
  });
  expect([response.headers.getSetCookie(), commits.count, await response.text()]).toEqual([[], 1, "dark"]);
});

test.each(ALL)("2.1 %s: a route's own line is not sent if nothing changed, but a removal is", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { theme: "dark" });
  const own = async (session: AnySession) => {
    session.get("theme");
    return page("", { headers: { "Set-Cookie": await store.storage.commitSession(session.getSession()) } });
  };
  const { line, report } = await request(store, cookie, own, { method: "GET" });
  expect([report?.result, line]).toEqual(["nothing", undefined]);
  const removal = "__Host-session=; Max-Age=0; Path=/; Secure";
  const unknown = await request(store, "__Host-session=garbage", (session) => {
    session.get("theme");
    return page("", { headers: { "Set-Cookie": removal } });
  });
  expect(unknown.line).toBe(removal);
});

test("2.1 3.6 in the cookie store, setting a pending message again with the same text is no change", async () => {
  const store = open("cookie");
  const { cookie } = await request(store, "", (session) => {
    session.flash("success", "Saved");
    return redirect();
  });
  const again = await request(store, cookie, (session) => {
    session.flash("success", "Saved");
    return redirect();
  });
  expect(again.line).toBeUndefined();
});

test("2.1 1.1 a read of another package's storage writes nothing, even if its data is not JSON", async () => {
  const store = openForeign();
  const cookie = await stored(store, { balance: 10n });
  const { lines } = await request(store, cookie, (session) => page(String(session.get("balance"))));
  expect(lines).toEqual([]);
});

test("2.1 1.1 the adapter changes no value that the request left alone, even if it is not JSON", async () => {
  const storage = createMemorySessionStorage({ cookie: { name: "__session", secrets: ["s"] } });
  const cookie = await stored({ storage }, { since: new Date(0) });
  await request(openAdapted(storage), cookie, (session) => session.set("theme", "dark"));
  expect(await dataOf({ storage }, cookie)).toEqual({ since: new Date(0), theme: "dark" });
});

test.each(ALL)("2.2 %s: an anonymous request does not access the store", async (kind) => {
  const { storage, accesses } = watchedStore(kind);
  const session = await storage.getSession("other=1; __Host-other=2");
  expect([session.data, accesses()]).toEqual([{}, []]);
});

test("2.2 an anonymous visitor whose request writes nothing gets no cookie, and the store is not accessed", async () => {
  const { visit, commits } = createVisitor();
  const random = vi.spyOn(crypto.subtle, "importKey");
  for (const [path, method] of [
    ["/", "GET"],
    ["/no/such/page", "GET"],
    ["/", "HEAD"],
    ["/_root.data", "GET"],
    ["/__manifest?p=/", "GET"],
  ]) {
    const response = await visit((session) => session.get("theme"), path, { method });
    expect(response.headers.getSetCookie()).toEqual([]);
  }
  expect([commits.count, random.mock.calls.length]).toEqual([0, 0]);
  random.mockRestore();
});

test("2.2 destroy and regenerate do nothing for a visitor without a session", async () => {
  const { visit, commits } = createVisitor();
  for (const end of [(session: AnySession) => session.destroy(), (session: AnySession) => session.regenerate()]) {
    const response = await visit((session) => end(session));
    expect([response.headers.getSetCookie(), response.headers.get("Clear-Site-Data")]).toEqual([[], null]);
  }
  expect(commits.count).toBe(0);
});

test.each<[string, object, (session: SuperflareSession<Data, Flash>) => unknown]>([
  ["set", {}, (s) => s.set("n", 1)],
  ["unset", { n: 1 }, (s) => s.unset("n")],
  ["flash", {}, (s) => s.flash("success", "a")],
  ["getFlash", { __flash_success__: "a" }, (s) => s.getFlash("success")],
  ["a nested mutation", { profile: { name: "A", roles: [] } }, (s) => s.get("profile")?.roles.push("admin")],
  ["a nested mutation through data", { profile: { name: "A", roles: [] } }, (s) => s.data.profile?.roles.push("admin")],
  ["a write on the raw session", {}, (s) => s.getSession().set("n", 1)],
  ["a flash read on the raw session", { __flash_success__: "a" }, (s) => s.getSession().get("success")],
  ["regenerate", { n: 1 }, (s) => s.regenerate()],
  ["destroy", { n: 1 }, (s) => s.destroy()],
])("2.3 the session is dirty after %s", (_, data, act) => {
  const session = wrap(data);
  act(session);
  expect(session.isDirty()).toBe(true);
});

test('2.3 a key that every object has, such as "constructor", is a key like any other', async () => {
  const storage = createCookieSessionStorage<Record<string, unknown>>({ cookie: { secrets: ["s"] } });
  for (const raw of [await storage.getSession(), createSession<Record<string, unknown>>()]) {
    const session = new SuperflareSession<Record<string, unknown>>(raw);
    for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      expect([session.has(key), session.get(key)]).toEqual([false, undefined]);
      session.set(key, "mine");
      expect([key, session.get(key), Object.keys(session.data).includes(key)]).toEqual([key, "mine", true]);
    }
  }
});

test("2.3 an assignment on data throws, since it could not be kept", () => {
  const session = wrap({ n: 1 });
  expect(() => Object.assign(session.data, { n: 2 })).toThrow(TypeError);
  expect(() => Object.assign(session, { data: {} })).toThrow(TypeError);
});

test("2.3 a nested mutation and a write on the raw session are kept", async () => {
  const { visit, held } = createVisitor();
  await visit((session) => session.set("cart", { items: [] }));
  await visit((session) => {
    session.get("cart").items.push("book");
    session.getSession().set("n", 1);
  });
  expect(await held()).toEqual({ cart: { items: ["book"] }, n: 1 });
});

test("2.3 1.5 every key is kept, even an empty object under `__proto__`", async () => {
  const store = open("d1");
  const cookie = await stored(store, { theme: "dark" });
  const next = await request(store, cookie, (session) => session.set("__proto__", {}));
  expect(Object.keys(await dataOf(store, next.cookie)).sort()).toEqual(["__proto__", "theme"]);
});

test("2.3 a write on the raw session before the wrapper's first use is kept", async () => {
  const store = open("d1");
  const cookie = await stored(store, { theme: "dark" });
  const raw = await store.storage.getSession(cookie);
  const session: AnySession = new SuperflareSession(raw);
  await handleFetch(
    {
      config: { ...store.config, request: new Request("https://example.com/", { method: "POST" }) },
      session,
      getSessionCookie: () => store.storage.commitSession(session.getSession()),
    },
    () => {
      raw.set("cart", 1);
      session.get("theme");
      return page();
    },
  );
  expect(await dataOf(store, cookie)).toEqual({ theme: "dark", cart: 1 });
});

test.each(ALL)("2.3 %s: a value that was unset after the route had committed it is gone", async (kind) => {
  const store = open(kind);
  const { cookie } = await request(store, await stored(store, { user: "ada" }), async (session) => {
    session.set("step", 1);
    await store.storage.commitSession(session.getSession());
    session.unset("step");
  });
  expect(await dataOf(store, cookie)).toEqual({ user: "ada" });
});

test("2.4 there is one line for the session, and the lines of other cookies stay", async () => {
  const { visit } = createVisitor();
  const response = await visit((session) => {
    session.set("theme", "dark");
    return new Response("", {
      headers: [
        ["Set-Cookie", "a=1; Path=/"],
        ["Set-Cookie", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"],
      ],
    });
  });
  expect(response.headers.getSetCookie()).toEqual([
    "a=1; Path=/",
    "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
    expect.stringMatching(/^__Host-session=/),
  ]);
});

test("2.4 a route that removes the session's cookie itself signs out: nothing else is stored, and one line removes it", async () => {
  const { visit, jar, lines } = createVisitor();
  await visit((session) => session.set("user", "ada"));
  const removal = "__Host-session=; Path=/; Secure; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
  const response = await visit((session) => {
    session.set("theme", "dark");
    const headers: [string, string][] = [
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", removal],
    ];
    return new Response("", { headers });
  });
  expect(response.headers.getSetCookie()).toEqual(["a=1", expect.stringMatching(/^__Host-session=; Max-Age=0;/)]);
  expect([lines.at(-1)?.event, jar.has("__Host-session")]).toEqual(["destroyed", false]);
});

test("2.4 a route's commitSession line is replaced by one that holds later changes, and logged", async () => {
  const { visit, held, events } = createVisitor();
  for (const change of [
    (session: AnySession) => session.set("later", "kept"),
    (session: AnySession) => session.regenerate(),
  ]) {
    const response = await visit(async (session) => {
      session.set("theme", "dark");
      const headers = { "Set-Cookie": "__Host-session=stale; Path=/; Secure" };
      change(session);
      return new Response("", { headers });
    });
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=ey/)]);
  }
  expect([await held(), events]).toEqual([{ theme: "dark", later: "kept" }, ["superseded", "superseded"]]);
});

test.each([
  ["without Path and Secure, as most people write it", "__Host-session=; Max-Age=0"],
  ["without Secure", "__Host-session=; Path=/; Max-Age=0"],
  ["with another Path", "__Host-session=; Path=/account; Secure; Max-Age=0"],
  ["with a Domain", "__Host-session=; Path=/; Secure; Domain=example.com; Max-Age=0"],
])("2.4 P1 a manual sign-out %s: the response has a line that removes the cookie in a browser", async (_, removal) => {
  const store = open("cookie");
  const cookie = await stored(store, { user: "ada" });
  const { response } = await request(store, cookie, () => page("signed out", { headers: { "Set-Cookie": removal } }));
  expect(store.events).toContain("destroyed");
  const lines = response.headers.getSetCookie();
  expect(lines.filter((line) => /Max-Age=0/.test(line) && browserAccepts(line))).toHaveLength(1);
});

test.each(["Max-Age=0; Max-Age=100", "Max-Age=100; Expires=Thu, 01 Jan 1970 00:00:00 GMT"])(
  "2.4 P1 as in a browser, the last Max-Age counts before Expires: with %s a line is no removal",
  async (lifetime) => {
    const store = open("cookie");
    const cookie = await stored(store, { user: "ada" });
    const { response } = await request(store, cookie, (session) => {
      session.set("theme", "dark");
      return page("", { headers: { "Set-Cookie": `__Host-session=x; Path=/; Secure; ${lifetime}` } });
    });
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=ey/)]);
  },
);

test("2.4 another package's storage: a route that removes its cookie itself ends the session there", async () => {
  const { lines, old } = await requestForeign((session) => {
    session.set("theme", "light");
    return page("signed out", { headers: { "Set-Cookie": "__session=; Path=/; Max-Age=0" } });
  });
  expect(lines).toEqual([expect.stringMatching(/Max-Age=0|Expires=Thu, 01 Jan 1970/)]);
  expect(old).toEqual({});
});

test("2.4 another package's storage: the commit does not undo a route's own destroySession", async () => {
  const store = openAdapted();
  const cookie = await stored(store, { user: "ada" });
  const signOut = async (session: AnySession) => {
    session.flash("success", "You are signed out");
    return page("", { headers: { "Set-Cookie": await store.storage.destroySession(session.getSession() as never) } });
  };
  await request(store, cookie, signOut);
  expect(await dataOf(store, cookie)).toEqual({});
});

test("2.4 1.3 another package's storage without the adapter: a route's own removal is not undone by a change", async () => {
  const store = openForeign();
  const cookie = await stored(store, { user: "ada" });
  const { lines } = await request(store, cookie, async (session) => {
    session.flash("success", "You are signed out");
    return page("", { headers: { "Set-Cookie": "__session=; Path=/; Max-Age=0" } });
  });
  expect(lines).toEqual(["__session=; Path=/; Max-Age=0"]);
});

test("2.4 1.3 a manual sign-out works with { config, session, getSessionCookie } alone", async () => {
  const storage = createCookieSessionStorage({ cookie: { name: "__Host-session", secrets: ["s"] } });
  const begun = await storage.getSession();
  begun.set("user", "ada");
  const config = getConfig({ request: new Request("https://example.com/"), env: { SESSION_SECRET: SECRET } });
  const session: AnySession = new SuperflareSession(
    await storage.getSession(pairOf(await storage.commitSession(begun))),
  );
  const response = await handleFetch(
    { config, session, getSessionCookie: () => storage.commitSession(session.getSession()) },
    async () => page("", { headers: { "Set-Cookie": await storage.destroySession(session.getSession()) } }),
  );
  expect(response.status).toBe(200);
});

test("2.4 a removal is recognized in every spelling of Expires that libraries write", async () => {
  for (const date of [
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Thu, 01-Jan-1970 00:00:01 GMT",
    "Thu, 01-Jan-70 00:00:01 GMT",
  ]) {
    const store = open("cookie");
    const cookie = await stored(store, { user: "ada" });
    await request(store, cookie, () =>
      page("", { headers: { "Set-Cookie": `__Host-session=x; Path=/; Secure; expires=${date}` } }),
    );
    expect(store.events).toContain("destroyed");
  }
});

test("2.4 of several lines with the cookie's name in one response, one remains", async () => {
  const store = open("cookie");
  const cookie = await stored(store, { user: "ada" });
  const { response } = await request(store, cookie, (session) => {
    session.set("theme", "dark");
    return page("", {
      headers: [
        ["Set-Cookie", "__Host-session=1; Path=/; Secure"],
        ["Set-Cookie", "__host-session=2; Path=/; Secure"],
        ["Set-Cookie", " __Host-session =3; Path=/; Secure"],
        ["Set-Cookie", "__Host-session2=4"],
      ],
    });
  });
  expect(response.headers.getSetCookie().map((line) => line.split("=")[0])).toEqual([
    "__host-session",
    "__Host-session2",
    "__Host-session",
  ]);
});

test.each<[string, () => Response]>([
  ["a redirect with immutable headers", () => Response.redirect("https://example.com/next", 302)],
  ["a 204", () => new Response(null, { status: 204 })],
  ["a 304", () => new Response(null, { status: 304 })],
  ["a page that says no", () => new Response("sorry", { status: 404 })],
  ["a WebSocket upgrade", () => new Response(null, { status: 101, webSocket: new WebSocketPair()[0] })],
])("2.5 the cookie is sent with %s", async (_, respond) => {
  const { visit } = createVisitor();
  const response = await visit((session) => {
    session.set("theme", "dark");
    return respond();
  });
  const original = respond();
  expect(response.status).toBe(original.status);
  expect(Boolean(response.webSocket)).toBe(Boolean(original.webSocket));
  expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=/)]);
});

test("2.5 a streamed body is passed through: the response is there before its first byte", async () => {
  const { visit } = createVisitor();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const response = await visit((session) => {
    session.set("theme", "dark");
    return new Response(readable);
  });
  const writer = writable.getWriter();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (const text of ["one", "two"]) {
    void writer.write(new TextEncoder().encode(text));
    expect(new TextDecoder().decode((await reader.read()).value)).toBe(text);
  }
});

test("2.5 4.9 the app's own stream is the body: nothing is copied, even if the headers are immutable", async () => {
  const { visit } = createVisitor();
  for (const original of [page(), await fetch("data:text/plain,proxied")]) {
    const { body } = original;
    const response = await visit((session) => {
      session.set("theme", "dark");
      return original;
    });
    expect(response.body).toBe(body);
  }
});

test("2.5 a thrown response gets the session's cookie", async () => {
  const store = open("cookie");
  const { line, response } = await request(store, "", (session) => {
    session.flash("error", "Please sign in");
    throw redirect();
  }).catch((thrown: unknown) => ({ line: undefined, response: thrown as Response }));
  expect([response.status, line]).toEqual([303, expect.stringMatching(/^__Host-session=ey/)]);
});

test.each(WITH_RECORDS)("2.7 %s: the commit is passed to waitUntil", async (kind) => {
  expect(await commitsThatAreWaitedFor(open(kind))).toBe(1);
});

test("2.7 4.6 a commit that fails does not fail in waitUntil again", async () => {
  const waiting: Promise<unknown>[] = [];
  const store = openDown("d1");
  const ctx = { waitUntil: (promise: Promise<unknown>) => void waiting.push(promise) };
  const { status } = await request({ ...store, config: { ...store.config, ctx } }, "", (session) =>
    session.set("n", 1),
  );
  expect([status, await Promise.allSettled(waiting)]).toEqual([503, [{ status: "fulfilled", value: undefined }]]);
});

test("2.7 the commit of another package's storage is passed to waitUntil", async () => {
  const storage = createMemorySessionStorage({ cookie: { name: "__Host-session", secure: true } });
  expect(await commitsThatAreWaitedFor({ ...open("cookie"), storage })).toBe(1);
});

const createStore = (overrides: Partial<SessionConfig> = {}) => open("cookie", { secrets: [SECRET], ...overrides });

test.each(ALL)("2.6 %s: a session ends at its idle timeout", async (kind) => {
  const store = open(kind, { idleTimeout: 30 * MINUTE });
  const cookie = await stored(store, { theme: "dark" });
  store.clock.now += 30 * MINUTE - 1;
  expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
  store.clock.now += 1;
  expect(await dataOf(store, cookie)).toEqual({});
});

test.each(ALL)("2.6 %s: a session ends at its absolute timeout, however busy it is", async (kind) => {
  const store = open(kind, { idleTimeout: 30 * MINUTE, absoluteTimeout: 60 * MINUTE });
  let cookie = await stored(store, { step: 0 });
  for (const step of [1, 2]) {
    store.clock.now += 25 * MINUTE;
    const session = await store.storage.getSession(cookie);
    session.set("step", step);
    cookie = pairOf(await store.storage.commitSession(session));
  }
  store.clock.now += 10 * MINUTE - 1;
  expect(await dataOf(store, cookie)).toEqual({ step: 2 });
  store.clock.now += 1;
  expect(await dataOf(store, cookie)).toEqual({});
});

test.each(ALL)("2.6 %s: a renewal without a change extends the session", async (kind) => {
  const store = open(kind, { idleTimeout: 4 * DAY });
  const cookie = await stored(store, { theme: "dark" });
  store.clock.now += 3 * DAY;
  const renewed = pairOf(await store.storage.commitSession(await store.storage.getSession(cookie)));
  store.clock.now += 3 * DAY;
  expect(await dataOf(store, renewed)).toEqual({ theme: "dark" });
});

test.each(WITH_RECORDS)("2.6 %s: an expired record stays over, even if the timeout was raised", async (kind) => {
  const store = open(kind, { idleTimeout: 30 * MINUTE });
  const cookie = await stored(store, { theme: "dark" });
  const lengthened = open(kind, { idleTimeout: DAY, now: () => store.clock.now });
  store.clock.now += 30 * MINUTE - 1;
  expect(await dataOf(lengthened, cookie)).toEqual({ theme: "dark" });
  store.clock.now += 1;
  expect(await dataOf(lengthened, cookie)).toEqual({});
});

test.each(WITH_RECORDS)("2.6 %s: a write sends no cookie until a renewal is due", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { theme: "dark" });
  const write = (value: string) => request(store, cookie, (session) => session.set("theme", value));
  const first = await write("light");
  expect([first.headers.getSetCookie(), first.headers.get("Cache-Control")]).toEqual([[], "no-store"]);
  store.clock.now += DAY;
  expect((await write("dark")).headers.getSetCookie()).toHaveLength(1);
  expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
});

test.each(WITH_RECORDS)("2.6 1.5 %s: a commit that passes the same lifetime again sends no cookie", async (kind) => {
  const store = open(kind);
  const options = { commit: { maxAge: 30 * DAY } };
  const { cookie } = await request(store, "", (session) => session.set("n", 1), options);
  expect((await request(store, cookie, (session) => session.set("n", 2), options)).lines).toEqual([]);
});

test("2.6 a session that is read is renewed at most once a day; an unread one is never renewed", async () => {
  const { visit, clock, commits } = createVisitor();
  await visit((session) => session.set("theme", "dark"));
  const read: Act = (session) => page(session.get("theme"));
  clock.now += DAY - 1;
  expect((await visit(read)).headers.getSetCookie()).toHaveLength(0);
  clock.now += 1;
  expect((await visit(() => page())).headers.getSetCookie()).toHaveLength(0);
  expect((await visit(read)).headers.getSetCookie()).toEqual([expect.stringContaining("Max-Age=2592000;")]);
  expect((await visit(read)).headers.getSetCookie()).toHaveLength(0);
  expect(commits.count).toBe(2);
});

test("2.6 with an idle timeout shorter than two days, a renewal is due at half of it", async () => {
  const { visit, clock } = createVisitor({ idleTimeout: 3600 });
  await visit((session) => session.set("theme", "dark"));
  const read: Act = (session) => page(session.get("theme"));
  clock.now += 1799;
  expect((await visit(read)).headers.getSetCookie()).toHaveLength(0);
  clock.now += 1;
  expect((await visit(read)).headers.getSetCookie()).toEqual([expect.stringContaining("Max-Age=3600;")]);
});

test("2.6 a write counts as use, even of the value that is already there", async () => {
  const { visit, clock } = createVisitor();
  const setTheme: Act = (session) => {
    session.set("theme", "dark");
    return page();
  };
  await visit(setTheme);
  clock.now += DAY;
  expect((await visit(setTheme)).headers.getSetCookie()).toHaveLength(1);
});

test("2.6 without a renewal a session ends after 30 days, and the log says so", async () => {
  const store = createStore();
  const pair = await stored(store, { theme: "dark" });
  store.clock.now += 30 * DAY - 1;
  expect((await store.storage.getSession(pair)).data).toEqual({ theme: "dark" });
  store.clock.now += 1;
  expect((await store.storage.getSession(pair)).data).toEqual({});
  expect(store.problems).toEqual(["expired"]);
});

test("2.6 the absolute timeout holds however often the session is renewed, and Max-Age respects it", async () => {
  const store = createStore({ absoluteTimeout: 40 * DAY });
  const first = await stored(store, { theme: "dark" });
  store.clock.now += 29 * DAY;
  const line = await store.storage.commitSession(await store.storage.getSession(first));
  expect(line).toContain(`Max-Age=${11 * DAY};`);
  store.clock.now += 11 * DAY;
  expect((await store.storage.getSession(line)).data).toEqual({});
  expect(store.problems).toEqual(["expired"]);
});

test("2.6 a shortened timeout applies to older cookies", async () => {
  const pair = await stored(createStore(), { theme: "dark" });
  const strict = createStore({ idleTimeout: 3600 });
  strict.clock.now += 3600;
  expect((await strict.storage.getSession(pair)).data).toEqual({});
});

test.each(CONSISTENT)("2.6 %s: another cookie of the route does not make a write send one", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { theme: "dark" });
  const write = await request(store, cookie, (session) => {
    session.set("theme", "light");
    return page("", { headers: { "Set-Cookie": "locale=en; Path=/" } });
  });
  expect(write.response.headers.getSetCookie()).toEqual(["locale=en; Path=/"]);
});
