/// <reference types="@cloudflare/vitest-pool-workers/types" />
/**
 * Rule 1.6: a visitor stays signed in when the app changes its session storage. The bindings and Remix's storages are
 * real.
 */
import {
  createCookieSessionStorage,
  createSessionStorage as createCustomStorage,
  createMemorySessionStorage,
} from "@remix-run/cloudflare";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type CommitReport,
  handleFetch,
  type SessionConfig,
  type SessionStorage,
  SuperflareSession,
} from "~/lib/session";
import type { StoreEnv } from "~/lib/session/stores";
import { createSessionStorage } from "~/lib/session/stores";
import { adopt, type FormerStorage } from "~/lib/session-extras/adopt";
import { adaptStorage } from "~/lib/session-extras/foreign-storage";
import {
  ALL,
  CONSISTENT,
  DAY,
  dataOf,
  env,
  type Kind,
  MINUTE,
  migrate,
  open,
  pairOf,
  request,
  stored,
  WITH_RECORDS,
} from "./harness";
import { observed } from "./test-worker";

// biome-ignore lint/suspicious/noExplicitAny: any key, any value
type AnySession = SuperflareSession<any, any>;
type Act = (session: AnySession, storage: SessionStorage) => unknown;

beforeAll(migrate);

const NEW = "__Host-session";
const OLD = "__session";

/** The old app's storage is Remix's, with a secret that is too short for the session folder. */
const classic = (options: object = {}) =>
  createCookieSessionStorage({
    cookie: { name: OLD, secrets: ["old secret"], httpOnly: true, sameSite: "lax", secure: true, ...options },
  });

