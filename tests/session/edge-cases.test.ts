/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** What the rules promise where they meet: rare orders, odd values, storages of other packages. */
import { applyD1Migrations, listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import {
  createCookieSessionStorage,
  createMemorySessionStorage,
  createWorkersKVSessionStorage,
} from "@remix-run/cloudflare";
import { beforeAll, describe, expect, test, vi } from "vitest";
import {
  ConfigError,
  getConfig,
  type HandleFetchOptions,
  handleFetch,
  type SessionEnv,
  SessionError,
  type SessionEvent,
  SuperflareSession,
} from "~/lib/session";
import { keyOf } from "~/lib/session/stores/record-store";
import {
  ALL,
  type AnySession,
  askWorker,
  CONSISTENT,
  DAY,
  dataOf,
  env,
  HOUR,
  MINUTE,
  objectsThat,
  open,
  openDown,
  openGate,
  openWithPausedMove,
  page,
  pairOf,
  redirect,
  request,
  SECRET,
  type Store,
  stored,
  WITH_RECORDS,
} from "./harness";

beforeAll(() => applyD1Migrations(env.SESSION_DB, env.MIGRATIONS));

/** What a browser does with a line for a cookie of this name (RFC 6265bis, section 5.7): the part that matters for `__Host-`. */
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

describe("identity and races", () => {
  test.each(CONSISTENT)(
    "6.2 8.6 %s: a sign-out that starts while the browser has not got its new id yet ends the session",
    async (kind) => {
      const { cookie } = await askWorker(kind, "set.user=ada");
      // Committed on the server; its response is still on the way, so the browser sends its old cookie once more.
      const regenerated = await askWorker(kind, "regenerate", cookie);
      const signOut = await askWorker(kind, "destroy", cookie);
      expect(signOut.status).toBe(200);
      expect(await dataOf(open(kind), regenerated.cookie)).toEqual({});
    },
  );

  test.each(CONSISTENT)(
    "6.1 4.6 %s: a write with the old cookie just after a regenerate is not confirmed, and does not replace the new cookie",
    async (kind) => {
      const { cookie } = await askWorker(kind, "set.theme=dark");
      const regenerated = await askWorker(kind, "regenerate&set.user=ada", cookie);
      const late = await request(open(kind), cookie, (session) => session.set("cart", 1));
      expect([late.response.status, late.response.headers.get("Retry-After"), late.line]).toEqual([
        503,
        "10",
        undefined,
      ]);
      const message = await request(open(kind), cookie, (session) => session.flash("success", "Hello"));
      expect([message.response.status, message.line]).toEqual([200, undefined]);
      const signIn = await request(open(kind), cookie, (session) => {
        session.regenerate();
        session.set("user", "ada");
      });
      expect([signIn.response.status, signIn.line]).toEqual([200, undefined]);
      expect(await dataOf(open(kind), regenerated.cookie)).toEqual({ theme: "dark", user: "ada" });
    },
  );

  test.each(CONSISTENT)(
    "2.6 4.10 %s: a session that expires while a request runs is over: a write or a new id does not bring it back",
    async (kind) => {
      for (const act of [
        (session: AnySession) => session.set("theme", "dark"),
        (session: AnySession) => session.regenerate(),
      ]) {
        const store = open(kind, { idleTimeout: HOUR });
        const cookie = await stored(store, { user: "ada" });
        const { line } = await request(store, cookie, (session) => {
          store.clock.now += HOUR;
          act(session);
        });
        expect([line, store.events.at(-1)]).toEqual([undefined, "gone"]);
      }
    },
  );

  test.each(CONSISTENT)(
    "8.2 %s: the old id does not lead to a session that has expired under its new one",
    async (kind) => {
      const store = open(kind, { idleTimeout: 10 });
      const cookie = await stored(store, { theme: "dark" });
      const slow = await store.storage.getSession(cookie);
      await request(store, cookie, (session) => session.regenerate());
      store.clock.now += 12;
      slow.set("late", 1);
      await expect(store.storage.commitSession(slow)).rejects.toMatchObject({ code: "gone" });
    },
  );

  test.each(WITH_RECORDS)("4.10 2.6 %s: a request that outlasts its session does not revive it", async (kind) => {
    const store = open(kind, { idleTimeout: 10 });
    for (const regenerates of [false, true]) {
      const cookie = await stored(store, { theme: "dark" });
      const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
      store.clock.now += 12;
      const { response, report } = await request(store, slow, (session) => {
        session.set("late", 1);
        if (regenerates) session.regenerate();
      });
      expect([response.status, report?.result, response.headers.get("Set-Cookie")]).toEqual([200, "gone", null]);
    }
  });

  test.each(CONSISTENT)("8.2 %s: the old id leads to the new one for seconds, and no longer", async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { theme: "dark" });
    const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
    const regenerated = await request(store, cookie, (session) => session.regenerate());
    store.clock.now += 30 * MINUTE;
    await request(store, slow, (session) => session.set("user", "planted"));
    expect(await dataOf(store, regenerated.cookie)).toEqual({ theme: "dark" });
    expect(store.events.at(-1)).toBe("gone");
  });

  test("6.1 regenerate with a new lifetime begins one, also if the request had regenerated before", async () => {
    const store = open("d1", { absoluteTimeout: 2 * DAY });
    const cookie = await stored(store, { user: "ada" });
    store.clock.now += DAY;
    const { cookie: next } = await request(store, cookie, (session) => {
      session.regenerate(); // a middleware
      session.regenerate({ newLifetime: true }); // the sign-in
    });
    store.clock.now += DAY;
    expect(await dataOf(store, next)).toEqual({ user: "ada" });
  });

  test.each(CONSISTENT)(
    "8.5 %s: a session whose user was set by a request in flight at a regenerate is listed",
    async (kind) => {
      const user = crypto.randomUUID();
      const { cookie } = await askWorker(kind, "set.theme=dark");
      const gate = openGate();
      const slow = askWorker(kind, `wait=${gate.name}&set.user=${user}`, cookie);
      await gate.reachedBy(1);
      const next = await askWorker(kind, "regenerate", cookie);
      gate.open();
      await slow;
      const { storage } = open(kind);
      const session = await storage.getSession(next.cookie);
      expect(session.data).toEqual({ theme: "dark", user });
      const list = await storage.userSessions?.list(session);
      expect([list?.sessions.length, list?.isComplete]).toEqual([1, true]);
    },
  );

  test.each(CONSISTENT)(
    "8.5 P1 %s: the list of a session that could not be read does not say that it is complete",
    async (kind) => {
      const store = open(kind);
      const user = crypto.randomUUID();
      const mine = await stored(store, { user });
      const other = await stored(store, { user });
      const fail = () => Promise.reject(new Error("down"));
      const statement: object = { bind: () => statement, first: fail, run: fail, all: fail };
      const vars = {
        SESSION_DB: { prepare: () => statement, batch: fail },
        SESSION_OBJECT: { idFromName: () => "id", get: () => ({ fetch: fail }) },
      } as unknown as Partial<SessionEnv>;
      const unread = await open(kind, {}, vars).storage.getSession(mine);
      const answer = await store.storage.userSessions?.revoke(unread, ({ isCurrent }) => !isCurrent);
      expect(await dataOf(store, other)).toEqual({ user }); // nothing was ended
      expect(answer).toEqual({ ended: [], isComplete: false });
    },
  );

  test.each(CONSISTENT)(
    "8.5 %s: the list is of the session's user: signing in as somebody else in this request does not show the last one's devices",
    async (kind) => {
      const store = open(kind);
      const [ada, bob] = [crypto.randomUUID(), crypto.randomUUID()];
      const cookie = await stored(store, { user: ada });
      await stored(store, { user: ada, device: "ada's phone" });
      const bobs = await stored(store, { user: bob });
      const { storage } = store;
      const answers: unknown[] = [];
      await request(store, cookie, async (session) => {
        session.destroy();
        session.set("user", bob);
        const list = await storage.userSessions?.list(session.getSession());
        answers.push(...(list?.sessions.map(({ data }) => data.device) ?? []));
        // "Sign out my other devices", at the sign-in after a theft.
        const revoked = await storage.userSessions?.revoke(session.getSession(), ({ isCurrent }) => !isCurrent);
        answers.push(revoked?.isComplete);
      });
      const isBobsEnded = Object.keys(await dataOf(store, bobs)).length === 0;
      expect([answers.includes("ada's phone"), answers.at(-1) === true && !isBobsEnded]).toEqual([false, false]);
    },
  );

  test.each(CONSISTENT)("3.5 %s: the data in a list shows no flashes under the storage's own keys", async (kind) => {
    const store = open(kind);
    const user = crypto.randomUUID();
    const cookie = await stored(store, { user });
    await request(store, cookie, (session) => session.flash("success", "Your code is 1234"));
    const list = await store.storage.userSessions?.list(await store.storage.getSession(cookie));
    expect(list?.sessions.map(({ data }) => data)).toEqual([{ user }]);
  });

  test("4.7 durable-object: a list skips a record that is nothing like one", async () => {
    const store = open("durable-object");
    const user = crypto.randomUUID();
    const [mine, other] = [await stored(store, { user }), await stored(store, { user })];
    const { id } = await store.storage.getSession(other);
    const object = env.SESSION_OBJECT.get(env.SESSION_OBJECT.idFromName(`session ${await keyOf(id)}`));
    await runInDurableObject(object, (_, { storage }) => storage.put("record", "garbage"));
    const list = await store.storage.userSessions?.list(await store.storage.getSession(mine));
    expect(list?.sessions).toHaveLength(1);
  });

  test("durable-object: a request in flight whose session was moved and then signed out is `gone`, not `moved` (kept)", async () => {
    const store = open("durable-object");
    const cookie = await stored(store, { theme: "dark" });
    const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
    const next = await request(store, cookie, (session) => session.regenerate());
    await request(store, next.cookie, (session) => session.destroy());
    slow.set("a", 1);
    await expect(store.storage.commitSession(slow.getSession())).rejects.toMatchObject({ code: "gone" });
  });
});

