/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** What is passed in is not trusted: headers, values, settings, callbacks, wiring (P6; rules 4.12, 4.13 and 8.8). */
import { createMemorySessionStorage } from "@remix-run/cloudflare";
import { beforeAll, describe, expect, test, vi } from "vitest";
import {
  ConfigError,
  createSession,
  getConfig,
  handleFetch,
  isSpeculative,
  type SessionEvent,
  SuperflareSession,
} from "~/lib/session";
import { decode } from "~/lib/session/cookie/base64url";
import { cookieName, cookieValues, isRemoval } from "~/lib/session/cookie/line";
import { listOf } from "~/lib/session/list";
import { deleteExpiredSessions } from "~/lib/session/stores";
import {
  type Act,
  ALL,
  type AnySession,
  CONSISTENT,
  dataOf,
  env,
  followClock,
  migrate,
  open,
  page,
  pairOf,
  request,
  SECRET,
  stored,
  WITH_RECORDS,
} from "./harness";

beforeAll(migrate);

describe("P6 a header of a megabyte is read in one pass", () => {
  const signs = [
    '"',
    "\\",
    '"\\',
    '",',
    ",",
    ";",
    "=",
    " ",
    "; max-age",
    '=";',
    "a",
    "\u00e9",
    "prefetch,",
    "expires =  ",
  ];
  const parsers: [string, (text: string) => unknown][] = [
    ["Sec-Purpose", (text) => isSpeculative({ headers: { get: () => text } } as unknown as Request)],
    ["Cache-Control or Vary", listOf],
    ["Cookie", (text) => cookieValues(`${text}__Host-session=${text}`, "__Host-session")],
    ["Set-Cookie", isRemoval],
    ["the name of a cookie", cookieName],
    ["a part of the token", decode],
  ];
  test.each(parsers)("%s", (_, parse) => {
    // In two passes for each character it would take hours, and a test ends after minutes.
    for (const sign of signs) parse(sign.repeat(1_000_000 / sign.length));
  });
});

test("P6 of forged cookies in one request, a few are opened", async () => {
  const store = open("cookie", { secrets: [SECRET] });
  const cookie = await stored(store, { theme: "dark" });
  const forged = Array.from({ length: 300 }, () => `${cookie.slice(0, -22)}${"A".repeat(22)}`);
  const unwrap = vi.spyOn(crypto.subtle, "unwrapKey");
  try {
    expect(await dataOf(store, forged.join("; "))).toEqual({});
    expect(unwrap).toHaveBeenCalledTimes(8);
  } finally {
    unwrap.mockRestore();
  }
});

test("P6 what a log line quotes of a request is cut", async () => {
  const store = open("cookie");
  const headers = { "Sec-Fetch-Site": "x".repeat(60_000) };
  expect((await request(store, "", () => page(), { init: { headers } })).status).toBe(403);
  expect(JSON.stringify(store.details).length).toBeLessThan(500);
});

test("6.5 a session in another cookie's value, or under a name that only looks like ours, opens nothing", async () => {
  const store = open("cookie");
  const cookie = await stored(store, { theme: "dark" });
  // Another host of the domain can set these, but no cookie whose name begins with __Host-.
  for (const header of [
    `a=1,${cookie}`,
    `a=1, ${cookie}`,
    ...["\u2000", "\u00a0", "\ufeff"].map((sign) => sign + cookie),
  ])
    expect(await dataOf(store, header), header).toEqual({});
  const junk = Array.from({ length: 8 }, () => "__Host-session=x").join(",");
  for (const header of [`a=${junk}; ${cookie}`, ` ${cookie}`, `a=1;\t${cookie}`])
    expect(await dataOf(store, header), header).toEqual({ theme: "dark" });
});

describe("8.8 a user is a text or a number", () => {
  test.each([null, true, "", { id: 1 }, ["ada"], undefined, Number.NaN])("%j is refused at set", (user) => {
    const session: AnySession = new SuperflareSession(createSession());
    expect(() => session.set("user", user)).toThrow(/user/);
    expect(session.isDirty()).toBe(false);
  });

  test.each(ALL)("%s: so it is if it was written on the raw session", async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { user: "ada" });
    const { status } = await request(store, cookie, (session) => session.getSession().set("user", null));
    expect([status, await dataOf(store, cookie)]).toEqual([500, { user: "ada" }]);
  });

  test.each(ALL)(
    "%s: one that is neither, from an earlier version, locks nobody out and lists no strangers",
    async (kind) => {
      for (const user of [null, "", { id: 1 }]) {
        const store = open(kind);
        const [mine] = [await stored(store, { user }), await stored(store, { user })];
        const { status, cookie } = await request(store, mine, (session) => session.set("theme", "dark"));
        expect([status, await dataOf(store, cookie)]).toEqual([200, { user, theme: "dark" }]);
        const list = await store.storage.userSessions?.list(await store.storage.getSession(mine));
        expect(list?.sessions ?? []).toEqual([]);
      }
    },
  );

  test.each(CONSISTENT)("%s: a number lists its own sessions, and not those of the same text", async (kind) => {
    const store = open(kind);
    const user = Math.floor(Math.random() * 1e12);
    const cookie = await stored(store, { user });
    await stored(store, { user });
    await stored(store, { user: String(user) });
    const { storage } = store;
    const list = await storage.userSessions?.list(await storage.getSession(cookie));
    expect(list?.sessions.map(({ data }) => data.user)).toEqual([user, user]);
  });

  test("a flash may have that name and hold anything", () => {
    const session: AnySession = new SuperflareSession(createSession());
    session.flash("user", { name: "ada" });
    expect(session.getFlash("user")).toEqual({ name: "ada" });
  });
});