/** Makes a browser's cookie jar. */
function createBrowser(...pairs: string[]) {
  const jar = new Map<string, string>();
  const take = (line: string) => {
    const [name = "", value = ""] = pairOf(line).split(/=(.*)/);
    const isRemoval = /Max-Age=0/.test(line) || /Expires=Thu, 01 Jan 1970/.test(line);
    if (isRemoval) jar.delete(name);
    else jar.set(name, value);
  };
  pairs.forEach(take);
  return { jar, take, cookie: () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ") };
}
type Browser = ReturnType<typeof createBrowser>;

/** Opens a page of the old app, which commits by itself. */
async function visitOldApp(browser: Browser, act: Act, storage = classic()) {
  const session = await storage.getSession(browser.cookie());
  act(session as unknown as AnySession, storage as unknown as SessionStorage);
  browser.take(await storage.commitSession(session));
}

/**
 * Makes the new app, wired as worker.ts is, with `adopt` in front of its store. It counts its reads of the old storage.
 */
function createApp(
  kind: Kind,
  from: FormerStorage,
  { cookie = OLD, overrides = {} as Partial<SessionConfig>, vars = {} as Partial<StoreEnv> } = {},
) {
  const { config: settings, clock, events, details } = open(kind, overrides, vars);
  const app = { reads: 0, clock, events, details, visit };
  const watched = observed(from, (method) => {
    if (method === "getSession") app.reads++;
  });
  async function visit(browser: Browser, act: Act, init: RequestInit = {}) {
    const request = new Request("https://example.com/", {
      ...init,
      headers: { ...init.headers, Cookie: browser.cookie() },
    });
    const config = { ...settings, request };
    const storage = adopt(createSessionStorage<Record<string, unknown>>(config), {
      config,
      from: watched,
      cookie,
    });
    const session: AnySession = new SuperflareSession(await storage.getSession(browser.cookie()));
    let report: CommitReport | undefined;
    let seen: unknown;
    const response = await handleFetch(
      {
        config,
        session,
        getSessionCookie: () => storage.commitSession(session.getSession()),
        report: (facts) => {
          report = facts;
        },
      },
      async () => {
        seen = await act(session, storage);
        return seen instanceof Response ? seen : new Response("page");
      },
    );
    const lines = response.headers.getSetCookie();
    lines.forEach(browser.take);
    return { status: response.status, response, lines, report, seen };
  }
  return app;
}

const POST = { method: "POST" };
const readAll: Act = (session) => ({ ...session.data });
const showMessage: Act = (session) => ({ ...session.data, message: session.getFlash("success") });
const nameOf = (line = "") => line.slice(0, line.indexOf("="));
const isRemoved = (line = "") => /Max-Age=0|Expires=Thu, 01 Jan 1970/.test(line);

/** Wraps a binding so that the named calls fail while `isDown` is true. */
function unreliable<T extends object>(binding: T, ...methods: string[]) {
  const state = { isDown: true, binding };
  state.binding = observed(binding, (method) => {
    if (state.isDown && methods.includes(method)) throw new Error("the store is down");
  });
  return state;
}

/** Makes a visitor with a session in the old app's store. */
async function visitorOf(kind: Kind, data: Record<string, unknown>, name = NEW, vars: Partial<StoreEnv> = {}) {
  const old = open(kind, { cookie: { name, secure: true } }, vars);
  const cookie = await stored(old, data);
  return { old, cookie, browser: createBrowser(cookie) };
}

describe.each(ALL)("from Remix's cookie storage to the store %s", (kind) => {
  test("1.6 a visitor stays signed in, sees the pending message, and gets one new cookie in place of the old", async () => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => {
      session.set("user", "ada");
      session.set("theme", "dark");
      session.flash("success", "Welcome, Ada");
    });
    expect([...browser.jar.keys()]).toEqual([OLD]);

    // The new app is deployed. The first page only reads.
    const app = createApp(kind, classic());
    const first = await app.visit(browser, showMessage);
    expect(first.seen).toEqual({ user: "ada", theme: "dark", message: "Welcome, Ada" });
    expect(first.lines.map((line) => [nameOf(line), isRemoved(line)])).toEqual([
      [NEW, false],
      [OLD, true],
    ]);
    expect(first.response.headers.get("Cache-Control")).toBe("no-store");
    expect([...browser.jar.keys()]).toEqual([NEW]);
    expect(app.events).toEqual(["created", "adopted"]);

    // It is an ordinary session from now on, and the old storage, which the commit has asked again, is not read any more.
    const second = await app.visit(browser, showMessage);
    expect([second.seen, second.lines]).toEqual([{ user: "ada", theme: "dark", message: undefined }, []]);
    await app.visit(browser, (session) => session.set("theme", "light"), POST);
    const signOut = await app.visit(browser, (session) => session.destroy(), POST);
    expect(signOut.lines.map((line) => [nameOf(line), isRemoved(line)])).toEqual([[NEW, true]]);
    expect((await app.visit(browser, readAll)).seen).toEqual({});
    expect([app.reads, [...browser.jar]]).toEqual([2, []]);
  });

  test("1.6 2.3 the adopting request's changes are stored with the adopted data", async () => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => session.set("cart", { items: ["tea"] }));
    const app = createApp(kind, classic());
    await app.visit(
      browser,
      (session) => {
        session.get("cart").items.push("milk");
        session.flash("success", "Added");
        return new Response(null, { status: 303, headers: { Location: "/" } });
      },
      POST,
    );
    const next = await app.visit(browser, showMessage);
    expect(next.seen).toEqual({ cart: { items: ["tea", "milk"] }, message: "Added" });
  });

  test.each([
    ["a HEAD request", { method: "HEAD" }],
    ["a prefetch", { headers: { "Sec-Purpose": "prefetch" } }],
  ])("1.6 3.3 %s adopts too, and leaves the message pending", async (_, init) => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => session.flash("success", "Hello"));
    const app = createApp(kind, classic());
    await app.visit(browser, showMessage, init);
    expect([...browser.jar.keys()]).toEqual([NEW]);
    expect((await app.visit(browser, showMessage)).seen).toEqual({ message: "Hello" });
    expect((await app.visit(browser, showMessage)).seen).toEqual({ message: undefined });
    expect(app.reads).toBe(2);
  });

  test("1.6 2.2 a visitor with neither cookie costs nothing, even if they sign out", async () => {
    const app = createApp(kind, classic());
    const browser = createBrowser("other=1");
    for (const act of [readAll, (session: AnySession) => session.destroy()]) {
      expect((await app.visit(browser, act)).lines).toEqual([]);
    }
    expect(app.reads).toBe(0);
  });

  test("1.6 4.1 a tampered old cookie is not adopted", async () => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => session.set("user", "ada"));
    const [payload = "", signature = ""] = decodeURIComponent(browser.jar.get(OLD) ?? "").split(".");
    const forged = btoa(atob(payload).replace("ada", "eve"));
    for (const value of [`${forged}.${signature}`, payload, `${payload}.`, "", "%00", "x".repeat(5000)]) {
      const visitor = createBrowser(`${OLD}=${encodeURIComponent(value)}`);
      const { seen, lines, status } = await createApp(kind, classic()).visit(visitor, readAll);
      expect([value, seen, lines, status]).toEqual([value, {}, [], 200]);
    }
  });

  test("1.6 4.1 an old cookie that makes its storage throw is an anonymous visitor, who can sign in and out", async () => {
    // Remix's `atob` throws on another package's JWT under the same name.
    const jwt = `${OLD}=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln_-bmF0dXJl`;
    const app = createApp(kind, classic());
    const browser = createBrowser(jwt);
    const first = await app.visit(browser, readAll);
    expect([first.status, first.seen, first.lines]).toEqual([200, {}, []]);
    expect(app.events).toEqual(["store-error"]);
    expect(app.details).toEqual([{ reason: expect.any(String), storage: "former" }]);
    const signIn = await app.visit(browser, (session) => session.set("user", "eve"), POST);
    // The new session has replaced the old one, so a revocation must not lead back to it.
    expect([signIn.status, signIn.lines.map(nameOf), isRemoved(signIn.lines[1])]).toEqual([200, [NEW, OLD], true]);
    const signOut = await app.visit(browser, (session) => session.destroy(), POST);
    expect([signOut.status, [...browser.jar]]).toEqual([200, []]);
  });
});