describe("a storage of another package", () => {
  /** A session of Remix's in memory, and what one request does to it. */
  async function visitForeign(act: (session: AnySession) => void, options: Partial<HandleFetchOptions> = {}) {
    const storage = createMemorySessionStorage({ cookie: { name: "__session", secrets: ["s"] } });
    const begun = await storage.getSession();
    begun.set("theme", "dark");
    const cookie = pairOf(await storage.commitSession(begun));
    const request = new Request("https://example.com/", { method: "POST" });
    const events: SessionEvent[] = [];
    const config = {
      ...getConfig({ request, env: { SESSION_SECRET: SECRET } }),
      log: (event: SessionEvent) => void events.push(event),
    };
    const session: AnySession = new SuperflareSession(await storage.getSession(cookie));
    const response = await handleFetch(
      {
        config,
        session,
        getSessionCookie: () => storage.commitSession(session.getSession()),
        destroySession: (old) => storage.destroySession(old),
        ...options,
      },
      () => {
        act(session);
        return page();
      },
    );
    const lines = response.headers.getSetCookie();
    const dataAt = async (header: string) => (await storage.getSession(header)).data;
    return { status: response.status, lines, events, old: await dataAt(cookie), next: await dataAt(pairOf(lines[0])) };
  }

  test("1.1 6.1 regenerate moves the data to a new id, and the old one is dead", async () => {
    const { lines, old, next } = await visitForeign((session) => {
      session.regenerate();
      session.set("user", "ada");
    });
    expect([lines.length, old, next]).toEqual([1, {}, { theme: "dark", user: "ada" }]);
  });

  test("1.1 6.2 destroy ends the session and removes the cookie; what is set after it begins a new one", async () => {
    const ended = await visitForeign((session) => session.destroy());
    expect([ended.lines, ended.old]).toEqual([[expect.stringContaining("Expires=Thu, 01 Jan 1970")], {}]);
    const { old, next } = await visitForeign((session) => {
      session.destroy();
      session.flash("success", "You are signed out");
    });
    expect([old, next]).toEqual([{}, { __flash_success__: "You are signed out" }]);
  });

  test("1.1 6.2 if what was set after destroy cannot be stored, the removal is sent all the same", async () => {
    const { status, lines, old, events } = await visitForeign(
      (session) => {
        session.destroy();
        session.set("theme", "dark");
      },
      { getSessionCookie: () => Promise.reject(new Error("down")) },
    );
    expect([status, lines, old]).toEqual([200, [expect.stringContaining("Expires=Thu, 01 Jan 1970")], {}]);
    expect(events).toEqual(["store-error"]);
  });

  test("1.3 P1 without `destroySession` there is no regenerate and no destroy, which would end nothing", async () => {
    for (const act of [(session: AnySession) => session.regenerate(), (session: AnySession) => session.destroy()]) {
      await expect(visitForeign(act, { destroySession: undefined })).rejects.toThrow(ConfigError);
    }
  });
});

describe("a storage of another package, where there is nothing to end, or only once", () => {
  const cookie = { name: "__Host-session", secure: true, secrets: ["not a secret"] };

  test.each([
    ["sign-in", (session: AnySession) => session.regenerate()],
    ["sign-out", (session: AnySession) => session.destroy()],
  ])(
    "1.1 4.6 a %s without a session works with Remix's KV storage, which cannot destroy one without an id",
    async (_, end) => {
      const kv = env.SESSION_KV as unknown as Parameters<typeof createWorkersKVSessionStorage>[0]["kv"];
      const storage = createWorkersKVSessionStorage({ cookie, kv });
      const { config, details } = open("cookie");
      const { report, line } = await request(
        { config, storage },
        "",
        (session) => {
          end(session);
          session.set("user", "ada");
        },
        { destroySession: (session) => storage.destroySession(session) },
      );
      expect([report?.result, details]).toEqual(["stored", []]);
      expect((await storage.getSession(pairOf(line))).data).toEqual({ user: "ada" });
    },
  );

  test("6.1 4.3 regenerate with a flash that does not fit ends the old session once", async () => {
    const storage = createMemorySessionStorage({ cookie });
    const ended: string[] = [];
    const options = {
      destroySession: (session: { id: string }) => {
        ended.push(session.id);
        return storage.destroySession(session as never);
      },
      getSessionCookie: async (session: AnySession) => {
        if (session.has("a")) throw new SessionError("too-large", "It does not fit.");
        return storage.commitSession(session.getSession());
      },
    };
    const store = { config: open("cookie").config, storage };
    const first = await request(store, "", (session) => session.set("theme", "dark"), options);
    const act = (session: AnySession) => {
      session.regenerate();
      session.flash("a", "long");
    };
    const { cookie: next } = await request(store, first.cookie, act, options);
    expect(ended).toHaveLength(1);
    expect((await storage.getSession(next)).data).toEqual({ theme: "dark" });
  });

  test.each([
    ["memory", createMemorySessionStorage({ cookie })],
    ["cookie", createCookieSessionStorage({ cookie })],
  ])("4.4 after a regenerate, a write on the raw session throws: Remix's %s storage", async (_, storage) => {
    const store = { config: open("cookie").config, storage };
    const options = { destroySession: (session: object) => storage.destroySession(session as never) };
    const first = await request(store, "", (session) => session.set("theme", "dark"), options);
    const { session } = await request(store, first.cookie, (session) => session.regenerate(), options);
    expect(() => session.getSession().set("late", 1)).toThrow(/response has been sent/);
  });
});