const fail = () => {
  throw new Error("a fault of the app's");
};

describe("4.12 a function that fails costs neither the answer nor the session, and is logged once", () => {
  const write: Act = (session) => {
    session.set("theme", "dark");
    return page("saved");
  };
  const waitUntil = { ctx: { waitUntil: fail } };
  test.each<[string, Parameters<typeof request>[3], object]>([
    ["report", { report: fail }, {}],
    ["report", { report: () => Promise.reject(new Error("later")) }, {}],
    ["ctx.waitUntil", {}, waitUntil],
    ["isSpeculative", { isSpeculative: fail, method: "GET" }, {}],
    ["leadsElsewhere", { leadsElsewhere: fail }, {}],
  ])("%s", async (callback, options, overrides) => {
    const store = open("cookie", overrides);
    const { status, response, line } = await request(store, "", write, options);
    expect([status, await response.text(), await dataOf(store, line ?? "")]).toEqual([200, "saved", { theme: "dark" }]);
    const failures = store.details.filter((detail) => (detail as { callback?: string })?.callback === callback);
    expect(failures).toHaveLength(1);
  });

  test("nobody waits for a report, or for the end of a body that was replaced", async () => {
    const store = open("cookie");
    const forever = () => new Promise<never>(() => {});
    expect((await request(store, "", write, { report: forever })).status).toBe(200);
    const body = new ReadableStream({ cancel: forever });
    const { status } = await request(store, "", (session) => {
      session.set("essay", "x".repeat(5_000));
      return new Response(body);
    });
    expect(status).toBe(500);
  });

  test.each([
    ["log", fail],
    ["log, later", () => Promise.reject(new Error("later"))],
  ])("%s", async (_, log) => {
    const store = open("cookie", { log });
    const { status, line } = await request(store, "", write);
    expect([status, await dataOf(store, line ?? "")]).toEqual([200, { theme: "dark" }]);
    expect((await request(store, "__Host-session=broken", () => page())).status).toBe(200);
  });

  test.each([
    ["notSaved", fail],
    ["notSaved", () => Promise.reject(new Error("later"))],
    ["notSaved", () => new Response(null, { status: 204 })],
  ])("%s: the answer is a line of text, or what it has made", async (_, notSaved) => {
    const store = open("cookie");
    const { status, response } = await request(store, "", (session) => session.set("essay", "x".repeat(5000)), {
      notSaved,
    });
    expect([status, response.headers.get("Cache-Control")]).toEqual([500, "no-store"]);
  });

  test("refused and allowCrossOrigin: the request is refused", async () => {
    const store = open("cookie");
    const init = { headers: { "Sec-Fetch-Site": "cross-site" } };
    const app = vi.fn(() => page());
    const answer = await request(store, "", app, { init, refused: fail, allowCrossOrigin: fail });
    expect([answer.status, await answer.response.text()]).toEqual([403, expect.stringContaining("another site")]);
    expect(app).not.toHaveBeenCalled();
    const callbacks = store.details.map((detail) => (detail as { callback?: string })?.callback).filter(Boolean);
    expect(callbacks).toEqual(["allowCrossOrigin", "refused"]);
  });

  test.each(WITH_RECORDS)(
    "a binding of the store %s: the visitor is anonymous, and a write is answered 503",
    async (kind) => {
      const cookie = await stored(open(kind), { theme: "dark" });
      const broken = new Proxy({}, { get: fail });
      const store = open(kind, {}, { SESSION_KV: broken, SESSION_DB: broken, SESSION_OBJECT: broken } as never);
      expect((await request(store, cookie, () => page(), { method: "GET" })).status).toBe(200);
      expect((await request(store, cookie, write)).status).toBe(503);
      expect((await request(store, "", write)).status).toBe(503);
    },
  );
});