describe.each(ALL.flatMap((from) => ALL.filter((to) => to !== from).map((to) => [from, to] as const)))(
  "from the store %s to %s, whose cookies have the same name",
  (from, to) => {
    const appOf = (old: ReturnType<typeof open>) => createApp(to, old.storage, { cookie: NEW });

    test("1.6 the session continues in the new store with one new line, and ends in the old store", async () => {
      const { old, cookie, browser } = await visitorOf(from, { user: "ada", theme: "dark" });
      const app = appOf(old);
      const first = await app.visit(browser, readAll);
      expect(first.seen).toEqual({ user: "ada", theme: "dark" });
      expect(first.lines.map((line) => [nameOf(line), isRemoved(line)])).toEqual([[NEW, false]]);
      const second = await app.visit(browser, readAll);
      expect([second.seen, second.lines, app.reads]).toEqual([{ user: "ada", theme: "dark" }, [], 2]);
      // A copy of a cookie of the cookie store cannot be ended.
      expect(await dataOf(old, cookie)).toEqual(from === "cookie" ? { user: "ada", theme: "dark" } : {});
    });

    test("1.6 6.2 a sign-out in the adopting request removes the cookie and ends the old session", async () => {
      const { old, cookie, browser } = await visitorOf(from, { user: "ada" });
      const app = appOf(old);
      const signOut = await app.visit(
        browser,
        (session) => {
          session.destroy();
          session.flash("success", "Goodbye");
        },
        POST,
      );
      expect(signOut.status).toBe(200);
      expect((await app.visit(browser, showMessage)).seen).toEqual({ message: "Goodbye" });
      if (from !== "cookie") expect(await dataOf(old, cookie)).toEqual({});
    });

    test("1.6 2.6 an old session keeps its age: its absolute timeout does not restart", async () => {
      const { old, browser } = await visitorOf(from, { user: "ada" });
      const app = appOf(old);
      app.clock.now += 10 * DAY;
      old.clock.now += 10 * DAY;
      const { lines } = await app.visit(browser, readAll);
      expect(lines[0]).toContain(`Max-Age=${30 * DAY}`);
      for (let day = 20; day < 90; day += 20) {
        app.clock.now += 20 * DAY;
        await app.visit(browser, readAll);
      }
      expect((await app.visit(browser, readAll)).seen).toEqual({});
    });

    test("1.6 4.1 an expired old session is not adopted", async () => {
      const { old, browser } = await visitorOf(from, { user: "ada" });
      const app = appOf(old);
      app.clock.now += 31 * DAY;
      old.clock.now += 31 * DAY;
      const { seen, lines } = await app.visit(browser, readAll);
      expect([seen, lines]).toEqual([{}, []]);
    });
  },
);