describe("2.7 a visitor who leaves does not stop a store half way", () => {
  async function commitsThatAreWaitedFor(store: Store) {
    const waiting: Promise<unknown>[] = [];
    const ctx = { waitUntil: (promise: Promise<unknown>) => void waiting.push(promise) };
    const waited = { ...store, config: { ...store.config, ctx } };
    const { cookie } = await request(waited, "", (session) => session.set("theme", "dark"));
    await request(waited, cookie, (session) => session.get("theme"));
    await Promise.all(waiting);
    return waiting.length;
  }

  test.each(WITH_RECORDS)("%s: the commit is passed to waitUntil", async (kind) => {
    expect(await commitsThatAreWaitedFor(open(kind))).toBe(1);
  });

  test("so is that of another package's storage", async () => {
    const storage = createMemorySessionStorage({ cookie: { name: "__Host-session", secure: true } });
    expect(await commitsThatAreWaitedFor({ ...open("cookie"), storage })).toBe(1);
  });

  test("cookie: there is nothing to wait for", async () => {
    expect(await commitsThatAreWaitedFor(open("cookie"))).toBe(0);
  });
});

describe("2.4 lines of a route", () => {
  test.each(CONSISTENT)("2.6 %s: a write sends no cookie because the route sends another one", async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { theme: "dark" });
    const write = await request(store, cookie, (session) => {
      session.set("theme", "light");
      return page("", { headers: { "Set-Cookie": "locale=en; Path=/" } });
    });
    expect(write.response.headers.getSetCookie()).toEqual(["locale=en; Path=/"]);
  });

  test.each([
    ...CONSISTENT.map((kind) => [kind, "moved", (other: AnySession) => other.regenerate()] as const),
    ...WITH_RECORDS.map((kind) => [kind, "gone", (other: AnySession) => other.destroy()] as const),
  ])("4.10 8.2 %s: a route's own line is not sent if the session is %s meanwhile", async (kind, result, end) => {
    const store = open(kind);
    const cookie = await stored(store, { theme: "dark" });
    const { line, report } = await request(store, cookie, async (session) => {
      session.set("theme", "light");
      const own = await store.storage.commitSession(session.getSession());
      await request(store, cookie, end);
      return page("", { headers: { "Set-Cookie": own } });
    });
    expect([report?.result, line]).toEqual([result, undefined]);
  });

  test.each(ALL)("2.1 %s: a route's own line is not sent if nothing changed; a removal is", async (kind) => {
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

  test.each([
    ["without Path and Secure, as most people write it", "__Host-session=; Max-Age=0"],
    ["without Secure", "__Host-session=; Path=/; Max-Age=0"],
    ["with another Path", "__Host-session=; Path=/account; Secure; Max-Age=0"],
    ["with a Domain", "__Host-session=; Path=/; Secure; Domain=example.com; Max-Age=0"],
  ])(
    "2.4 P1 a sign-out by hand %s: some line of the response removes the cookie from a browser",
    async (_, removal) => {
      const store = open("cookie");
      const cookie = await stored(store, { user: "ada" });
      const { response } = await request(store, cookie, () =>
        page("signed out", { headers: { "Set-Cookie": removal } }),
      );
      expect(store.events).toContain("destroyed");
      const lines = response.headers.getSetCookie();
      expect(lines.filter((line) => /Max-Age=0/.test(line) && browserAccepts(line))).toHaveLength(1);
    },
  );

  test.each(["Max-Age=0; Max-Age=100", "Max-Age=100; Expires=Thu, 01 Jan 1970 00:00:00 GMT"])(
    "2.4 P1 the last Max-Age counts, and before Expires, as in a browser: with %s a line is no removal",
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

  test("2.4 a storage of another package: a route that removes its cookie by hand ends the session there", async () => {
    const storage = createMemorySessionStorage({ cookie: { name: "__session", secrets: ["s"] } });
    const begun = await storage.getSession();
    begun.set("user", "ada");
    const cookie = pairOf(await storage.commitSession(begun));
    const config = getConfig({
      request: new Request("https://example.com/", { method: "POST" }),
      env: { SESSION_SECRET: SECRET },
    });
    const session: AnySession = new SuperflareSession(await storage.getSession(cookie));
    const response = await handleFetch(
      {
        config,
        session,
        getSessionCookie: () => storage.commitSession(session.getSession()),
        destroySession: (old) => storage.destroySession(old),
      },
      () => {
        session.set("theme", "dark");
        return page("signed out", { headers: { "Set-Cookie": "__session=; Path=/; Max-Age=0" } });
      },
    );
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/Max-Age=0|Expires=Thu, 01 Jan 1970/)]);
    expect((await storage.getSession(cookie)).data).toEqual({});
  });

  test("2.4 a storage of another package: Remix's own logout, its destroySession line, is not undone by the commit", async () => {
    const storage = createMemorySessionStorage({ cookie: { name: "__session", secrets: ["s"] } });
    const begun = await storage.getSession();
    begun.set("user", "ada");
    const cookie = pairOf(await storage.commitSession(begun));
    const config = getConfig({
      request: new Request("https://example.com/", { method: "POST" }),
      env: { SESSION_SECRET: SECRET },
    });
    const session: AnySession = new SuperflareSession(await storage.getSession(cookie));
    await handleFetch(
      {
        config,
        session,
        getSessionCookie: () => storage.commitSession(session.getSession()),
        destroySession: (old) => storage.destroySession(old),
      },
      async () => {
        session.flash("success", "You are signed out");
        return page("", { headers: { "Set-Cookie": await storage.destroySession(session.getSession()) } });
      },
    );
    // The old cookie, that somebody has a copy of.
    expect((await storage.getSession(cookie)).data).toEqual({});
  });

  test("1.3 2.4 a sign-out by hand works with { config, session, getSessionCookie } alone", async () => {
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

  test("5.5 a route's own Clear-Site-Data, which clears more, stays at a sign-out", async () => {
    const store = open("cookie");
    const cookie = await stored(store, { user: "ada" });
    const { response } = await request(store, cookie, (session) => {
      session.destroy();
      return page("", { headers: { "Clear-Site-Data": '"cache", "storage"' } });
    });
    expect(response.headers.get("Clear-Site-Data")).toContain('"storage"');
  });
});

