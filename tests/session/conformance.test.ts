/// <reference types="@cloudflare/vitest-pool-workers/types" />
/**
 * What all four stores promise, on the real bindings that local workerd embeds. Where a store cannot keep a promise, it
 * is not in the list of that test, and its file says so.
 */
import { applyD1Migrations, listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { deleteExpiredSessions, handleFetch, SuperflareSession } from "~/lib/session";
import {
  ALL,
  askWorker,
  brokenBindings,
  CONSISTENT,
  DAY,
  dataOf,
  env,
  hangingObject,
  interposed,
  type Kind,
  listOf,
  MINUTE,
  objectsThat,
  objectThatHolds,
  open,
  openGate,
  pairOf,
  request,
  type Store,
  stored,
  together,
  WITH_RECORDS,
  watchedStore,
} from "./harness";

// Hundreds of real writes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(() => applyD1Migrations(env.SESSION_DB, env.MIGRATIONS));

describe.each(ALL)("%s", (kind) => {
  describe("is a Remix SessionStorage", () => {
    test("1.5 what was committed is read back, whatever the key and the value", async () => {
      const store = open(kind);
      const data = {
        theme: "dark",
        cart: { items: [1, "zwölf", null, { deep: true }], note: "" },
        'a "quoted" key': 1.5,
        "$.path[0]": false,
        nothing: null,
        constructor: "not the one of Object",
      };
      expect(await dataOf(store, await stored(store, data))).toEqual(data);
    });

    test("1.5 a second commit changes, adds, replaces whole values and removes", async () => {
      const store = open(kind);
      const cookie = await stored(store, { theme: "dark", cart: { a: 1, b: 2 }, gone: true });
      const session = await store.storage.getSession(cookie);
      session.set("cart", { a: 3 });
      session.set("nothing", null);
      session.set("added", "x");
      session.unset("gone");
      const next = pairOf(await store.storage.commitSession(session));
      expect(await dataOf(store, next)).toEqual({ theme: "dark", cart: { a: 3 }, nothing: null, added: "x" });
    });

    test("1.5 a session that was committed can go on and be committed again", async () => {
      const store = open(kind);
      const session = await store.storage.getSession();
      session.set("step", 1);
      const first = await store.storage.getSession(pairOf(await store.storage.commitSession(session)));
      session.set("step", 2);
      const second = await store.storage.getSession(pairOf(await store.storage.commitSession(session)));
      expect([second.data, second.id]).toEqual([{ step: 2 }, first.id]);
    });

    test("1.5 a flash travels and is used up by reading", async () => {
      const { storage } = open(kind);
      const session = await storage.getSession();
      session.flash("success", "Saved");
      const next = await storage.getSession(pairOf(await storage.commitSession(session)));
      expect([next.get("success"), next.get("success")]).toEqual(["Saved", undefined]);
      const last = await storage.getSession(pairOf(await storage.commitSession(next)));
      expect(last.has("success")).toBe(false);
    });

    test("1.5 destroying removes the cookie, and is no error for a session that was never stored", async () => {
      const store = open(kind);
      const session = await store.storage.getSession(await stored(store, { theme: "dark" }));
      expect(await store.storage.destroySession(session)).toMatch(/^__Host-session=; Max-Age=0; /);
      expect(await store.storage.destroySession(await store.storage.getSession())).toMatch(/Max-Age=0/);
    });

    test("6.5 the cookie is host-bound, secure, out of scripts' reach, and has a Max-Age", async () => {
      const session = await open(kind).storage.getSession();
      session.set("theme", "dark");
      expect(await open(kind).storage.commitSession(session)).toMatch(
        /^__Host-session=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      );
    });
  });

  describe("asks for no more than it needs", () => {
    test("2.2 an anonymous request costs no access", async () => {
      const { storage, accesses } = watchedStore(kind);
      const session = await storage.getSession("other=1; __Host-other=2");
      expect([session.data, accesses()]).toEqual([{}, []]);
    });

    test("2.1 a read is one access, and a request that changes nothing writes nothing", async () => {
      const cookie = await stored(open(kind), { theme: "dark" });
      const { storage, config, accesses } = watchedStore(kind);
      const session = new SuperflareSession(await storage.getSession(cookie));
      const response = await handleFetch(
        { config, session, getSessionCookie: () => storage.commitSession(session.getSession()) },
        () => {
          session.set("theme", "light");
          session.set("theme", "dark");
          return new Response("page");
        },
      );
      expect([response.headers.getSetCookie(), accesses().length]).toEqual([[], kind === "cookie" ? 0 : 1]);
    });

    test("4.1 a cookie that does not open costs no access, and the log says why", async () => {
      const good = await stored(open(kind), { theme: "dark" });
      const { storage, events, accesses } = watchedStore(kind);
      for (const value of ["%00", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", `${good.split("=")[1]?.slice(0, -4)}AAAA`]) {
        expect((await storage.getSession(`__Host-session=${value}`)).data).toEqual({});
      }
      expect([events, accesses()]).toEqual([["malformed", "malformed", "tampered"], []]);
    });
  });

  test("2.6 it is over when it was idle for too long", async () => {
    const store = open(kind, { idleTimeout: 30 * MINUTE });
    const cookie = await stored(store, { theme: "dark" });
    store.clock.now += 30 * MINUTE - 1;
    expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
    store.clock.now += 1;
    expect(await dataOf(store, cookie)).toEqual({});
  });

  test("2.6 it is over at its absolute end, however busy", async () => {
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

  test("1.5 commitSession honours maxAge and expires, and so does the server, also after a renewal and a new id", async () => {
    const store = open(kind);
    const { storage, clock } = store;
    const commit = async (options: Parameters<typeof storage.commitSession>[1]) => {
      const session = await storage.getSession();
      session.set("user", "ada");
      return storage.commitSession(session, options);
    };
    const short = await commit({ maxAge: 10 * MINUTE });
    const dated = await commit({ expires: new Date((clock.now + 10 * MINUTE) * 1000) });
    const browser = await commit({ maxAge: undefined });
    expect([short, dated]).toEqual([expect.stringContaining("Max-Age=600;"), expect.stringContaining("Max-Age=600;")]);
    expect(browser).not.toMatch(/Max-Age|Expires/);

    clock.now += 5 * MINUTE;
    const renewed = await storage.commitSession(await storage.getSession(pairOf(short)));
    const session = new SuperflareSession(await storage.getSession(pairOf(renewed)));
    const response = await handleFetch(
      { config: store.config, session, getSessionCookie: () => storage.commitSession(session.getSession()) },
      () => {
        session.regenerate();
        return new Response("page");
      },
    );
    const [regenerated = ""] = response.headers.getSetCookie();
    expect(regenerated).toContain("Max-Age=600;");
    clock.now += 10 * MINUTE - 1;
    expect(await dataOf(store, pairOf(regenerated))).toEqual({ user: "ada" });
    expect(await dataOf(store, pairOf(dated))).toEqual({});
    clock.now += 1;
    expect(await dataOf(store, pairOf(regenerated))).toEqual({});
    expect(await dataOf(store, pairOf(browser))).toEqual({ user: "ada" });
    expect(await storage.commitSession(await storage.getSession(pairOf(browser)))).not.toMatch(/Max-Age|Expires/);
  });

  test("2.6 a renewal without a change moves the end", async () => {
    const store = open(kind, { idleTimeout: 4 * DAY });
    const cookie = await stored(store, { theme: "dark" });
    store.clock.now += 3 * DAY;
    const renewed = pairOf(await store.storage.commitSession(await store.storage.getSession(cookie)));
    store.clock.now += 3 * DAY;
    expect(await dataOf(store, renewed)).toEqual({ theme: "dark" });
  });

  test("6.2 1.5 what is set after destroy begins a session, whose lifetime is not that of the old one", async () => {
    const store = open(kind);
    const session = await store.storage.getSession();
    session.set("user", "ada");
    const cookie = pairOf(await store.storage.commitSession(session, { maxAge: 10 * MINUTE }));
    const answer = await request(store, cookie, (old) => {
      old.destroy();
      old.set("theme", "dark");
    });
    expect(answer.headers.get("Set-Cookie")).toContain("Max-Age=2592000;");
  });

  test("4.2 what would not come back is refused, and what was there stays", async () => {
    const store = open(kind);
    const cookie = await stored(store, { theme: "dark" });
    const session = await store.storage.getSession(cookie);
    session.set("since", new Date());
    await expect(store.storage.commitSession(session)).rejects.toMatchObject({ code: "not-storable" });
    expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
  });

  test("4.3 what would not fit is refused, with the largest keys, and what was there stays", async () => {
    const store = open(kind);
    const cookie = await stored(store, { theme: "dark" });
    const session = await store.storage.getSession(cookie);
    session.set("essay", "ä".repeat(500_001));
    await expect(store.storage.commitSession(session)).rejects.toMatchObject({
      code: "too-large",
      details: { excess: expect.any(Number), largestKeys: ["essay (1000004 bytes)", "theme (6 bytes)"] },
    });
    expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
  });

  test("3.1 3.2 a flash is shown once, by the next page", async () => {
    const first = await askWorker(kind, "flash.success=Saved");
    const second = await askWorker(kind, "getFlash.success&getFlash.success", first.cookie);
    const third = await askWorker(kind, "getFlash.success", second.cookie);
    expect([second.data, third.data]).toEqual([{ success: "Saved" }, {}]);
    expect(third.line).toBeUndefined();
  });

  test("6.1 regenerate gives a new id and keeps the data", async () => {
    const store = open(kind);
    const first = await askWorker(kind, "set.theme=dark");
    const second = await askWorker(kind, "regenerate&set.user=ada", first.cookie);
    expect(await dataOf(store, second.cookie)).toEqual({ theme: "dark", user: "ada" });
    const ids = await Promise.all(
      [first, second].map(async ({ cookie }) => (await store.storage.getSession(cookie)).id),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("6.1 destroy clears all, and a flash that is set after it is shown", async () => {
    const first = await askWorker(kind, "set.user=ada");
    const second = await askWorker(kind, "destroy&flash.success=Bye", first.cookie);
    const third = await askWorker(kind, "getFlash.success", second.cookie);
    expect(third.data).toEqual({ success: "Bye" });
    for (const acts of ["destroy", "destroy&regenerate", "regenerate&destroy"]) {
      const emptied = await askWorker(kind, "set.user=ada");
      expect((await askWorker(kind, acts, emptied.cookie)).line).toMatch(/Max-Age=0/);
    }
  });

  test("6.4 an old secret still opens, and the next commit uses the newest", async () => {
    const [old, fresh] = ["o".repeat(32), "n".repeat(32)];
    const cookie = await stored(open(kind, { secrets: [old] }), { theme: "dark" });
    const both = open(kind, { secrets: [fresh, old] });
    const renewed = pairOf(await both.storage.commitSession(await both.storage.getSession(cookie)));
    expect(await dataOf(open(kind, { secrets: [fresh] }), renewed)).toEqual({ theme: "dark" });
    expect(await dataOf(open(kind, { secrets: [fresh] }), cookie)).toEqual({});
  });

  test("6.4 the cookie of a store of another sort does not open", async () => {
    const cookie = await stored(open(kind === "cookie" ? "kv" : "cookie"), { user: "ada" });
    const store = open(kind);
    expect([await dataOf(store, cookie), store.events]).toEqual([{}, ["wrong-purpose"]]);
  });
});

describe.each(WITH_RECORDS)("%s, which keeps records", (kind) => {
  test("6.1 the old id of a regenerated session is dead at once", async () => {
    const first = await askWorker(kind, "set.theme=dark");
    await askWorker(kind, "regenerate", first.cookie);
    expect(await dataOf(open(kind), first.cookie)).toEqual({});
  });

  test("6.1 a copy of the cookie is worth nothing after destroy", async () => {
    const first = await askWorker(kind, "set.user=ada");
    await askWorker(kind, "destroy", first.cookie);
    expect(await dataOf(open(kind), first.cookie)).toEqual({});
  });

  test("6.3 an id whose record is gone is not used again: a write begins a session of its own", async () => {
    const store = open(kind);
    const cookie = await stored(store, { user: "ada" });
    const { id } = await store.storage.getSession(cookie);
    await store.storage.destroySession(await store.storage.getSession(cookie));

    const session = await store.storage.getSession(cookie);
    expect(session.id).toBe("");
    session.set("theme", "dark");
    const next = await store.storage.getSession(pairOf(await store.storage.commitSession(session)));
    expect(next.data).toEqual({ theme: "dark" });
    expect(next.id).not.toBe(id);
    expect(await dataOf(store, cookie)).toEqual({});
  });

  test("2.6 a record that has expired does not open, also if the timeout was lengthened since: it may be deleted at any time", async () => {
    const store = open(kind, { idleTimeout: 30 * MINUTE });
    const cookie = await stored(store, { theme: "dark" });
    const lengthened = open(kind, { idleTimeout: DAY, now: () => store.clock.now });
    store.clock.now += 30 * MINUTE - 1;
    expect(await dataOf(lengthened, cookie)).toEqual({ theme: "dark" });
    store.clock.now += 1;
    expect(await dataOf(lengthened, cookie)).toEqual({});
  });

  test("6.1 6.2 4.10 a session that is ended while the request runs is not made anew, also by one that regenerates", async () => {
    const store = open(kind);
    const user = crypto.randomUUID();
    for (const act of ["set", "regenerate"]) {
      const cookie = await stored(store, { user: "ada" });
      const old = await store.storage.getSession(cookie);
      const slow = { ...store, storage: { ...store.storage, getSession: async () => old } };
      await store.storage.destroySession(await store.storage.getSession(cookie));
      const answer = await request(slow, cookie, (session) => {
        session.set("user", user);
        if (act === "regenerate") session.regenerate();
      });
      expect([answer.status, answer.headers.getSetCookie(), store.events.at(-1)]).toEqual([200, [], "gone"]);
      // 5.5: who signed in is nobody from now on.
      expect(answer.headers.has("Clear-Site-Data")).toBe(act === "regenerate");
      expect(await dataOf(store, cookie)).toEqual({});
    }
    expect(JSON.stringify(await contentsOf(kind))).not.toContain(user);
  });

  test("6.3 the store holds a hash of the id, and no id", async () => {
    const store = open(kind);
    const { id } = await store.storage.getSession(await stored(store, { user: "ada" }));
    const everything = JSON.stringify(await contentsOf(kind));
    expect(id).toMatch(/^[\w-]{22}$/);
    expect(everything).toContain("ada");
    expect(everything).not.toContain(id);
  });

  test("2.6 a write sends no cookie until a renewal is due: a response that comes late cannot put an old id back", async () => {
    const store = open(kind);
    const cookie = await stored(store, { theme: "dark" });
    const write = (value: string) => request(store, cookie, (session) => session.set("theme", value));
    const first = await write("light");
    expect([first.headers.getSetCookie(), first.headers.get("Cache-Control")]).toEqual([[], "no-store"]);
    store.clock.now += DAY;
    expect((await write("dark")).headers.getSetCookie()).toHaveLength(1);
    expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
  });

  test("an emptied session stays, since a parallel request may be adding to it", async () => {
    const first = await askWorker(kind, "set.theme=dark");
    const emptied = await askWorker(kind, "unset.theme", first.cookie);
    expect(emptied.line).toBeUndefined();
    await askWorker(kind, "set.late=1", first.cookie);
    expect(await dataOf(open(kind), emptied.cookie)).toEqual({ late: "1" });
  });

  describe("when the store", () => {
    const failures: [string, () => unknown][] = [
      ["throws", () => { throw new Error("down"); }], // biome-ignore format: one line each
      ["rejects", () => Promise.reject(new Error("down"))],
    ];

    test.each(failures)(
      "4.6 %s, a read is anonymous, a POST that writes is 503, a page is served, nothing is lost",
      async (_, fail) => {
        const cookie = await stored(open(kind), { theme: "dark" });
        const broken = open(kind, {}, brokenBindings(fail));
        const post = await request(broken, cookie, (session) => session.set("cart", 1));
        expect([post.status, post.headers.get("Retry-After"), post.headers.get("Cache-Control")]).toEqual([
          503,
          "10",
          "no-store",
        ]);
        expect(post.headers.getSetCookie()).toEqual([]);

        const page = await request(broken, cookie, (session) => expect(session.data).toEqual({}), { method: "GET" });
        expect([page.status, page.headers.getSetCookie()]).toEqual([200, []]);
        expect(new Set(broken.events)).toEqual(new Set(["store-error"]));
        expect(await dataOf(open(kind), cookie)).toEqual({ theme: "dark" });
      },
    );

    test.each(failures)("4.8 %s, it is asked again at each request: only time-outs pause it", async (_, fail) => {
      const cookie = await stored(open(kind), { theme: "dark" });
      const asked = vi.fn(fail);
      const broken = open(kind, {}, brokenBindings(asked));
      for (let visits = 0; visits < 5; visits++) expect(await dataOf(broken, cookie)).toEqual({});
      expect(asked).toHaveBeenCalledTimes(5);
    });

    test("4.8 hangs, requests wait for their limit, and after three of them no more if all visitors share the store", async () => {
      const cookie = await stored(open(kind), { theme: "dark" });
      const hang = vi.fn(() => new Promise(() => {}));
      const hanging = open(kind, { storeTimeout: 20 }, brokenBindings(hang));
      for (let visits = 0; visits < 10; visits++) expect(await dataOf(hanging, cookie)).toEqual({});
      expect([hang.mock.calls.length, hanging.events.length]).toEqual([kind === "durable-object" ? 10 : 3, 10]);
    });

    test("4.8 hangs at the commit, a change, a sign-in and a sign-out wait for their limit as well", async () => {
      const healthy = open(kind);
      const cookie = await stored(healthy, { user: "ada" });
      for (const [from, act] of [
        ["", (session) => session.set("theme", "dark")],
        [cookie, (session) => session.set("theme", "dark")],
        [cookie, (session) => session.regenerate()],
        [cookie, (session) => session.destroy()],
      ] satisfies [string, (session: SuperflareSession<Record<string, unknown>>) => void][]) {
        // A store of its own, that is not paused yet.
        const hanging = open(
          kind,
          { storeTimeout: 20 },
          brokenBindings(() => new Promise(() => {})),
        );
        const during = { ...hanging, storage: { ...hanging.storage, getSession: healthy.storage.getSession } };
        expect((await request(during, from, act)).status).toBe(503);
      }
    }, 5_000);

    test("4.8 is slow once or twice, it is not paused", async () => {
      const cookie = await stored(open(kind), { theme: "dark" });
      let isSlow = true;
      const vars = interposed((call) => (isSlow ? new Promise(() => {}) : call()));
      const [impatient, patient] = [20, 30_000].map((storeTimeout) => open(kind, { storeTimeout }, vars)) as [
        Store,
        Store,
      ];
      for (let round = 0; round < 5; round++) {
        isSlow = true;
        for (const _ of [1, 2]) expect(await dataOf(impatient, cookie)).toEqual({});
        isSlow = false;
        expect(await dataOf(patient, cookie)).toEqual({ theme: "dark" });
      }
    });

    test("4.6 hangs, visitors without a session do not wait with those that have one", async () => {
      const cookie = await stored(open(kind), { theme: "dark" });
      const hanging = open(
        kind,
        { storeTimeout: 200 },
        brokenBindings(() => new Promise(() => {})),
      );
      let isWaiting = true;
      const known = Promise.all(
        Array.from({ length: 20 }, () => request(hanging, cookie, (s) => s.data, { method: "GET" })),
      ).then((answers) => {
        isWaiting = false;
        return answers;
      });
      const strangers = Array.from({ length: 100 }, () => request(hanging, "", () => {}, { method: "GET" }));
      for (const { status } of await Promise.all(strangers)) expect(status).toBe(200);
      expect(isWaiting).toBe(true);
      for (const { status } of await known) expect(status).toBe(200);
    });

    test("4.6 answers again by the time of the commit, a sign-in does not replace what could not be read, a sign-out ends it", async () => {
      const healthy = open(kind);
      const cookie = await stored(healthy, { theme: "dark" });
      const broken = open(
        kind,
        {},
        brokenBindings(() => Promise.reject(new Error("down"))),
      );
      const during = { ...healthy, storage: { ...healthy.storage, getSession: broken.storage.getSession } };
      const signIn = await request(during, cookie, (session) => {
        session.regenerate();
        session.set("user", "ada");
      });
      expect([signIn.status, signIn.headers.getSetCookie()]).toEqual([503, []]);
      expect(await dataOf(healthy, cookie)).toEqual({ theme: "dark" });

      const signOut = await request(during, cookie, (session) => session.destroy());
      expect([signOut.status, signOut.headers.get("Set-Cookie")]).toEqual([200, expect.stringMatching(/Max-Age=0/)]);
      expect(await dataOf(healthy, cookie)).toEqual({});
    });

    test("4.6 fails at the commit, a GET that signs in says that it was not saved; a renewal or a message costs no page", async () => {
      const healthy = open(kind);
      const { storage: broken } = open(
        kind,
        {},
        brokenBindings(() => Promise.reject(new Error("down"))),
      );
      const during = { ...healthy, storage: { ...broken, getSession: healthy.storage.getSession } };
      const cookie = await stored(healthy, { theme: "dark" });
      const signIn = (session: SuperflareSession<Record<string, unknown>>) => {
        session.regenerate({ newLifetime: true });
        session.set("user", "ada");
      };
      for (const from of [cookie, ""]) {
        const answer = await request(during, from, signIn, { method: "GET" });
        expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
      }
      healthy.clock.now += DAY;
      const order = await request(during, cookie, (session) => session.get("theme"));
      const message = await request(during, cookie, (session) => session.flash("success", "Sent"));
      const page = await request(during, cookie, (session) => session.set("theme", "light"), { method: "GET" });
      expect([order, message, page].map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(await dataOf(healthy, cookie)).toEqual({ theme: "dark" });
    });

    test("6.2 fails after a sign-out has ended the session, the sign-out is confirmed all the same", async () => {
      const healthy = open(kind);
      const cookie = await stored(healthy, { user: "ada" });
      let calls = 0;
      // Ending is the first access of the commit. What is set after it comes next, and fails.
      const vars = interposed((call) => (++calls > 2 ? Promise.reject(new Error("down")) : call()));
      const failing = open(kind, {}, vars);
      const answer = await request(failing, cookie, (session) => {
        session.destroy();
        session.flash("success", "You are signed out");
      });
      expect([answer.status, answer.headers.get("Set-Cookie")]).toEqual([200, expect.stringMatching(/Max-Age=0/)]);
      expect(await dataOf(healthy, cookie)).toEqual({});
      expect(failing.events).toEqual(["destroyed", "store-error"]);
    });

    test("6.2 does not take the end itself, nobody is told that they are signed out", async () => {
      const healthy = open(kind);
      const cookie = await stored(healthy, { user: "ada" });
      const { storage: broken } = open(
        kind,
        {},
        brokenBindings(() => Promise.reject(new Error("down"))),
      );
      const during = { ...healthy, storage: { ...broken, getSession: healthy.storage.getSession } };
      for (const method of ["POST", "GET"]) {
        const answer = await request(during, cookie, (session) => session.destroy(), { method });
        expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
      }
      expect(await dataOf(healthy, cookie)).toEqual({ user: "ada" });
    });

    test("4.6 is down, a visitor without a cookie sees every page, and the store is not asked", async () => {
      const broken = open(
        kind,
        {},
        brokenBindings(() => Promise.reject(new Error("down"))),
      );
      const page = await request(broken, "", (session) => session.get("theme"), { method: "GET" });
      expect([page.status, broken.events]).toEqual([200, []]);
    });
  });
});

describe.each(WITH_RECORDS)("%s: a record that cannot be parsed", (kind) => {
  const garbage = { values: { theme: "{" }, data: "<html>", key: "k", created_at: 1, renewed_at: 1, expires_at: 9e9 };

  test("4.7 is gone: the visitor is anonymous, the log says so, and the next write begins a session", async () => {
    const cookie = await stored(open(kind), { theme: "dark" });
    let isBroken = true;
    const vars = interposed(async (call) => {
      const answer = await call();
      if (!isBroken) return answer;
      return kind === "durable-object"
        ? Response.json({ result: { record: garbage } })
        : kind === "kv"
          ? "<html>"
          : garbage;
    });
    const store = open(kind, {}, vars);
    expect([await dataOf(store, cookie), store.events]).toEqual([{}, ["corrupt"]]);

    const session = new SuperflareSession(await store.storage.getSession(cookie));
    isBroken = false;
    const post = await handleFetch(
      {
        config: { ...store.config, request: new Request("https://example.com/", { method: "POST" }) },
        session,
        getSessionCookie: () => store.storage.commitSession(session.getSession()),
      },
      () => {
        session.set("theme", "light");
        return new Response("page");
      },
    );
    expect(post.status).toBe(200);
    expect(await dataOf(open(kind), pairOf(post.headers.getSetCookie()[0] ?? ""))).toEqual({ theme: "light" });
  });
});

test.each(WITH_RECORDS)("4.7 %s: a record without its times, which would never end, is gone", async (kind) => {
  const cookie = await stored(open(kind), { theme: "dark" });
  const timeless = { key: "k", values: {}, data: "{}" };
  const answers = { kv: JSON.stringify(timeless), d1: timeless, "durable-object": { result: { record: timeless } } };
  const answer = () => (kind === "durable-object" ? Response.json(answers[kind]) : answers[kind]);
  const store = open(kind, {}, interposed(answer));
  expect([(await store.storage.getSession(cookie)).id, store.events]).toEqual(["", ["corrupt"]]);
});

describe.each(CONSISTENT)("%s, which keeps one truth", (kind) => {
  const keys = Array.from({ length: 100 }, (_, index) => `key${index}`);

  test("8.2 a hundred requests at once, each with a key of its own, lose nothing", async () => {
    const { cookie } = await askWorker(kind, "set.theme=dark");
    await together(keys.map((key) => (wait) => askWorker(kind, `${wait}&set.${key}=yes`, cookie)));
    const data = await dataOf(open(kind), cookie);
    expect(data).toEqual({ theme: "dark", ...Object.fromEntries(keys.map((key) => [key, "yes"])) });
  });

  test("8.2 sets, unsets and a flash at once lose nothing", async () => {
    const { cookie } = await askWorker(kind, keys.map((key) => `set.${key}=old`).join("&"));
    await together([
      ...keys.map(
        (key, index) => (wait: string) =>
          askWorker(kind, index % 2 ? `${wait}&unset.${key}` : `${wait}&set.${key}=new`, cookie),
      ),
      (wait) => askWorker(kind, `${wait}&flash.success=Saved`, cookie),
    ]);
    const { data } = await askWorker(kind, "read&getFlash.success", cookie);
    const kept = keys.filter((_, index) => index % 2 === 0).map((key) => [key, "new"]);
    expect(data).toEqual({ ...Object.fromEntries(kept), success: "Saved" });
  });

  test("6.2 requests in flight at a sign-out cannot bring the session back, and get no cookie, also one that regenerates", async () => {
    const { cookie } = await askWorker(kind, "set.user=ada");
    const gate = openGate();
    const acts = [...keys.slice(0, 20).map((key) => `set.${key}=late`), "regenerate", "regenerate&set.user=eve"];
    const inFlight = acts.map((act) => askWorker(kind, `wait=${gate.name}&${act}`, cookie));
    await gate.reachedBy(acts.length);
    await askWorker(kind, "destroy", cookie);
    gate.open();
    const answers = await Promise.all(inFlight);
    expect(answers.map(({ status, line }) => [status, line])).toEqual(answers.map(() => [200, undefined]));
    expect(await dataOf(open(kind), cookie)).toEqual({});
  });

  test("6.2 a sign-out in flight ends the session that got a new id meanwhile", async () => {
    const { cookie } = await askWorker(kind, "set.user=ada");
    const gate = openGate();
    const signOut = askWorker(kind, `wait=${gate.name}&destroy`, cookie);
    await gate.reachedBy(1);
    const regenerated = await askWorker(kind, "regenerate", cookie);
    gate.open();
    expect((await signOut).line).toMatch(/Max-Age=0/);
    expect(await dataOf(open(kind), regenerated.cookie)).toEqual({});
  });

  test("8.2 a hundred requests in flight at a regenerate lose nothing, and get no cookie that would replace the new one", async () => {
    const { cookie } = await askWorker(kind, "set.theme=dark&set.user=ada");
    const gate = openGate();
    const inFlight = keys.map((key, index) =>
      askWorker(kind, `wait=${gate.name}&${index % 2 ? `set.${key}=yes` : `flash.${key}=yes`}`, cookie),
    );
    await gate.reachedBy(keys.length);
    const [first, second] = [await askWorker(kind, "regenerate&set.step=1", cookie), openGate()];
    const late = askWorker(kind, `wait=${second.name}&set.late=yes`, first.cookie);
    await second.reachedBy(1);
    const last = await askWorker(kind, "regenerate&set.step=2", first.cookie);
    gate.open();
    second.open();
    const answers = [...(await Promise.all(inFlight)), await late];
    expect(answers.map(({ status, line }) => [status, line])).toEqual(answers.map(() => [200, undefined]));
    const { data } = await askWorker(
      kind,
      `read&${keys
        .filter((_, index) => index % 2 === 0)
        .map((key) => `getFlash.${key}`)
        .join("&")}`,
      last.cookie,
    );
    const expected = Object.fromEntries(keys.map((key) => [key, "yes"]));
    expect(data).toEqual({ theme: "dark", user: "ada", step: "2", late: "yes", ...expected });
    expect(await dataOf(open(kind), cookie)).toEqual({});
  });

  test("8.2 a hundred requests and a regenerate at once lose nothing", async () => {
    const { cookie } = await askWorker(kind, "set.theme=dark");
    let next = "";
    await together([
      ...keys.map((key) => (wait: string) => askWorker(kind, `${wait}&set.${key}=yes`, cookie)),
      async (wait) => {
        next = (await askWorker(kind, `${wait}&regenerate&set.user=ada`, cookie)).cookie;
      },
    ]);
    const expected = Object.fromEntries(keys.map((key) => [key, "yes"]));
    expect(await dataOf(open(kind), next)).toEqual({ theme: "dark", user: "ada", ...expected });
  });

  test("6.1 a double-clicked sign-in leaves one session", async () => {
    const user = crypto.randomUUID();
    const { cookie } = await askWorker(kind, "set.theme=dark");
    const answers: { line: string | undefined; cookie: string }[] = [];
    await together(
      [1, 2].map(() => async (wait: string) => {
        answers.push(await askWorker(kind, `${wait}&regenerate&set.user=${user}`, cookie));
      }),
    );
    const [signedIn, ...others] = answers.filter(({ line }) => line);
    expect(others).toEqual([]);
    const { storage } = open(kind);
    const list = await storage.userSessions?.list(await storage.getSession(signedIn?.cookie));
    expect(list?.sessions).toHaveLength(1);
  });

  test("3.8 a page that shows an older message does not remove a newer one, even with the same text", async () => {
    for (const text of ["Saved", "Saved again"]) {
      const { cookie } = await askWorker(kind, "set.theme=dark&flash.success=Saved");
      const gate = openGate();
      const page = askWorker(kind, `getFlash.success&wait=${gate.name}`, cookie);
      await gate.reachedBy(1);
      await askWorker(kind, `flash.success=${text}`, cookie);
      gate.open();
      expect((await page).data).toEqual({ success: "Saved" });
      expect((await askWorker(kind, "getFlash.success", cookie)).data).toEqual({ success: text });
      expect((await askWorker(kind, "getFlash.success", cookie)).data).toEqual({});
    }
  });

  test("4.2 a key with a control character cannot overwrite another one", async () => {
    const { storage } = open(kind);
    const session = await storage.getSession(await stored(open(kind), { user: "alice" }));
    session.set("user\u0000note", "bob");
    await expect(storage.commitSession(session)).rejects.toMatchObject({ code: "not-storable" });
  });

  describe("lists a user's sessions", () => {
    test("newest first, with what the app has kept in them, and without anything that opens one", async () => {
      const store = open(kind);
      const user = crypto.randomUUID();
      const cookies = [];
      for (const device of ["phone", "desk", "tablet"]) {
        cookies.push(await stored(store, { user, device }));
        store.clock.now += MINUTE;
      }
      await stored(store, { user: crypto.randomUUID(), device: "of somebody else" });

      const session = await store.storage.getSession(cookies[1]);
      const { sessions: list = [] } = (await store.storage.userSessions?.list(session)) ?? {};
      expect(list.map(({ data, isCurrent }) => [data.device, isCurrent])).toEqual([
        ["tablet", false],
        ["desk", true],
        ["phone", false],
      ]);
      for (const cookie of cookies) {
        const { id } = await store.storage.getSession(cookie);
        expect(JSON.stringify(list)).not.toContain(id);
      }
    });

    test("6.1 with the age that a regenerate has kept, or begun anew", async () => {
      const store = open(kind);
      const start = store.clock.now;
      let cookie = await stored(store, { user: crypto.randomUUID() });
      for (const newLifetime of [false, true]) {
        store.clock.now += DAY;
        const answer = await request(store, cookie, (session) => session.regenerate({ newLifetime }));
        cookie = pairOf(answer.headers.getSetCookie()[0] ?? "");
        const list = await store.storage.userSessions?.list(await store.storage.getSession(cookie));
        const times = list?.sessions.map(({ createdAt, lastSeenAt }) => [createdAt, lastSeenAt]);
        expect(times).toEqual([[newLifetime ? store.clock.now : start, store.clock.now]]);
      }
    });

    test("8.5 without those that were signed out or got a new id, at a cost of the live ones", async () => {
      const user = crypto.randomUUID();
      for (let index = 0; index < 20; index++) {
        const { cookie } = await askWorker(kind, `set.user=${user}`);
        const next = await askWorker(kind, "regenerate", cookie);
        await askWorker(kind, "destroy", next.cookie);
      }
      const { cookie } = await askWorker(kind, `set.user=${user}`);
      const { storage, accesses } = watchedStore(kind);
      const session = await storage.getSession(cookie);
      const before = accesses().length;
      expect((await storage.userSessions?.list(session))?.sessions).toHaveLength(1);
      expect(accesses().length - before).toBeLessThanOrEqual(4);
    });

    test("4.8 or, when the store hangs, says so in time", async () => {
      const healthy = open(kind);
      const session = await healthy.storage.getSession(await stored(healthy, { user: crypto.randomUUID() }));
      const hanging = open(
        kind,
        { storeTimeout: 20 },
        brokenBindings(() => new Promise(() => {})),
      );
      await expect(hanging.storage.userSessions?.list(session)).rejects.toMatchObject({ code: "store-error" });
    }, 5_000);

    test("4.7 without a record that cannot be parsed", async () => {
      const store = open(kind);
      const user = crypto.randomUUID();
      const mine = await store.storage.getSession(await stored(store, { user }));
      const broken = await stored(store, { user, mark: crypto.randomUUID() });
      await corrupt(kind, (await dataOf(store, broken)).mark as string);
      const list = await store.storage.userSessions?.list(mine);
      expect([list?.sessions.map(({ isCurrent }) => isCurrent), list?.isComplete]).toEqual([[true], true]);
    });

    test("and ends those that are meant, of this user alone", async () => {
      const store = open(kind);
      const user = crypto.randomUUID();
      const [mine, lost, others] = [
        await stored(store, { user }),
        await stored(store, { user }),
        await stored(store, { user: crypto.randomUUID() }),
      ];
      const session = await store.storage.getSession(mine);
      await store.storage.userSessions?.revoke(session, ({ isCurrent }) => !isCurrent);
      expect(await dataOf(store, mine)).toEqual({ user });
      expect(await dataOf(store, lost)).toEqual({});
      expect(await dataOf(store, others)).not.toEqual({});
    });

    test("8.5 nor one that belongs to somebody else by now, nor for who is about to sign in", async () => {
      const store = open(kind);
      const [user, other] = [crypto.randomUUID(), crypto.randomUUID()];
      const mine = await store.storage.getSession(await stored(store, { user }));
      const cookie = await stored(store, { user });
      const changed = await store.storage.getSession(cookie);
      changed.set("user", other);
      expect(await store.storage.userSessions?.list(changed)).toEqual({ sessions: [], isComplete: false });
      await store.storage.commitSession(changed);
      const list = await store.storage.userSessions?.list(mine);
      expect(list?.sessions.map(({ data }) => data)).toEqual([{ user }]);
    });

    test("but not for a session of nobody, nor one that has expired, nor one that changed its user", async () => {
      const store = open(kind, { idleTimeout: 30 * MINUTE });
      const user = crypto.randomUUID();
      await stored(store, { user });
      const changed = await store.storage.getSession(await stored(store, { user }));
      changed.set("user", "somebody else");
      await store.storage.commitSession(changed);
      store.clock.now += 30 * MINUTE;
      const session = await store.storage.getSession(await stored(store, { user }));
      expect((await store.storage.userSessions?.list(session))?.sessions).toHaveLength(1);
      const unstored = await store.storage.getSession();
      unstored.set("user", user);
      expect(await store.storage.userSessions?.list(unstored)).toEqual({ sessions: [], isComplete: false });
      const nobody = await store.storage.getSession(await stored(store, { theme: "dark" }));
      expect(await store.storage.userSessions?.list(nobody)).toEqual({ sessions: [], isComplete: true });
    });
  });
});

test("8.5 a Durable Object that hangs costs its own line of the list, and the list says that it is not complete", async () => {
  const store = open("durable-object");
  const user = crypto.randomUUID();
  const [mine] = [await stored(store, { user }), await stored(store, { user })];
  const session = await store.storage.getSession(mine);
  const hanging = hangingObject(user);
  const slow = open("durable-object", { storeTimeout: 2_000 }, { SESSION_OBJECT: await hanging });
  const list = await slow.storage.userSessions?.list(session);
  expect([list?.sessions.length, list?.isComplete]).toEqual([1, false]);
});

test("8.5 a session is listed before it exists: when the list cannot be written, nobody is signed in", async () => {
  const store = open("durable-object");
  const cookie = await stored(store, { theme: "dark" });
  const user = crypto.randomUUID();
  const lists = new Set([env.SESSION_OBJECT.idFromName(`user ${JSON.stringify(user)}`).toString()]);
  const broken = objectsThat(async ({ id }, go) => {
    if (lists.has(id)) throw new Error("down");
    return go();
  });
  const failing = open("durable-object", {}, { SESSION_OBJECT: broken });
  const signIns = [
    { from: cookie, isRegenerated: true },
    { from: cookie, isRegenerated: false },
    { from: "", isRegenerated: true },
  ];
  for (const { from, isRegenerated } of signIns) {
    const answer = await request(failing, from, (session) => {
      if (isRegenerated) session.regenerate();
      session.set("user", user);
    });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
  }
  expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
  await expect(objectThatHolds(user)).rejects.toThrow("No object holds it");
});

test("8.5 a session that ended without a word is dropped from the list when it is met, and one being made is not", async () => {
  const store = open("durable-object");
  const user = crypto.randomUUID();
  const mine = await stored(store, { user });
  const lost = await stored(store, { user, mark: crypto.randomUUID() });
  const stub = await objectThatHolds((await dataOf(store, lost)).mark as string);
  await runInDurableObject(stub, async (_, { storage }) => storage.deleteAll());
  const listed = () => listOf(user);
  expect(await listed()).toHaveLength(2);
  const session = await store.storage.getSession(mine);
  expect((await store.storage.userSessions?.list(session))?.sessions).toHaveLength(1);
  expect(await listed()).toHaveLength(2);
  store.clock.now += 2 * MINUTE;
  expect((await store.storage.userSessions?.list(session))?.sessions).toHaveLength(1);
  expect(await listed()).toHaveLength(1);
});

test.each(["kv", "d1"] as const)(
  "4.8 %s: the pause ends after ten seconds, and one more time-out is enough for the next",
  async (kind) => {
    const cookie = await stored(open(kind), { theme: "dark" });
    const hang = vi.fn(() => new Promise(() => {}));
    const hanging = open(kind, { storeTimeout: 20 }, brokenBindings(hang));
    const start = Date.now();
    const time = vi.spyOn(Date, "now");
    const askedAt = async (milliseconds: number) => {
      time.mockReturnValue(start + milliseconds);
      hang.mockClear();
      for (let visits = 0; visits < 5; visits++) await dataOf(hanging, cookie);
      return hang.mock.calls.length;
    };
    try {
      expect([await askedAt(0), await askedAt(9_999), await askedAt(10_000), await askedAt(20_000)]).toEqual([
        3, 0, 1, 1,
      ]);
    } finally {
      time.mockRestore();
    }
  },
);

test("8.3 8.5 a session that has reached its latest end is dropped from the list when another is listed", async () => {
  const user = crypto.randomUUID();
  await stored(open("durable-object"), { user });
  const long = open("durable-object", { absoluteTimeout: DAY });
  long.clock.now -= 2 * DAY;
  await stored(long, { user });
  expect(await listOf(user)).toHaveLength(1);
});

test("4.8 a Durable Object that hangs is one visitor's trouble: the others read and write", async () => {
  const healthy = open("durable-object");
  const user = crypto.randomUUID();
  const [theirs, mine] = [await stored(healthy, { user }), await stored(healthy, { theme: "dark" })];
  const vars = { SESSION_OBJECT: await hangingObject(user) };
  const [impatient, patient] = [20, 30_000].map((storeTimeout) => open("durable-object", { storeTimeout }, vars)) as [
    Store,
    Store,
  ];
  for (let round = 0; round < 5; round++) {
    expect(await dataOf(impatient, theirs)).toEqual({});
    const post = await request(patient, mine, (session) => session.set("round", round));
    expect(post.status).toBe(200);
  }
  expect(await dataOf(healthy, mine)).toEqual({ theme: "dark", round: 4 });
});

test("8.5 a list that is made while a session gets a new id says that it is not complete", async () => {
  const user = crypto.randomUUID();
  const [phone, desk] = [
    await stored(open("durable-object"), { user }),
    await stored(open("durable-object"), { user }),
  ];
  const answers: unknown[] = [];
  const list = async () => {
    const { storage } = open("durable-object");
    const found = await storage.userSessions?.list(await storage.getSession(desk));
    answers.push([found?.sessions.length, found?.isComplete]);
  };
  const SESSION_OBJECT = objectsThat(async ({ call }, go) => {
    const response = await go();
    // Twice: the first one must not strike out what tells the second one that there is more.
    if (call === "moveOut") for (const _ of [1, 2]) await list();
    return response;
  });
  const moving = open("durable-object", {}, { SESSION_OBJECT });
  moving.clock.now += 2 * MINUTE;
  await request(moving, phone, (session) => session.regenerate());
  await list();
  expect(answers).toEqual([
    [1, false],
    [1, false],
    [2, true],
  ]);
});

test("8.4 the cookie store and KV do not pretend that they could list", () => {
  expect([open("cookie").storage.userSessions, open("kv").storage.userSessions]).toEqual([undefined, undefined]);
});

test("8.2 KV merges with what is there when it writes, so that changes one after the other are all kept", async () => {
  const { cookie } = await askWorker("kv", "set.theme=dark");
  const gate = openGate();
  const slow = askWorker("kv", `wait=${gate.name}&set.slow=1`, cookie);
  await gate.reachedBy(1);
  await askWorker("kv", "set.quick=1", cookie);
  gate.open();
  await slow;
  expect(await dataOf(open("kv"), cookie)).toEqual({ theme: "dark", quick: "1", slow: "1" });
});

describe("expired records go away by themselves,", () => {
  test("8.3 in KV by their time to live, never less than KV takes", async () => {
    const store = open("kv", { idleTimeout: 2 * DAY });
    await stored(store, { user: "expiring" });
    const { keys } = await env.SESSION_KV.list();
    const lives = keys.map(({ expiration = 0 }) => expiration - store.clock.now);
    expect(lives.some((life) => Math.abs(life - 2 * DAY) <= 2)).toBe(true);
    await stored(open("kv", { idleTimeout: 1 }), { user: "expiring" });
  });

  test("8.3 in KV by their time to live, which begins anew with each write", async () => {
    const store = open("kv", { idleTimeout: 2 * DAY });
    const session = await store.storage.getSession(await stored(store, { mark: crypto.randomUUID() }));
    store.clock.now += DAY;
    await store.storage.commitSession(session);
    const { keys } = await env.SESSION_KV.list();
    const values = await Promise.all(keys.map(({ name }) => env.SESSION_KV.get(name)));
    const { expiration = 0 } = keys[values.findIndex((value) => value?.includes(session.data.mark as string))] ?? {};
    expect(Math.abs(expiration - Date.now() / 1000 - 2 * DAY)).toBeLessThan(MINUTE);
  });

  test("8.3 in D1 by a cron, which leaves the others", async () => {
    const store = open("d1", { idleTimeout: 30 * MINUTE });
    await stored(store, { user: "over" });
    store.clock.now += 30 * MINUTE;
    const alive = await stored(store, { user: "alive" });
    await deleteExpiredSessions(env.SESSION_DB, store.clock.now);
    const { results } = await env.SESSION_DB.prepare("SELECT data FROM session WHERE expires_at <= ?")
      .bind(store.clock.now)
      .all();
    expect(results).toEqual([]);
    expect(await dataOf(store, alive)).toEqual({ user: "alive" });
  });

  test("8.3 in D1 by a cron, however many there are", async () => {
    await env.SESSION_DB.prepare(
      "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2500) " +
        "INSERT INTO session (key, data, created_at, renewed_at, expires_at) SELECT 'over ' || n, '{}', 1, 1, 2 FROM number",
    ).run();
    await deleteExpiredSessions(env.SESSION_DB, 2);
    expect(await env.SESSION_DB.prepare("SELECT count(*) AS n FROM session WHERE expires_at <= 2").first("n")).toBe(0);
  });

  test("8.3 in a Durable Object by its alarm, which waits on for one that was renewed", async () => {
    const store = open("durable-object", { idleTimeout: 30 * MINUTE });
    const user = crypto.randomUUID();
    const cookie = await stored(store, { user });
    const stub = await objectThatHolds(user);
    await runDurableObjectAlarm(stub);
    expect(await dataOf(store, cookie)).toEqual({ user });

    const listId = env.SESSION_OBJECT.idFromName(`user ${JSON.stringify(user)}`);
    expect(await runDurableObjectAlarm(env.SESSION_OBJECT.get(listId))).toBe(true);
    expect(await listOf(user)).toHaveLength(1);

    await runInDurableObject(stub, async (_, { storage }) => {
      const record = (await storage.get<object>("record")) ?? {};
      await storage.put("record", { ...record, expiresAt: store.clock.now - 1 });
    });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await runInDurableObject(stub, async (_, { storage }) => (await storage.list()).size)).toBe(0);
  });
});

test("8.2 8.3 the alarm of a Durable Object whose session has moved waits for the requests in flight", async () => {
  const store = open("durable-object");
  const user = crypto.randomUUID();
  const cookie = await stored(store, { user });
  const stub = await objectThatHolds(user);
  const old = await store.storage.getSession(cookie);
  const moved = await request(store, cookie, (session) => session.regenerate());
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  await store.storage.destroySession(old);
  expect(await dataOf(store, pairOf(moved.headers.getSetCookie()[0] ?? ""))).toEqual({});
});

/** Breaks a value of the record that holds this text. */
async function corrupt(kind: Kind, mark: string) {
  if (kind === "d1") {
    const statement = "UPDATE session SET data = json_set(data, '$.mark', '{') WHERE data LIKE ?";
    await env.SESSION_DB.prepare(statement).bind(`%${mark}%`).run();
  } else {
    await runInDurableObject(await objectThatHolds(mark), async (_, { storage }) => {
      const record = await storage.get<{ values: object }>("record");
      await storage.put("record", { ...record, values: { ...record?.values, mark: "{" } });
    });
  }
}

async function contentsOf(kind: Kind): Promise<unknown> {
  if (kind === "d1") return (await env.SESSION_DB.prepare("SELECT * FROM session").all()).results;
  if (kind === "kv") {
    const { keys } = await env.SESSION_KV.list();
    return Promise.all(keys.map(async ({ name }) => [name, await env.SESSION_KV.get(name)]));
  }
  const ids = await listDurableObjectIds(env.SESSION_OBJECT);
  return Promise.all(
    ids.map((id) =>
      runInDurableObject(env.SESSION_OBJECT.get(id), async (_, { storage }) => [...(await storage.list())]),
    ),
  );
}