describe("what the adopting request does with the old session", () => {
  test("1.6 5.2 a page that does not use the session is returned as it is, and the next one adopts", async () => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => session.set("user", "ada"));
    const app = createApp("d1", classic());
    const page = new Response("page", { headers: { "Cache-Control": "public, max-age=60" } });
    expect((await app.visit(browser, () => page)).response).toBe(page);
    expect((await app.visit(browser, readAll)).seen).toEqual({ user: "ada" });
  });

  test("1.6 P1 P2 the old record ends once the new one is stored, but a sign-out ends it first", async () => {
    const orderOf = async (act: Act) => {
      const calls: string[] = [];
      const note = (method: string) => method === "prepare" || calls.push(method);
      const SESSION_KV = observed(env.SESSION_KV, note);
      const { old, browser } = await visitorOf("kv", { user: "ada" }, OLD, { SESSION_KV });
      const statements = observed(env.SESSION_DB, () => calls.push("d1"));
      const app = createApp("d1", old.storage, { vars: { SESSION_DB: statements } });
      calls.length = 0;
      await app.visit(browser, act, POST);
      return [...new Set(calls)];
    };
    expect(await orderOf(readAll)).toEqual(["get", "d1", "put", "delete"]);
    expect(await orderOf((session) => session.set("theme", "dark"))).toEqual(["get", "d1", "put", "delete"]);
    expect(await orderOf((session) => session.regenerate())).toEqual(["get", "d1", "put", "delete"]);
    expect(await orderOf((session) => session.destroy())).toEqual(["get", "put", "delete"]);
  });

  test("1.6 4.6 if the new store fails, the visitor keeps the old session until it can be adopted", async () => {
    const { old, browser } = await visitorOf("kv", { user: "ada" }, OLD);
    const database = unreliable(env.SESSION_DB, "prepare", "batch");
    const app = createApp("d1", old.storage, { vars: { SESSION_DB: database.binding } });
    const page = await app.visit(browser, readAll);
    expect([page.status, page.seen, page.lines]).toEqual([200, { user: "ada" }, []]);
    const write = await app.visit(browser, (session) => session.set("theme", "dark"), POST);
    expect([write.status, write.lines]).toEqual([503, []]);
    database.isDown = false;
    expect((await app.visit(browser, readAll)).lines.map(nameOf)).toEqual([NEW, OLD]);
    expect((await app.visit(browser, readAll)).seen).toEqual({ user: "ada" });
  });

  test("1.6 4.6 if the new store is down and cannot recognize the cookie, the visitor keeps the old session", async () => {
    const { old, browser } = await visitorOf("kv", { user: "ada" });
    const database = unreliable(env.SESSION_DB, "prepare", "batch");
    const app = createApp("d1", old.storage, { cookie: NEW, vars: { SESSION_DB: database.binding } });
    const page = await app.visit(browser, readAll);
    expect([page.status, page.seen, page.lines]).toEqual([200, {}, []]);
    const write = await app.visit(browser, (session) => session.set("theme", "dark"), POST);
    expect([write.status, write.lines]).toEqual([503, []]);
    database.isDown = false;
    expect((await app.visit(browser, readAll)).seen).toEqual({ user: "ada" });
  });

  test("1.6 4.6 if the old store is down, a write does not replace its session", async () => {
    const namespace = unreliable(env.SESSION_KV, "get", "put");
    for (const kind of ["cookie", "d1"] as const) {
      namespace.isDown = false;
      const { old, browser } = await visitorOf("kv", { user: "ada" }, NEW, { SESSION_KV: namespace.binding });
      namespace.isDown = true;
      const app = createApp(kind, old.storage, { cookie: NEW });
      expect((await app.visit(browser, readAll)).seen).toEqual({});
      const write = await app.visit(browser, (session) => session.set("theme", "dark"), POST);
      expect([write.status, write.lines]).toEqual([503, []]);
      // A sign-out that could not end the session is not confirmed either.
      const signOut = await app.visit(browser, (session) => session.destroy(), POST);
      expect([signOut.status, signOut.lines]).toEqual([503, []]);
      namespace.isDown = false;
      expect((await app.visit(browser, readAll)).seen).toEqual({ user: "ada" });
    }
  });

  test("1.6 P2 a sign-out is not confirmed if the old session could not be ended", async () => {
    const namespace = unreliable(env.SESSION_KV, "put");
    namespace.isDown = false;
    const { old, browser, cookie } = await visitorOf("kv", { user: "ada" }, NEW, { SESSION_KV: namespace.binding });
    namespace.isDown = true;
    const app = createApp("d1", old.storage, { cookie: NEW });
    const signOut = await app.visit(browser, (session) => session.destroy(), POST);
    expect([signOut.status, signOut.lines]).toEqual([503, []]);
    namespace.isDown = false;
    expect((await app.visit(browser, (session) => session.destroy(), POST)).status).toBe(200);
    expect([[...browser.jar], await dataOf(old, cookie)]).toEqual([[], {}]);
  });

  test("1.6 6.2 a sign-out is confirmed even if the message after it could not be stored", async () => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => session.set("user", "ada"));
    const { binding } = unreliable(env.SESSION_DB, "prepare", "batch");
    const app = createApp("d1", classic(), { vars: { SESSION_DB: binding } });
    const signOut = await app.visit(
      browser,
      (session) => {
        session.destroy();
        session.flash("success", "Goodbye");
      },
      POST,
    );
    expect([signOut.status, [...browser.jar]]).toEqual([200, []]);
  });

  test("1.6 4.3 the old session ends once, even if the first commit after it was too large", async () => {
    const calls: string[] = [];
    const SESSION_KV = observed(env.SESSION_KV, (method) => calls.push(method));
    const { old, browser } = await visitorOf("kv", { user: "ada" }, OLD, { SESSION_KV });
    const app = createApp("cookie", old.storage);
    const signOut = await app.visit(
      browser,
      (session) => {
        session.destroy();
        session.flash("success", "x".repeat(5000));
      },
      POST,
    );
    expect([signOut.status, [...browser.jar]]).toEqual([200, []]);
    expect(calls.filter((method) => method === "delete")).toHaveLength(1);
  });

  test("1.6 2.6 an old session that exceeds today's timeouts is not adopted", async () => {
    const { old, browser } = await visitorOf("d1", { user: "ada" }, OLD);
    const app = createApp("kv", old.storage, { overrides: { absoluteTimeout: 2 * DAY } });
    old.clock.now += 2 * DAY;
    app.clock.now += 2 * DAY;
    const { seen, lines } = await app.visit(browser, readAll);
    expect([seen, lines, app.events]).toEqual([{}, [], ["expired"]]);
  });

  test("1.6 1.5 the storage's destroySession ends the old session too, so a manual sign-out works", async () => {
    const { old, cookie, browser } = await visitorOf("kv", { user: "ada" }, OLD);
    const app = createApp("d1", old.storage);
    await app.visit(
      browser,
      async (session, storage) => {
        const line = await storage.destroySession(session.getSession());
        expect(await dataOf(old, cookie)).toEqual({});
        return new Response("", { headers: { "Set-Cookie": line } });
      },
      POST,
    );
    expect([...browser.jar]).toEqual([]);
  });

  test("1.6 P2 an old session that cannot be ended keeps its cookie, and the next commit ends it", async () => {
    const namespace = unreliable(env.SESSION_KV, "put");
    namespace.isDown = false;
    const { old, browser, cookie } = await visitorOf("kv", { user: "ada" }, OLD, { SESSION_KV: namespace.binding });
    namespace.isDown = true;
    const app = createApp("d1", old.storage);
    for (let visit = 0; visit < 2; visit++) {
      const { status, seen } = await app.visit(browser, readAll);
      expect([status, seen, [...browser.jar.keys()].sort()]).toEqual([200, { user: "ada" }, [NEW, OLD]]);
    }
    namespace.isDown = false;
    const { lines } = await app.visit(browser, (session) => session.set("theme", "dark"), POST);
    expect([lines.map(nameOf), [...browser.jar.keys()]]).toEqual([[OLD], [NEW]]);
    expect([await dataOf(old, cookie), (await app.visit(browser, readAll)).seen]).toEqual([
      {},
      { user: "ada", theme: "dark" },
    ]);
  });

  test("1.6 4.2 a value that no store can keep is dropped and logged by name, and the rest is adopted", async () => {
    const memory = createMemorySessionStorage({ cookie: { name: OLD, secrets: ["s"] } });
    const begun = await memory.getSession();
    begun.set("user", "ada");
    begun.set("since", new Date());
    begun.set("nothing", undefined);
    begun.set("cart", { items: [1n] });
    begun.flash("success", "Hello");
    const app = createApp("d1", memory);
    const { seen } = await app.visit(createBrowser(await memory.commitSession(begun)), showMessage);
    expect(seen).toEqual({ user: "ada", message: "Hello" });
    expect(app.events.slice(0, 3)).toEqual(["not-storable", "not-storable", "not-storable"]);
    expect(app.details.slice(0, 3)).toEqual(
      ["since", "nothing", "cart.items[0]"].map((path) => ({ path, storage: "former" })),
    );
  });

  test("1.6 4.3 an old session that does not fit into the new store stays where it is and keeps working", async () => {
    const { old, cookie, browser } = await visitorOf("kv", { user: "ada", cart: "x".repeat(5000) }, OLD);
    const app = createApp("cookie", old.storage);
    for (let visit = 0; visit < 2; visit++) {
      const { seen, lines, status } = await app.visit(browser, (session) => session.get("user"));
      expect([seen, lines, status]).toEqual(["ada", [], 200]);
    }
    expect(app.events).toEqual(["too-large", "too-large"]);
    expect(await dataOf(old, cookie)).toMatchObject({ user: "ada" });
    // Once the app makes it smaller, it moves.
    await app.visit(browser, (session) => session.unset("cart"), POST);
    expect((await app.visit(browser, readAll)).seen).toEqual({ user: "ada" });
    expect(await dataOf(old, cookie)).toEqual({});
  });

  test("1.6 4.5 a handler that throws leaves everything as it was", async () => {
    const { old, cookie, browser } = await visitorOf("kv", { user: "ada" });
    const app = createApp("d1", old.storage, { cookie: NEW });
    await expect(
      app.visit(browser, (session) => {
        session.destroy();
        throw new Error("a bug");
      }),
    ).rejects.toThrow("a bug");
    expect(await dataOf(old, cookie)).toEqual({ user: "ada" });
  });

  test("1.6 6.1 a sign-in in the adopting request ends the old id, so a planted one is worthless", async () => {
    const { old, cookie, browser } = await visitorOf("d1", { cart: 1 });
    const app = createApp("durable-object", old.storage, { cookie: NEW });
    const signIn = await app.visit(
      browser,
      (session) => {
        session.regenerate({ newLifetime: true });
        session.set("user", "ada");
      },
      POST,
    );
    expect([signIn.status, signIn.report?.change]).toEqual([200, "identity"]);
    expect((await app.visit(browser, readAll)).seen).toEqual({ cart: 1, user: "ada" });
    expect((await app.visit(createBrowser(cookie), readAll)).seen).toEqual({});
  });

  test("1.6 4.11 a sign-out ends an old session whose new id never arrived", async () => {
    const { old, cookie, browser } = await visitorOf("d1", { user: "ada" }, OLD);
    const lost = await request(old, cookie, (session) => session.regenerate());
    const app = createApp("durable-object", old.storage);
    for (const clock of [old.clock, app.clock]) clock.now += MINUTE;
    expect((await app.visit(browser, (session) => session.destroy(), POST)).status).toBe(200);
    expect(await dataOf(old, lost.cookie)).toEqual({});
  });

  test("1.6 6.2 a sign-out ends an old session that its store cannot see yet", async () => {
    const { old, cookie, browser } = await visitorOf("kv", { user: "ada" }, OLD);
    const SESSION_KV = new Proxy(env.SESSION_KV, {
      get: (target, name) => (name === "get" ? async () => null : Reflect.get(target, name).bind(target)),
    });
    const app = createApp("d1", open("kv", { cookie: old.config.cookie }, { SESSION_KV }).storage);
    expect((await app.visit(browser, (session) => session.destroy(), POST)).status).toBe(200);
    expect(await dataOf(old, cookie)).toEqual({});
  });

  test("1.6 8.8 a user that is an object stays signed in", async () => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => session.set("user", { id: 1 }));
    const app = createApp("d1", classic());
    for (let visit = 0; visit < 2; visit++)
      expect((await app.visit(browser, readAll)).seen).toEqual({ user: { id: 1 } });
  });

  test("1.6 an old session without data gets no cookie", async () => {
    const browser = createBrowser();
    await visitOldApp(browser, () => {});
    const { lines, seen } = await createApp("d1", classic()).visit(browser, readAll);
    expect([lines, seen]).toEqual([[], {}]);
  });
});