describe("4.13 a wrong wiring is an error at the first request", () => {
  const read = (env: object, ctx?: unknown) =>
    getConfig({ request: new Request("https://example.com/"), env: { SESSION_SECRET: SECRET, ...env }, ctx });

  test.each(ALL)("%s: the wrapper passed to commitSession or destroySession", async (kind) => {
    const { storage } = open(kind);
    const session = new SuperflareSession(await storage.getSession());
    session.set("theme", "dark");
    // @ts-expect-error It does not compile either.
    await expect(storage.commitSession(session)).rejects.toThrow(/session\.getSession\(\)/);
    // @ts-expect-error
    await expect(storage.destroySession(session)).rejects.toThrow(ConfigError);
  });

  test("a wrapper that is wrapped again, and a second wrapper, which would not see what the first one writes", () => {
    const raw = createSession();
    const session = new SuperflareSession(raw);
    // @ts-expect-error It does not compile either.
    expect(() => new SuperflareSession(session)).toThrow(ConfigError);
    expect(() => new SuperflareSession(raw)).toThrow(ConfigError);
  });

  test("a getSessionCookie that commits another session", async () => {
    const store = open("cookie");
    const other = await store.storage.getSession();
    const getSessionCookie = () => store.storage.commitSession(other);
    const answer = request(store, "", (session) => session.set("theme", "dark"), { getSessionCookie });
    await expect(answer).rejects.toThrow(/another session/);
  });

  test("one wrapper for two requests, which would show a visitor's data to the next", async () => {
    const store = open("cookie");
    const shared: AnySession = new SuperflareSession(createSession());
    await request(store, shared, () => {});
    await expect(request(store, shared, () => {})).rejects.toThrow(/twice/);
  });

  test("handleFetch twice for one request, as an app and a part of it both call it", async () => {
    const { config, storage } = open("cookie");
    const asked = { ...config, request: new Request("https://example.com/", { method: "POST" }) };
    const call = async (handler: () => Response | Promise<Response>) => {
      const session: AnySession = new SuperflareSession(await storage.getSession());
      return handleFetch(
        { config: asked, session, getSessionCookie: () => storage.commitSession(session.getSession()) },
        handler,
      );
    };
    await expect(call(() => call(() => page()))).rejects.toThrow(/twice/);
  });

  test("a ctx without waitUntil, a secret that is no text", () => {
    for (const ctx of [{}, null, "ctx", { waitUntil: true }]) expect(() => read({}, ctx)).toThrow(/waitUntil/);
    expect(read({}, undefined).ctx).toBeUndefined();
    const binding = { get: async () => SECRET };
    expect(() => read({ SESSION_SECRET: binding })).toThrow(/await env\.SESSION_SECRET\.get\(\)/);
  });

  test("a setting that is there and not understood, milliseconds among them", async () => {
    for (const wrong of ["0", 0, null, " ", "2592000000", 2_592_000_000, {}])
      expect(() => read({ SESSION_IDLE_TIMEOUT: wrong }), String(wrong)).toThrow(/whole number of seconds/);
    for (const wrong of ["a b", "a;b", "é", 1, "x".repeat(65), "__Host-app", "__secure-app"])
      expect(() => read({ SESSION_COOKIE: wrong }), String(wrong)).toThrow(/SESSION_COOKIE/);
    await expect(deleteExpiredSessions(env.SESSION_DB, Date.now())).rejects.toThrow(/takes seconds/);
    const { storage } = open("cookie");
    const session = await storage.getSession();
    session.set("theme", "dark");
    await expect(storage.commitSession(session, { maxAge: 30 * 86_400_000 })).rejects.toThrow(/number of seconds/);
  });

  test("6.5 the cookie's name is the app's, so two apps on one host do not sign each other out", async () => {
    const nameOf = (url: string, env: object) =>
      getConfig({ request: new Request(url), env: { SESSION_SECRET: SECRET, ...env } }).cookie.name;
    expect(nameOf("https://example.com/", { SESSION_COOKIE: "shop" })).toBe("__Host-shop");
    expect(nameOf("http://localhost:8787/", { SESSION_COOKIE: "shop" })).toBe("shop");
    expect(nameOf("http://localhost:8787/", {})).toBe("session");
  });

  test("another package's memory storage needs no adapter for get, set and flash", async () => {
    const storage = createMemorySessionStorage({ cookie: { name: "__session", secrets: ["s"] } });
    const store = { ...open("cookie"), storage };
    const first = await request(store, "", (session) => session.flash("success", "Saved"));
    const second = await request(store, pairOf(first.lines[0]), (session) => page(session.getFlash("success")), {
      method: "GET",
    });
    expect(await second.response.text()).toBe("Saved");
    expect(await dataOf(store, pairOf(first.lines[0]))).toEqual({});
  });
});

test("1.3 report gets the times at which the session was open, the handler had answered and the commit was over", async () => {
  const store = open("cookie");
  followClock(store.clock);
  const { report } = await request(
    store,
    "",
    (session) => {
      store.clock.now += 2;
      session.set("theme", "dark");
    },
    {
      getSessionCookie: (session) => {
        store.clock.now += 3;
        return store.storage.commitSession(session.getSession());
      },
    },
  );
  const { openedAt = 0, closedAt = 0, committedAt = 0 } = report ?? {};
  expect([closedAt - openedAt, committedAt - closedAt]).toEqual([2_000, 3_000]);
});

test("4.12 the log of an app that throws is told once, on the console", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const log = vi.fn((_: SessionEvent) => fail());
  try {
    await request(open("cookie", { log }), "", (session) => session.set("theme", "dark"));
    expect(warn.mock.calls.length).toBe(log.mock.calls.length);
  } finally {
    warn.mockRestore();
  }
});