describe("flash", () => {
  test("3.3 4.5 an error page that has shown a message delivers it, also if the request then set a new one of that name", async () => {
    const store = open("cookie");
    const { cookie } = await request(store, "", (session) => session.flash("success", "Saved"));
    const failed = await request(store, cookie, (session) => {
      const shown = session.getFlash("success");
      session.flash("success", "Second");
      return page(String(shown), { status: 500 });
    });
    expect(await failed.response.text()).toBe("Saved");
    const next = await request(store, failed.cookie, (session) => page(String(session.getFlash("success"))), {
      method: "GET",
    });
    // "Second" is not stored (4.5), and "Saved" was shown.
    const line = failed.line ?? "";
    expect([await next.response.text(), /Max-Age=0/.test(line)]).toEqual(["undefined", true]);
  });

  test("3.3 4.5 an error page that has shown a message delivers it, also if the request then unset it", async () => {
    const store = open("cookie");
    const { cookie } = await request(store, "", (session) => session.flash("success", "Saved"));
    const failed = await request(store, cookie, (session) => {
      const shown = session.getFlash("success");
      session.unset("success");
      return page(String(shown), { status: 500 });
    });
    expect(failed.line).toMatch(/Max-Age=0/);
  });

  test("2.1 3.6 a message that is pending already and is set again with the same text is no change in the cookie store", async () => {
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

  test("4.4 a pending flash is not read after the response through the raw session either", async () => {
    const store = open("cookie");
    const { cookie } = await request(store, "", (session) => session.flash("success", "Saved"));
    let late: AnySession | undefined;
    await request(store, cookie, (session) => {
      late = session;
      session.has("theme");
    });
    expect(() => late?.getFlash("success")).toThrow(/response has been sent/);
    expect(() => late?.getSession().get("success")).toThrow(/response has been sent/);
  });
});

test.each([
  ["memory", createMemorySessionStorage({ cookie: { name: "__Host-session", secrets: ["not a secret"] } })],
  ["cookie", createCookieSessionStorage({ cookie: { name: "__Host-session", secrets: ["not a secret"] } })],
])(
  "4.4 a write on the raw session of Remix's %s storage throws after the response; a value can be read",
  async (_, storage) => {
    const store = { config: open("cookie").config, storage };
    const { session } = await request(store, "", (session) => {
      session.set("theme", "dark");
      session.flash("a", "Hello");
    });
    const raw = session.getSession();
    for (const late of [() => raw.set("b", 1), () => raw.unset("theme"), () => raw.flash("b", 1), () => raw.get("a")]) {
      expect(late).toThrow(/response has been sent/);
    }
    expect(raw.get("theme")).toBe("dark");
  },
);

test("4.4 the first read of a flash after the response throws, and names the flash", async () => {
  const { session } = await request(open("cookie"), "", (session) => {
    session.flash("a", "Hello");
    return redirect();
  });
  expect(() => session.getFlash("a")).toThrow(/the flash "a" cannot be read/);
});

test.each(CONSISTENT)("4.5 3.8 %s: a failed request leaves an older message of that name as it was", async (kind) => {
  const store = open(kind);
  const { cookie } = await request(store, "", (session) => {
    session.flash("a", "older");
    return redirect();
  });
  const { report } = await request(store, cookie, (session) => {
    session.flash("a", "newer");
    return page("failed", { status: 500 });
  });
  expect(report?.result).toBe("nothing");
});

test("4.4 3.2 a flash that was read and kept can be read on after the response", async () => {
  const store = open("cookie");
  const { cookie } = await request(store, "", (session) => {
    session.flash("a", "Hello");
    return redirect();
  });
  const { session } = await request(store, cookie, (session) => {
    session.keepFlash("a");
    expect(session.getFlash("a")).toBe("Hello");
  });
  expect(session.getFlash("a")).toBe("Hello");
});

describe("changes and values", () => {
  test("2.3 1.5 every key is kept: an empty object under `__proto__` too", async () => {
    const store = open("d1");
    const cookie = await stored(store, { theme: "dark" });
    const next = await request(store, cookie, (session) => session.set("__proto__", {}));
    expect(Object.keys(await dataOf(store, next.cookie)).sort()).toEqual(["__proto__", "theme"]);
  });

  test.each<[string, () => unknown]>([
    ["an array with a toJSON", () => Object.assign([1, 2], { toJSON: () => "something else" })],
    ["an array with names, as a match has", () => /(?<year>\d+)/.exec("in 2026")],
    ["an array of a class of its own", () => new (class List extends Array {})()],
  ])("4.2 %s does not survive JSON, so it is refused at set", async (_, make) => {
    const session: AnySession = new SuperflareSession(await open("cookie").storage.getSession());
    expect(() => session.set("value", make())).toThrow(/cannot store/);
  });

  test("2.3 a write on the raw session, before the wrapper was first used, is kept", async () => {
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

  test("1.1 4.5 a 5xx changes nothing in a storage of another package, also if its data is not JSON", async () => {
    const storage = createMemorySessionStorage();
    const begun = await storage.getSession();
    begun.set("user", "ada");
    begun.set("balance", 10n);
    const cookie = pairOf(await storage.commitSession(begun));
    const config = getConfig({ request: new Request("https://example.com/"), env: { SESSION_SECRET: SECRET } });
    const session: AnySession = new SuperflareSession(await storage.getSession(cookie));
    await handleFetch({ config, session, getSessionCookie: () => storage.commitSession(session.getSession()) }, () =>
      page(String(session.get("user")), { status: 500 }),
    );
    expect((await storage.getSession(cookie)).data).toEqual({ user: "ada", balance: 10n });
  });

  test("2.1 reading a storage of another package writes nothing, also if its data is not JSON", async () => {
    const storage = createMemorySessionStorage();
    const begun = await storage.getSession();
    begun.set("balance", 10n);
    const cookie = pairOf(await storage.commitSession(begun));
    const config = getConfig({ request: new Request("https://example.com/"), env: { SESSION_SECRET: SECRET } });
    const session: AnySession = new SuperflareSession(await storage.getSession(cookie));
    const response = await handleFetch(
      { config, session, getSessionCookie: () => storage.commitSession(session.getSession()) },
      () => page(String(session.get("balance"))),
    );
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("1.1 4.5 a 5xx that has shown a message leaves the other values of a foreign storage as they were: a Date", async () => {
    const storage = createMemorySessionStorage();
    const begun = await storage.getSession();
    begun.set("since", new Date(0));
    begun.flash("success", "Saved");
    const cookie = pairOf(await storage.commitSession(begun));
    const config = getConfig({ request: new Request("https://example.com/"), env: { SESSION_SECRET: SECRET } });
    const session: AnySession = new SuperflareSession(await storage.getSession(cookie));
    await handleFetch({ config, session, getSessionCookie: () => storage.commitSession(session.getSession()) }, () =>
      page(String(session.getFlash("success")), { status: 500 }),
    );
    expect((await storage.getSession(cookie)).data).toEqual({ since: new Date(0) });
  });
});

describe("lifetimes", () => {
  test.each(WITH_RECORDS)(
    "1.5 %s: a session's own lifetime stays on the server when its cookie ends with the browser, and goes with a destroy",
    async (kind) => {
      const store = open(kind);
      const own = await stored(store, { a: 1 }, { maxAge: HOUR });
      const commit = async (cookie: string, a: number, options: object) => {
        const session = await store.storage.getSession(cookie);
        session.set("a", a);
        return store.storage.commitSession(session, options);
      };
      const withBrowser = await commit(own, 2, { maxAge: undefined });
      const regenerated = await request(store, pairOf(withBrowser), (session) => session.regenerate());
      const renewed = await commit(regenerated.cookie, 3, {});
      for (const line of [withBrowser, regenerated.line, renewed]) expect(line).not.toContain("Max-Age");

      const next = await request(store, pairOf(renewed), (session) => {
        session.destroy();
        session.set("a", 4);
      });
      expect(next.line).toContain(`Max-Age=${30 * DAY}`);
      const short = await stored(store, { a: 1 }, { maxAge: HOUR });
      const shortWithBrowser = pairOf(await commit(pairOf(await commit(short, 2, { maxAge: undefined })), 3, {}));
      store.clock.now += HOUR;
      expect(await dataOf(store, shortWithBrowser)).toEqual({});
    },
  );

  test.each(ALL)(
    "1.5 %s: a cookie that ends with the browser can have a short life on the server, also after renewals and new ids",
    async (kind) => {
      const store = open(kind);
      let cookie = await stored(store, { user: "ada" }, { maxAge: 30 * DAY });
      const line = async (change: (session: AnySession) => unknown, commit?: object) => {
        const answer = await request(store, cookie, change, { commit });
        cookie = answer.cookie;
        return answer.line;
      };
      const short = { maxAge: undefined, idleTimeout: HOUR };
      expect(await line((session) => session.regenerate(), short)).not.toMatch(/Max-Age|Expires/);
      for (let renewal = 0; renewal < 3; renewal++) {
        store.clock.now += HOUR - 1;
        expect(await line((session) => session.get("user"))).not.toMatch(/Max-Age|Expires/);
      }
      expect(await line((session) => session.regenerate())).not.toMatch(/Max-Age|Expires/);
      store.clock.now += HOUR - 1;
      expect(await dataOf(store, cookie)).toEqual({ user: "ada" });
      store.clock.now += 1;
      expect(await dataOf(store, cookie)).toEqual({});
    },
  );

  test.each(ALL)("1.5 %s: a maxAge with a fraction is rounded down, as Remix does", async (kind) => {
    const store = open(kind);
    const session = await store.storage.getSession();
    session.set("user", "ada");
    const line = await store.storage.commitSession(session, { maxAge: 600.5 });
    expect(line).toContain("Max-Age=600;");
  });

  test.each(ALL)(
    "1.5 P1 %s: a lifetime that is no number is refused, as Remix does, or the session opens",
    async (kind) => {
      for (const lifetime of [{ maxAge: Number.NaN }, { expires: new Date("nonsense") }]) {
        const store = open(kind);
        const session = await store.storage.getSession();
        session.set("user", "ada");
        const line = await store.storage.commitSession(session, lifetime).catch((error: Error) => error);
        if (line instanceof Error) continue;
        expect(line).not.toContain("NaN");
        expect(await dataOf(store, pairOf(line))).toEqual({ user: "ada" });
      }
    },
  );

  test.each(ALL)("1.5 %s: maxAge Infinity lasts as long on the server as its cookie says", async (kind) => {
    const store = open(kind, { idleTimeout: HOUR, absoluteTimeout: DAY });
    const session = await store.storage.getSession();
    session.set("user", "ada");
    const line = await store.storage
      .commitSession(session, { maxAge: Number.POSITIVE_INFINITY })
      .catch((error: Error) => error);
    if (line instanceof Error) return;
    const maxAge = Number(/Max-Age=(\d+)/.exec(line)?.[1]);
    store.clock.now += maxAge - 1;
    expect(await dataOf(store, pairOf(line))).toEqual({ user: "ada" });
  });

  test.each(CONSISTENT)(
    "1.5 6.1 %s: a new id with a shorter lifetime is over on the server when its cookie is",
    async (kind) => {
      const store = open(kind);
      const user = crypto.randomUUID();
      const [mine, other] = [await stored(store, { user }), await stored(store, { user })];
      await request(store, other, (session) => session.regenerate(), { commit: { maxAge: 10 * MINUTE } });
      store.clock.now += 10 * MINUTE;
      const list = await store.storage.userSessions?.list(await store.storage.getSession(mine));
      expect(list?.sessions).toHaveLength(1);
    },
  );

  test.each(["kv", ...CONSISTENT] as const)(
    "1.5 8.6 %s: `stay signed in` is not undone by a write in parallel that knew nothing of it",
    async (kind) => {
      const store = open(kind, { idleTimeout: HOUR, absoluteTimeout: 90 * DAY });
      const cookie = await stored(store, { user: "ada" });
      const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
      const stay = await request(store, cookie, (session) => session.set("stay", true), {
        commit: { maxAge: 30 * DAY },
      });
      slow.set("cart", 1);
      await store.storage.commitSession(slow.getSession());
      store.clock.now += 2 * HOUR;
      expect(await dataOf(store, stay.cookie)).toEqual({ user: "ada", stay: true, cart: 1 });
    },
  );
});

describe("caching", () => {
  test("5.1 a quoted string is not a directive", async () => {
    const store = open("cookie");
    const cookie = await stored(store, { user: "ada" });
    const cacheControl = async (value: string) =>
      (
        await request(store, cookie, (session) => page(session.get("user"), { headers: { "Cache-Control": value } }), {
          method: "GET",
        })
      ).response.headers.get("Cache-Control");
    expect(await cacheControl('max-age=600, no-cache="a, private, b"')).toBe(
      'private, max-age=600, no-cache="a, private, b"',
    );
    expect(await cacheControl('no-cache="set-cookie, public"')).toBe('private, no-cache="set-cookie, public"');
  });

  test("5.3 a route that tells shared caches not to store it is no mistake", async () => {
    const store = open("cookie", { isDevelopment: true });
    const cookie = await stored(store, { user: "ada" });
    const headers = { "Cache-Control": "no-store", "CDN-Cache-Control": "no-store" };
    const { response } = await request(store, cookie, (session) => page(session.get("user"), { headers }), {
      method: "GET",
    });
    expect(response.headers.get("Cache-Control")).toBe("no-store");
  });
});

describe("failures", () => {
  test("4.8 a success between time-outs ends the row, whenever it began", async () => {
    let mode: "hang" | "slow" = "hang";
    let asked = 0;
    const fail = () => {
      asked++;
      if (mode === "hang") return new Promise(() => {});
      return new Promise((resolve) => setTimeout(() => resolve(null), 60));
    };
    const statement: object = { bind: () => statement, first: fail, run: fail, all: fail };
    const vars = { SESSION_DB: { prepare: () => statement, batch: fail } } as unknown as Partial<SessionEnv>;
    const cookie = await stored(open("d1"), { theme: "dark" });
    const store = open("d1", { storeTimeout: 90 }, vars);
    const read = () => store.storage.getSession(cookie);
    await read(); // time-out 1
    const second = read(); // time-out 2, at 90 ms
    await new Promise((resolve) => setTimeout(resolve, 50));
    mode = "slow";
    const success = read(); // starts before the second time-out, ends after it
    await Promise.all([second, success]);
    mode = "hang";
    await read(); // the first of a new row
    const before = asked;
    await read();
    expect(asked - before).toBe(1);
  });

  test("4.3 6.2 without Uint8Array.toBase64, as on Node 20 to 24: too much is too-large, and a sign-out is not lost to it", async () => {
    const prototype = Uint8Array.prototype as unknown as { toBase64?: unknown };
    const native = prototype.toBase64;
    try {
      prototype.toBase64 = undefined;
      const store = open("cookie");
      const cookie = await stored(store, { user: "ada" });
      const post = await request(store, cookie, (session) => session.set("essay", "x".repeat(500_000)));
      const signOut = await request(store, cookie, (session) => {
        session.destroy();
        session.set("essay", "x".repeat(500_000));
      });
      expect([post.response.status, signOut.response.status, signOut.line]).toEqual([
        500,
        200,
        expect.stringMatching(/Max-Age=0/),
      ]);
    } finally {
      prototype.toBase64 = native;
    }
  });

  test.each(CONSISTENT)(
    "4.3 %s: what is within the limit is stored, and what is not is too-large, whatever its characters",
    async (kind) => {
      for (const value of [`${"x".repeat(990_000)}€`, '"\\'.repeat(240_000), "\u0001".repeat(160_000)]) {
        const store = open(kind);
        const cookie = await stored(store, { theme: "dark" });
        const { response, report } = await request(store, cookie, (session) => session.set("note", value));
        const outcome = [response.status, report?.error];
        expect([
          [200, undefined],
          [500, "too-large"],
        ]).toContainEqual(outcome);
        if (response.status === 200) expect((await dataOf(store, cookie)).note).toBe(value);
      }
    },
  );

  test.each(CONSISTENT)(
    "4.3 %s: a session that parallel requests have made too large can still show a message and be changed",
    async (kind) => {
      const store = open(kind);
      const { cookie } = await request(store, "", (session) => {
        session.set("theme", "dark");
        session.flash("success", "Saved");
      });
      const sessions: AnySession[] = [];
      for (let index = 0; index < 2; index++) {
        sessions.push(new SuperflareSession(await store.storage.getSession(cookie)));
      }
      for (const [index, session] of sessions.entries()) {
        session.set(`part${index}`, "x".repeat(600_000));
        await store.storage.commitSession(session.getSession());
      }
      const shown = await request(store, cookie, (session) => page(String(session.getFlash("success"))), {
        method: "GET",
      });
      const again = await request(store, cookie, (session) => page(String(session.getFlash("success"))), {
        method: "GET",
      });
      expect([await shown.response.text(), await again.response.text()]).toEqual(["Saved", "undefined"]);
    },
  );

  test("log: no line leaks what a parser quotes of an answer of the store", async () => {
    const store = open(
      "durable-object",
      {},
      { SESSION_OBJECT: objectsThat(async () => new Response("ada@example.com")) },
    );
    await store.storage.getSession(await stored(open("durable-object"), { theme: "dark" }));
    expect([store.events, JSON.stringify(store.details)]).toEqual([
      ["store-error"],
      expect.not.stringContaining("ada"),
    ]);
  });

  test("log: no line leaks an id that a database quotes in its error", async () => {
    const lines: string[] = [];
    const config = {
      ...getConfig({
        request: new Request("https://example.com/", { method: "POST" }),
        env: { SESSION_SECRET: SECRET },
      }),
      log: (...line: unknown[]) => void lines.push(JSON.stringify(line)),
    };
    const storage = createMemorySessionStorage();
    const session: AnySession = new SuperflareSession(await storage.getSession());
    const getSessionCookie = () =>
      Promise.reject(new Error('duplicate key value violates "session_pkey": Key (id)=(K3JhZGFzaWQ)'));
    await handleFetch({ config, session, getSessionCookie }, () => {
      session.set("theme", "dark");
      return page();
    });
    expect(lines.join()).not.toContain("K3JhZGFzaWQ");
  });
});

describe("what comes between", () => {
  test("8.5 8.6 P2 durable-object: `sign out my other devices` while one of them regenerates ends it, or says that it may have missed one", async () => {
    const user = crypto.randomUUID();
    const store = open("durable-object");
    const mine = await stored(store, { user });
    const thief = await stored(store, { user });
    const between = openWithPausedMove();
    const moving = request(between, thief, (session) => session.regenerate());
    await between.isPaused;
    const session = await store.storage.getSession(mine);
    const answer = await store.storage.userSessions?.revoke(session, ({ isCurrent }) => !isCurrent);
    between.goOn();
    const { cookie: next } = await moving;
    const isAlive = Object.keys(await dataOf(store, next)).length > 0;
    expect({ isAlive, saysComplete: answer?.isComplete }).not.toEqual({ isAlive: true, saysComplete: true });
  });

  test("4.6 5.5 destroy and then set, for a visitor without a session, is a new identity as well: not confirmed on a GET", async () => {
    const { response } = await request(
      openDown("d1"),
      "",
      (session) => {
        session.destroy(); // "begin from nothing", then the sign-in
        session.set("user", "ada");
        return page("Welcome, Ada");
      },
      { method: "GET" },
    );
    expect(response.status).toBe(503);
  });

  test("4.6 P1 what was set after destroy and does not fit is not confirmed, for a visitor without a session", async () => {
    const { response, report } = await request(open("cookie"), "", (session) => {
      session.destroy();
      session.set("user", "x".repeat(5000));
      return page("Welcome, Ada");
    });
    expect([response.status, report?.result]).toEqual([500, "failed"]);
  });

  test("2.5 a thrown response gets the session's cookie", async () => {
    const store = open("cookie");
    const { line, response } = await request(store, "", (session) => {
      session.flash("error", "Please sign in");
      throw redirect();
    }).catch((thrown: unknown) => ({ line: undefined, response: thrown as Response }));
    expect([response.status, line]).toEqual([303, expect.stringMatching(/^__Host-session=ey/)]);
  });
});

describe("what somebody may try", () => {
  test("4.1 no cookie header makes an error", async () => {
    const store = open("cookie");
    const good = (await stored(store, { a: 1 })).split("=")[1] as string;
    const alphabet = 'AZaz09-_+/=.;, "%';
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 400; round++) {
      const signs = [...good];
      for (let edit = 0; edit <= random(4); edit++)
        signs[random(signs.length)] = alphabet[random(alphabet.length)] ?? "";
      const { data } = await store.storage.getSession(`__Host-session=${signs.join("")}`);
      if (signs.join("") !== good) expect(data).toEqual({});
    }
    for (const header of [
      '__Host-session="',
      "__Host-session",
      "=",
      ";;;",
      "__Host-session=....",
      "x__Host-session=1",
      "__Host-session=e30....",
      "__Host-session=bnVsbA....",
      "__Host-session=NQ....",
    ]) {
      expect((await store.storage.getSession(header)).data).toEqual({});
    }
  });

  test("6.4 with the fallback for Node 20 there is one spelling of a token, too", async () => {
    const bytes = Uint8Array as unknown as { fromBase64?: unknown };
    const native = bytes.fromBase64;
    const store = open("cookie");
    const cookie = await stored(store, { a: 1 });
    try {
      bytes.fromBase64 = undefined;
      expect(await dataOf(store, cookie)).toEqual({ a: 1 });
      for (const more of ["=", "==", "A", " ", "\t"])
        expect(await dataOf(store, `${cookie}${more}x`.slice(0, -1) + (more.trim() ? "" : "."))).toEqual({});
    } finally {
      bytes.fromBase64 = native;
    }
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
  ])("7.1 %s with %o of another origin is refused", async (method, headers) => {
    const store = open("cookie");
    const all = Object.keys(headers).length > 0 ? headers : { Origin: "https://evil.example" };
    const { response } = await request(store, "", () => page(), { method, init: { headers: all as HeadersInit } });
    expect(response.status).toBe(403);
  });

  test("8.2 6.2 durable-object: a change and a sign-out that come while the record is on its way", async () => {
    const store = open("durable-object");
    for (const act of [(session: AnySession) => session.set("early", 1), (session: AnySession) => session.destroy()]) {
      const cookie = await stored(store, { theme: "dark" });
      const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
      const between = openWithPausedMove();
      const moving = request(between, cookie, (session) => session.regenerate());
      await between.isPaused;
      await handleFetch(
        {
          config: { ...store.config, request: new Request("https://example.com/", { method: "POST" }) },
          session: slow,
          getSessionCookie: () => store.storage.commitSession(slow.getSession()),
        },
        () => {
          act(slow);
          return page();
        },
      );
      between.goOn();
      const { line, cookie: next } = await moving;
      if (line) expect(await dataOf(store, next)).toEqual({ theme: "dark", early: 1 });
      else expect(await dataOf(store, cookie)).toEqual({});
    }
  });

  test("8.3 durable-object: whatever a move, one that failed, or a sign-out leaves in an object has an alarm", async () => {
    const store = open("durable-object");
    const others = new Set((await listDurableObjectIds(env.SESSION_OBJECT)).map(String));
    const failing = open(
      "durable-object",
      {},
      {
        SESSION_OBJECT: objectsThat(async ({ call, isMoved }, go) => {
          if (call === "create" && isMoved) throw new Error("down");
          return go();
        }),
      },
    );
    const acts = [(session: AnySession) => session.set("early", 1), (session: AnySession) => session.destroy()];
    for (const mover of [store, failing]) {
      for (const act of acts) {
        const cookie = await stored(store, { user: crypto.randomUUID() });
        const old = await store.storage.getSession(cookie);
        await request(mover, cookie, (session) => session.regenerate());
        await request({ ...store, storage: { ...store.storage, getSession: async () => old } }, cookie, act);
      }
    }
    const ids = (await listDurableObjectIds(env.SESSION_OBJECT)).filter((id) => !others.has(String(id)));
    const held = new Set<string>();
    for (const id of ids) {
      await runInDurableObject(env.SESSION_OBJECT.get(id), async (_, { storage }) => {
        const entries = await storage.list();
        if (entries.size === 0) return;
        for (const name of entries.keys()) held.add(name);
        interface Held {
          expiresAt: number;
          instead?: object;
        }
        const { expiresAt = 0, instead } = (await storage.get<Held>("record")) ?? {};
        if (instead) held.add(Object.keys(instead)[0] ?? "ended");
        const listed = Object.values((await storage.get<Record<string, { endsAt: number }>>("sessions")) ?? {});
        const end = Math.max(expiresAt, ...listed.map(({ endsAt }) => endsAt));
        expect([[...entries.keys()], await storage.getAlarm()]).toEqual([[...entries.keys()], end * 1000]);
      });
    }
    expect([...held].sort()).toEqual(["early", "ended", "movedTo", "record", "sessions"]);
  });

  test("8.5 P2 durable-object: a list that cannot be written holds up no sign-out, and no list", async () => {
    const user = crypto.randomUUID();
    const store = open(
      "durable-object",
      {},
      {
        SESSION_OBJECT: objectsThat(async ({ call }, go) => {
          if (call === "removeFromList") throw new Error("down");
          return go();
        }),
      },
    );
    const [mine, other] = [await stored(store, { user }), await stored(store, { user })];
    const { line } = await request(store, other, (session) => session.destroy());
    expect(line).toMatch(/Max-Age=0/);
    store.clock.now += 2 * MINUTE;
    const list = await store.storage.userSessions?.list(await store.storage.getSession(mine));
    expect([list?.sessions.length, list?.isComplete]).toEqual([1, true]);
  });

  test.each(CONSISTENT)(
    "6.1 6.3 %s: a planted old id reads nothing after the sign-in, and its later requests change nothing",
    async (kind) => {
      const planted = await askWorker(kind, "set.theme=dark");
      const victim = await askWorker(kind, "regenerate&set.user=ada", planted.cookie);
      expect((await askWorker(kind, "read", planted.cookie)).data).toEqual({});
      await askWorker(kind, "set.user=eve", planted.cookie);
      await askWorker(kind, "regenerate&set.user=eve", planted.cookie);
      expect((await askWorker(kind, "read", victim.cookie)).data).toEqual({ theme: "dark", user: "ada" });
    },
  );

  test("2.4 removals in the spellings of Expires that libraries write", async () => {
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

  test.each(CONSISTENT)("1.5 %s: keys and flashes with any characters are kept", async (kind) => {
    const store = open(kind);
    const names = ["ä€😀", "\ud800", "a.b[0]", "'", '"', "\\", "\\u0041", "constructor", "1", "01", "$"];
    const cookie = await stored(store, Object.fromEntries(names.map((name) => [name, name])));
    const { cookie: next } = await request(store, cookie, (session) => {
      for (const name of names) session.flash(name, [name]);
      session.set("1", "changed");
    });
    const data = await dataOf(store, next);
    for (const name of names) expect(data[`__flash_${name}__`]).toEqual([name]);
    const shown = await request(store, next, (session) => {
      for (const name of names) expect(session.getFlash(name)).toEqual([name]);
    });
    const rest = await dataOf(store, shown.cookie);
    expect(rest).toEqual({
      ...Object.fromEntries(names.map((name) => [name, name])),
      "1": "changed",
    });
  });

  test.each(ALL)("1.5 %s: maxAge 0 and less make a cookie that is removed and a session that is over", async (kind) => {
    for (const lifetime of [{ maxAge: 0 }, { maxAge: -5 }]) {
      const store = open(kind);
      const session = await store.storage.getSession();
      session.set("user", "ada");
      const line = await store.storage.commitSession(session, lifetime);
      expect(line).toMatch(/Max-Age=(0|-\d+);/);
      expect(await dataOf(store, pairOf(line))).toEqual({});
    }
  });
});

describe("lifetimes and flashes, again", () => {
  test.each(ALL)(
    "1.5 %s: `expires: new Date(0)` makes a cookie that is removed, as in Remix, and no error",
    async (kind) => {
      const store = open(kind);
      const session = await store.storage.getSession();
      session.set("user", "ada");
      const line = await store.storage.commitSession(session, { expires: new Date(0) });
      expect(line).toMatch(/Max-Age=(0|-\d+);/);
    },
  );

  test.each(ALL)(
    "1.5 P1 %s: a lifetime that is no number, on a session that exists, does not lose it",
    async (kind) => {
      const store = open(kind);
      const cookie = await stored(store, { user: "ada" });
      const session = await store.storage.getSession(cookie);
      session.set("theme", "dark");
      const line = await store.storage.commitSession(session, { maxAge: Number(undefined) }).catch(() => undefined);
      expect((await dataOf(store, line ? pairOf(line) : cookie)).user).toBe("ada");
    },
  );

  test.each(ALL)("1.5 %s: `expires: undefined` leaves the Max-Age, as in Remix", async (kind) => {
    const store = open(kind);
    const session = await store.storage.getSession();
    session.set("user", "ada");
    expect(await store.storage.commitSession(session, { expires: undefined })).toContain("Max-Age=2592000;");
  });

  test("3.8 d1: a page on the way that had to leave an older message (a redirect that read it) does not bring it back after it was shown", async () => {
    const { cookie } = await askWorker("d1", "set.theme=dark&flash.success=Saved");
    const store = open("d1");
    const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
    expect((await askWorker("d1", "getFlash.success", cookie)).data).toEqual({ success: "Saved" });
    await handleFetch(
      { config: store.config, session: slow, getSessionCookie: () => store.storage.commitSession(slow.getSession()) },
      () => {
        slow.getFlash("success");
        slow.set("n", 1);
        return redirect();
      },
    );
    expect((await askWorker("d1", "read&getFlash.success", cookie)).data).toEqual({ theme: "dark", n: 1 });
  });

  test("5.2 8.6 a sign-out of another device, while this one's page streams, does not matter to a page that did not use the session", async () => {
    const store = open("d1");
    const cookie = await stored(store, { user: "ada" });
    const response = page("", { headers: { "Cache-Control": "public, max-age=60" } });
    const answer = await request(store, cookie, () => response, { method: "GET" });
    expect(answer.response).toBe(response);
  });

  test("4.5 a 5xx answered after destroy, with values set before it, ends the session in every store", async () => {
    for (const kind of ALL) {
      const store = open(kind);
      const cookie = await stored(store, { user: "ada" });
      const { line } = await request(store, cookie, (session) => {
        session.set("a", 1);
        session.destroy();
        session.getSession().flash("x", "y");
        return page("", { status: 500 });
      });
      expect(line).toMatch(/Max-Age=0/);
      if (kind !== "cookie") expect(await dataOf(store, cookie)).toEqual({});
    }
  });
});

describe("requests that take long", () => {
  test("6.1 8.2 d1: a request in flight neither shortens nor lengthens the life of a session that was moved with a new lifetime", async () => {
    const store = open("d1", { absoluteTimeout: 2 * DAY });
    const cookie = await stored(store, { user: "ada" });
    store.clock.now += DAY;
    const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
    const next = await request(store, cookie, (session) => session.regenerate({ newLifetime: true }));
    slow.set("n", 1);
    await expect(store.storage.commitSession(slow.getSession())).rejects.toMatchObject({ code: "moved" });
    store.clock.now += 2 * DAY - 1;
    expect(await dataOf(store, next.cookie)).toEqual({ user: "ada", n: 1 });
    store.clock.now += 1;
    expect(await dataOf(store, next.cookie)).toEqual({});
  });

  test("after a request in flight was moved, its session can neither regenerate nor read the new one", async () => {
    for (const kind of CONSISTENT) {
      const store = open(kind);
      const cookie = await stored(store, { theme: "dark" });
      const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
      const next = await request(store, cookie, (session) => {
        session.regenerate();
        session.set("user", "ada");
      });
      slow.set("n", 1);
      await store.storage.commitSession(slow.getSession()).catch(() => {});
      expect(slow.data).toEqual({ theme: "dark", n: 1 });
      expect(await store.storage.userSessions?.list(slow.getSession())).toMatchObject({ sessions: [] });
      expect(await dataOf(store, cookie)).toEqual({});
      expect((await dataOf(store, next.cookie)).user).toBe("ada");
    }
  });
});

test("8.5 durable-object: a session that outlives the timeout of its sign-in, because that was raised, is listed", async () => {
  const before = open("durable-object", { absoluteTimeout: 2 * DAY });
  const user = crypto.randomUUID();
  const old = await stored(before, { user });
  const after = open("durable-object");
  const now = Date.now();
  const pass = (time: number) => {
    after.clock.now += time;
    vi.spyOn(Date, "now").mockReturnValue(now + (after.clock.now - before.clock.now) * 1000);
  };
  try {
    pass(1.5 * DAY);
    const renewed = await request(after, old, (session) => session.get("user"), { method: "GET" });
    expect(renewed.report?.change).toBe("renewal");
    pass(1.5 * DAY);
    const { storage } = after;
    const list = await storage.userSessions?.list(await storage.getSession(await stored(after, { user })));
    expect([list?.sessions.length, list?.isComplete]).toEqual([2, true]);
  } finally {
    vi.restoreAllMocks();
  }
});

describe("every order", () => {
  test.each(CONSISTENT)(
    "8.6 %s: destroy, regenerate and write in every order of arrival end with no session and no cookie but removals",
    async (kind) => {
      const acts = ["destroy", "regenerate&set.a=1", "set.b=2"];
      for (const order of [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
      ]) {
        const { cookie } = await askWorker(kind, "set.user=ada");
        const running = [];
        const opened = [];
        for (const index of order) {
          const gate = openGate();
          running.push(askWorker(kind, `wait=${gate.name}&${acts[index]}`, cookie));
          opened.push(gate);
          await gate.reachedBy(1);
        }
        const lines = [];
        for (const [index, gate] of opened.entries()) {
          gate.open();
          lines.push((await running[index])?.cookie ?? "");
        }
        for (const one of [cookie, ...lines]) expect(await dataOf(open(kind), one)).toEqual({});
      }
    },
  );

  test("2.4 with several lines of the name in one response, one is left", async () => {
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

  test("4.4 the doors of the wrapper are closed after the response, also when the app threw", async () => {
    let late: AnySession | undefined;
    await request(open("cookie"), "", (session) => {
      late = session;
      session.get("theme");
      throw new Error("boom");
    }).catch(() => {});
    for (const door of [
      () => late?.set("a", 1),
      () => late?.flash("a", 1),
      () => late?.unset("a"),
      () => late?.destroy(),
      () => late?.regenerate(),
      () => late?.getSession().set("a", 1),
      () => late?.getSession().flash("a", 1),
      () => late?.getSession().unset("a"),
    ]) {
      expect(door).toThrow(/response has been sent/);
    }
  });
});