describe("an old cookie beside a new session", () => {
  test.each(ALL)(
    "1.6 P2 %s: a sign-out ends the new session and the old one, so the next request adopts nothing",
    async (kind) => {
      const { old, cookie } = await visitorOf("kv", { user: "ada" }, OLD);
      const app = createApp(kind, old.storage);
      const browser = createBrowser();
      await app.visit(browser, (session) => session.set("user", "eve"), POST);
      browser.take(cookie);
      const { lines } = await app.visit(browser, (session) => session.destroy(), POST);
      expect([lines.map(nameOf), [...browser.jar]]).toEqual([[NEW, OLD], []]);
      expect(await dataOf(old, cookie)).toEqual({});
    },
  );

  test.each(ALL)("1.6 %s: so does any other commit, and the new session goes on", async (kind) => {
    const { old, cookie } = await visitorOf("kv", { user: "ada" }, OLD);
    const app = createApp(kind, old.storage);
    const browser = createBrowser();
    await app.visit(browser, (session) => session.set("user", "eve"), POST);
    browser.take(cookie);
    // The cookie may be another app's, and stay for good. So it causes no write by itself.
    const page = await app.visit(browser, readAll);
    expect([page.seen, page.report?.result]).toEqual([{ user: "eve" }, "nothing"]);
    await app.visit(browser, (session) => session.set("theme", "dark"), POST);
    expect([[...browser.jar.keys()], await dataOf(old, cookie)]).toEqual([[NEW], {}]);
    expect((await app.visit(browser, readAll)).seen).toEqual({ user: "eve", theme: "dark" });
  });

  test("1.6 P2 a sign-out works even if the old cookie opens nothing and its storage refuses to end it", async () => {
    // Remix's KV storage refuses this too.
    const from = createCustomStorage({
      cookie: { name: OLD, secrets: ["old secret"] },
      createData: async () => "id",
      readData: async () => null,
      updateData: async () => {},
      deleteData: async (id) => {
        if (!id) throw new TypeError("There is no key");
      },
    });
    const app = createApp("d1", from);
    const browser = createBrowser(`${OLD}=tampered`);
    await app.visit(browser, (session) => session.set("user", "ada"), POST);
    const { status } = await app.visit(browser, (session) => session.destroy(), POST);
    expect([status, [...browser.jar]]).toEqual([200, []]);
  });
});

describe("routes that still send the old cookie", () => {
  test("1.6 2.4 a manual sign-out that removes the old cookie ends the session, before and after the adoption", async () => {
    const handMade = async () =>
      new Response("", { headers: { "Set-Cookie": await classic().destroySession(await classic().getSession()) } });
    const app = createApp("d1", classic());
    for (const visitsBefore of [0, 1]) {
      const browser = createBrowser();
      await visitOldApp(browser, (session) => session.set("user", "ada"));
      for (let visit = 0; visit < visitsBefore; visit++) await app.visit(browser, readAll);
      await app.visit(browser, handMade, POST);
      expect([...browser.jar]).toEqual([]);
    }
  });

  test("1.6 2.4 a leftover commit in the adopting request does not bring the old cookie back, and is logged", async () => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => session.set("user", "ada"));
    const app = createApp("d1", classic());
    await app.visit(browser, async (session) => {
      session.get("user");
      const old = await classic().getSession(browser.cookie());
      return new Response("", {
        headers: [
          ["Set-Cookie", "lang=en"],
          ["Set-Cookie", await classic().commitSession(old)],
        ],
      });
    });
    expect([...browser.jar.keys()]).toEqual(["lang", NEW]);
    expect(app.events).toContain("superseded");
  });
});

test("1.6 7.1 a request from another site adopts nothing, even if the old cookie was SameSite=None", async () => {
  const from = classic({ sameSite: "none" });
  const browser = createBrowser();
  await visitOldApp(browser, (session) => session.set("user", "ada"), from);
  const app = createApp("d1", from);
  const crossSite = (headers: Record<string, string>) => ({ headers: { "Sec-Fetch-Site": "cross-site", ...headers } });
  for (const init of [
    crossSite({ "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image" }),
    crossSite({ "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe" }),
  ]) {
    const { seen, lines } = await app.visit(browser, readAll, init);
    expect([seen, lines]).toEqual([{}, []]);
  }
  const link = crossSite({ "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" });
  expect((await app.visit(browser, readAll, link)).seen).toEqual({ user: "ada" });
});

test.each(WITH_RECORDS)(
  "1.6 two simultaneous first requests both see the session of the store %s, and it continues",
  async (from) => {
    const { old, browser } = await visitorOf(from, { user: "ada" }, OLD);
    const app = createApp(from === "d1" ? "durable-object" : "d1", old.storage);
    let waiting = 0;
    const bothHaveRead = Promise.withResolvers<void>();
    const read = async (session: AnySession) => {
      if (++waiting === 2) bothHaveRead.resolve();
      await bothHaveRead.promise;
      return session.get("user");
    };
    const visits = await Promise.all([app.visit(browser, read), app.visit(browser, read)]);
    expect(visits.map(({ status, seen }) => [status, seen])).toEqual([
      [200, "ada"],
      [200, "ada"],
    ]);
    expect([...browser.jar.keys()]).toEqual([NEW]);
    expect((await app.visit(browser, readAll)).seen).toEqual({ user: "ada" });
  },
);

test.each(CONSISTENT)(
  "1.6 8.5 %s: an adopted session is listed, in a list that does not claim to be complete",
  async (kind) => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => session.set("user", crypto.randomUUID()));
    await createApp(kind, classic()).visit(browser, readAll);
    const { config, storage: store } = open(kind);
    const storage = adopt(store, { config, from: classic(), cookie: OLD });
    const session = await storage.getSession(browser.cookie());
    const list = await storage.userSessions?.list(session);
    expect([list?.sessions.length, list?.isComplete]).toEqual([1, false]);
    const revoked = await storage.userSessions?.revoke(session, () => true);
    expect([revoked?.ended.length, revoked?.isComplete]).toEqual([1, false]);
  },
);

test("1.6 4.13 the storage in front must be one of this folder itself, and adopt nothing yet", async () => {
  const { config, storage } = open("cookie");
  const options = { config, from: classic(), cookie: OLD };
  const memory = createMemorySessionStorage({ cookie: { name: "__new", secrets: ["s"] } });
  for (const wrong of [memory, adaptStorage(memory, { cookie: "__new" }), adopt(storage, options)])
    await expect(adopt(wrong, options).getSession()).rejects.toMatchObject({ name: "ConfigError" });
});

/** Makes Remix's createSessionStorage over a map that acts as a database: a missing row cannot be deleted. */
function rowsOf() {
  const rows = new Map<string, object>();
  const trouble = { isDown: false, hangs: false, failsToDelete: false };
  const meetTrouble = async () => {
    if (trouble.hangs) await new Promise(() => {});
    if (trouble.isDown) throw new Error("the database is down");
  };
  const from = createCustomStorage({
    cookie: { name: OLD, secrets: ["old secret"] },
    createData: async (data) => {
      const id = crypto.randomUUID();
      rows.set(id, data);
      return id;
    },
    readData: async (id) => {
      await meetTrouble();
      return rows.get(id) ?? null;
    },
    updateData: async (id, data) => void rows.set(id, data),
    deleteData: async (id) => {
      await meetTrouble();
      if (trouble.failsToDelete || !rows.delete(id)) throw new Error("the row cannot be deleted");
    },
  });
  return { rows, from, trouble };
}

async function visitorOfRows({ from }: ReturnType<typeof rowsOf>, user = "ada") {
  const browser = createBrowser();
  await visitOldApp(browser, (session) => session.set("user", user), from as unknown as ReturnType<typeof classic>);
  return browser;
}

describe("adoption meets trouble", () => {
  test.each(["cookie", "d1"] as const)(
    "1.6 2.4 a manual commit in the adopting request costs nothing with the store %s",
    async (kind) => {
      const { old, browser } = await visitorOf("kv", { user: "ada" }, OLD);
      const app = createApp(kind, old.storage);
      await app.visit(browser, async (session, storage) => {
        session.get("user");
        const line = await storage.commitSession(session.getSession());
        return new Response("page", { headers: { "Set-Cookie": line } });
      });
      expect([...browser.jar.keys()]).toEqual([NEW]);
      expect((await app.visit(browser, readAll)).seen).toEqual({ user: "ada" });
    },
  );

  test("1.6 P1 a manual commit ends nothing yet, since the request's own may still fail", async () => {
    const { old, browser } = await visitorOf("kv", { user: "ada" }, OLD);
    const database = unreliable(env.SESSION_DB, "prepare", "batch");
    database.isDown = false;
    const app = createApp("d1", old.storage, { vars: { SESSION_DB: database.binding } });
    const act: Act = async (session, storage) => {
      session.set("theme", "dark");
      await storage.commitSession(session.getSession());
      session.set("theme", "light");
      database.isDown = true;
    };
    const failed = await app.visit(browser, act, POST);
    expect([failed.status, failed.lines]).toEqual([503, []]);
    database.isDown = false;
    expect((await app.visit(browser, readAll)).seen).toEqual({ user: "ada" });
  });

  test("1.6 6.2 a sign-out works beside an old cookie whose row is gone and cannot be deleted", async () => {
    const old = rowsOf();
    const browser = await visitorOfRows(old);
    old.rows.clear();
    const app = createApp("d1", old.from);
    await app.visit(browser, (session) => session.set("user", "ada"), POST);
    const signOut = await app.visit(browser, (session) => session.destroy(), POST);
    expect([signOut.status, (await app.visit(browser, readAll)).seen]).toEqual([200, {}]);
  });

  test("1.6 4.8 a former storage that hangs does not hang the request", async () => {
    const old = rowsOf();
    const browser = await visitorOfRows(old);
    old.trouble.hangs = true;
    const app = createApp("d1", old.from, { overrides: { storeTimeout: 50 } });
    expect((await app.visit(browser, () => new Response("page"))).status).toBe(200);
    expect(app.events).toEqual(["store-error"]);
  });

  test("1.6 4.6 while the former storage is down, no write replaces its session, and no sign-out is confirmed", async () => {
    const old = rowsOf();
    const browser = await visitorOfRows(old);
    const app = createApp("d1", old.from);
    old.trouble.isDown = true;
    for (const act of [
      (session: AnySession) => session.set("theme", "dark"),
      (session: AnySession) => session.destroy(),
    ])
      expect((await app.visit(browser, act, POST)).status).toBe(503);
    old.trouble.isDown = false;
    expect([old.rows.size, (await app.visit(browser, readAll)).seen]).toEqual([1, { user: "ada" }]);
  });

  test("1.6 4.6 nor if it answers again by the end of the request", async () => {
    const old = rowsOf();
    const browser = await visitorOfRows(old);
    const app = createApp("d1", old.from);
    old.trouble.isDown = true;
    const write = await app.visit(
      browser,
      (session) => {
        session.set("theme", "dark");
        old.trouble.isDown = false;
      },
      POST,
    );
    expect([write.status, (await app.visit(browser, readAll)).seen]).toEqual([503, { user: "ada" }]);
  });

  test.each([
    [
      "another package",
      async () => {
        const old = rowsOf();
        return { from: old.from, browser: await visitorOfRows(old) };
      },
    ],
    [
      "this folder",
      async () => {
        const { old, browser } = await visitorOf("kv", { user: "ada" }, OLD);
        return { from: old.storage, browser };
      },
    ],
  ])("1.6 6.2 a request in flight does not bring back a session of %s that has signed out", async (_, begin) => {
    for (const act of [(session: AnySession) => session.set("theme", "dark"), () => {}]) {
      const { from, browser } = await begin();
      const cookie = browser.cookie();
      const app = createApp("d1", from);
      const slow = await app.visit(
        browser,
        async (session) => {
          expect(session.get("user")).toBe("ada");
          expect((await app.visit(createBrowser(cookie), (other) => other.destroy(), POST)).status).toBe(200);
          act(session);
        },
        POST,
      );
      expect([slow.report?.error, slow.lines, (await app.visit(browser, readAll)).seen]).toEqual(["gone", [], {}]);
    }
  });

  test("1.6 8.7 a former storage that cannot end a session that has stayed costs no sign-in", async () => {
    const old = rowsOf();
    const browser = await visitorOfRows(old);
    const cookie = browser.cookie();
    const app = createApp("d1", old.from);
    await app.visit(browser, (session) => session.set("cart", ["tea"]), POST);
    browser.take(`${cookie}; Path=/`);
    old.trouble.isDown = true;
    const signIn = await app.visit(browser, (session) => session.regenerate({ newLifetime: true }), POST);
    expect([signIn.status, (await app.visit(browser, readAll)).seen]).toEqual([200, { user: "ada", cart: ["tea"] }]);
  });

  test("1.6 6.1 P2 a sign-in in the adopting request is not confirmed if the old session could not be ended", async () => {
    const old = rowsOf();
    const browser = await visitorOfRows(old);
    old.trouble.failsToDelete = true;
    const app = createApp("d1", old.from);
    const signIn = await app.visit(browser, (session) => session.regenerate({ newLifetime: true }), POST);
    expect([signIn.status, signIn.lines, [...browser.jar.keys()]]).toEqual([503, [], [OLD]]);
  });

  test("1.6 P1 a manual sign-out that was not saved leaves the old cookie, so the next one ends the row", async () => {
    const old = rowsOf();
    const browser = await visitorOfRows(old);
    const app = createApp("d1", old.from);
    const byHand = () => new Response("bye", { headers: { "Set-Cookie": `${OLD}=; Max-Age=0; Path=/` } });
    old.trouble.failsToDelete = true;
    const first = await app.visit(browser, byHand, POST);
    expect([first.status, first.lines]).toEqual([503, []]);
    old.trouble.failsToDelete = false;
    expect([(await app.visit(browser, byHand, POST)).status, old.rows.size]).toEqual([200, 0]);
  });

  test("1.6 P2 a sign-out while the new store was unreadable ends the old record, even under the same name", async () => {
    const { old, cookie, browser } = await visitorOf("kv", { user: "ada" });
    const flaky = unreliable(env.SESSION_DB, "prepare", "batch");
    const app = createApp("d1", old.storage, { cookie: NEW, vars: { SESSION_DB: flaky.binding } });
    const signOut = await app.visit(
      browser,
      (session) => {
        flaky.isDown = false;
        session.destroy();
      },
      POST,
    );
    expect([signOut.status, await dataOf(old, cookie)]).toEqual([200, {}]);
  });

  test.each([
    ["cookie", (session: AnySession) => session.set("profile", "x".repeat(5_000))],
    ["d1", (session: AnySession) => session.get("cart").push(new Date())],
  ] as const)("1.6 4.3 a new id with data that the store %s cannot keep leaves the old session", async (kind, act) => {
    const data = { user: "", cart: ["tea"] };
    const { old, browser, cookie } = await visitorOf("kv", data, OLD);
    const app = createApp(kind, old.storage);
    const signIn = (session: AnySession) => {
      session.regenerate({ newLifetime: true });
      session.set("user", "ada");
      act(session);
    };
    expect((await app.visit(browser, signIn, POST)).status).toBe(500);
    expect(await dataOf(old, cookie)).toEqual(data);
    expect((await app.visit(browser, readAll)).seen).toEqual(data);
  });
});

test.each(ALL)("1.6 6.5 with the store %s, a session is adopted when the cookie gets another name", async (kind) => {
  const { old, browser } = await visitorOf(kind, { user: "ada" }, "__Host-shop");
  const app = createApp(kind, old.storage, { cookie: "__Host-shop" });
  expect((await app.visit(browser, readAll)).seen).toEqual({ user: "ada" });
  expect([...browser.jar.keys()]).toEqual([NEW]);
  expect((await app.visit(browser, readAll)).seen).toEqual({ user: "ada" });
});

describe("1.6 8.7 one of the storages fails, or a cookie has stayed", () => {
  test("P2 with the old storage down, a sign-out ends the new session all the same, and is not confirmed", async () => {
    const { browser } = await visitorOf("kv", { user: "ada" }, OLD);
    const namespace = unreliable(env.SESSION_KV, "get", "put");
    namespace.isDown = false;
    const former = open("kv", { cookie: { name: OLD, secure: true } }, { SESSION_KV: namespace.binding });
    const app = createApp("d1", former.storage);
    const oldCookie = browser.cookie();
    await app.visit(browser, readAll);
    const newCookie = browser.cookie();
    // The line that removes the old cookie was lost.
    browser.take(`${oldCookie}; Path=/`);
    namespace.isDown = true;
    expect((await app.visit(browser, (session) => session.destroy(), POST)).status).toBe(503);
    expect(await dataOf(open("d1"), newCookie)).toEqual({});
    namespace.isDown = false;
    expect((await app.visit(browser, (session) => session.destroy(), POST)).status).toBe(200);
    expect([...browser.jar]).toEqual([]);
  });

  test.each(CONSISTENT)("8.5 %s: a device that was revoked does not come back by its old cookie", async (kind) => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => session.set("user", "ada"));
    const oldCookie = browser.cookie();
    const app = createApp(kind, classic());
    await app.visit(browser, readAll);
    const newCookie = browser.cookie();
    browser.take(`${oldCookie}; Path=/`);
    await open(kind).storage.destroySession(await open(kind).storage.getSession(newCookie));
    expect((await app.visit(browser, readAll)).seen).toEqual({});
    expect((await app.visit(browser, (session) => session.set("theme", "dark"), POST)).status).toBe(200);
    expect((await app.visit(browser, readAll)).seen).toEqual({ theme: "dark" });
  });

  test("4.3 an old session that is too large for the cookie store keeps what fits, once something is stored", async () => {
    const browser = createBrowser();
    await visitOldApp(browser, (session) => {
      session.set("user", "ada");
      session.set("essay", "x".repeat(2_820));
    });
    const app = createApp("cookie", classic());
    for (const theme of ["dark", "light"]) {
      const post = await app.visit(browser, (session) => session.set("theme", theme), POST);
      expect([post.status, (await app.visit(browser, readAll)).seen]).toEqual([200, { user: "ada", theme }]);
    }
    expect(app.events).toContain("too-large");
  });
});
