/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** One call to a store fails, is done and fails, or hangs; or an answer is lost (rules 4.10, 4.11, 8.7 and 8.8). */
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { SuperflareSession } from "~/lib/session";
import { keyOf } from "~/lib/session/stores/record-store";
import {
  type AnySession,
  CONSISTENT,
  DAY,
  dataOf,
  env,
  hangingCall,
  interposed,
  type Kind,
  migrate,
  objectsThat,
  open,
  page,
  redirect,
  request,
  type Store,
  stored,
  WITH_RECORDS,
} from "./harness";

beforeAll(migrate);

const signIn = (user: string) => (session: AnySession) => {
  session.regenerate({ newLifetime: true });
  session.set("user", user);
  return redirect("/account");
};

describe.each(CONSISTENT)("4.11 %s: a sign-in whose answer was lost", (kind) => {
  const begin = async () => {
    const store = open(kind);
    const cookie = await stored(store, { cart: 1 });
    await request(store, cookie, signIn("ada"));
    return { store, cookie };
  };

  test("is answered 409 when it is sent again within 15 seconds, by this user or another, and later succeeds", async () => {
    for (const user of ["ada", "bob"]) {
      const { store, cookie } = await begin();
      for (const pause of [0, 14]) {
        store.clock.now += pause;
        const again = await request(store, cookie, signIn(user));
        expect([again.status, again.lines]).toEqual([409, []]);
      }
      store.clock.now += 1;
      const later = await request(store, cookie, signIn(user));
      expect([later.status, await dataOf(store, later.cookie)]).toEqual([303, { user }]);
    }
  });

  test("leaves no session behind that nobody can use, once the visitor has signed in again", async () => {
    const user = crypto.randomUUID();
    const store = open(kind);
    const cookie = await stored(store, { cart: 1 });
    await request(store, cookie, signIn(user));
    store.clock.now += 15;
    const later = await request(store, cookie, signIn(user));
    const list = await store.storage.userSessions?.list(await store.storage.getSession(later.cookie));
    expect(list?.sessions.map(({ isCurrent }) => isCurrent)).toEqual([true]);
  });

  test("can be signed out with the old cookie, however late", async () => {
    for (const pause of [0, 15, 20 * DAY]) {
      const store = open(kind);
      const cookie = await stored(store, { cart: 1 });
      const signedIn = await request(store, cookie, signIn("ada"));
      store.clock.now += pause;
      const signOut = await request(store, cookie, (session) => session.destroy());
      expect([signOut.status, signOut.line]).toEqual([200, expect.stringMatching(/Max-Age=0/)]);
      expect(await dataOf(store, signedIn.cookie)).toEqual({});
    }
  });
});

test.each(WITH_RECORDS)("6.1 %s: an id that was replaced cannot get another one", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { cart: 1 });
  const slow = await store.storage.getSession(cookie);
  const next = await request(store, cookie, signIn("ada"));
  const again = await request(
    { ...store, storage: { ...store.storage, getSession: async () => slow } },
    cookie,
    signIn("eve"),
  );
  expect([again.status, again.lines]).toEqual([409, []]);
  expect(await dataOf(store, next.cookie)).toEqual({ cart: 1, user: "ada" });
});

test.each(WITH_RECORDS)(
  "8.7 %s: an id that cannot be given yet costs nothing that was confirmed before",
  async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { cart: 1 });
    const failing = faulty(kind, (write) => write === 0);
    expect((await request(failing, cookie, signIn("ada"))).status).toBe(503);
    expect(await dataOf(store, cookie)).toEqual({ cart: 1 });
    const again = await request(store, cookie, signIn("ada"));
    expect(await dataOf(store, again.cookie)).toEqual({ cart: 1, user: "ada" });
  },
);

/** A store whose writes fail before they are done if `isFailing` says so, by their number. */
function faulty(kind: Kind, isFailing: (write: number) => boolean): Store {
  let writes = 0;
  const attempt = <T>(go: () => T): T => {
    if (isFailing(writes++)) throw new Error("down");
    return go();
  };
  const namespace = new Proxy(env.SESSION_KV, {
    get: (target, name) => {
      const method = Reflect.get(target, name).bind(target);
      return name === "put" || name === "delete" ? (...given: unknown[]) => attempt(() => method(...given)) : method;
    },
  });
  const database = new Proxy(env.SESSION_DB, {
    get: (target, name) => {
      const method = Reflect.get(target, name).bind(target);
      return name === "batch" ? (...given: unknown[]) => attempt(() => method(...given)) : method;
    },
  });
  const objects = objectsThat(async ({ call }, go) => (call === "move" ? attempt(go) : go()));
  return open(kind, {}, { SESSION_KV: namespace, SESSION_DB: database, SESSION_OBJECT: objects });
}

/** Returns bindings whose every call is given up, and comes late. */
function lateBindings() {
  const arrival = Promise.withResolvers<void>();
  const giveUp = hangingCall();
  const calls: Promise<unknown>[] = [];
  const vars = interposed((call) => {
    const late = arrival.promise.then(call);
    // What a call leads to is given up already.
    if (calls.push(late) === 1) giveUp();
    return late;
  });
  async function arrive() {
    arrival.resolve();
    for (const call of calls) {
      await call;
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return { vars, arrive };
}

test.each(WITH_RECORDS)(
  "8.7 %s: a change that comes late undoes nothing that was stored after its time limit",
  async (kind) => {
    for (const change of [
      (session: AnySession) => session.set("theme", "dark"),
      (session: AnySession) => session.regenerate(),
    ]) {
      const store = open(kind);
      const cookie = await stored(store, { theme: "light" });
      const { vars, arrive } = lateBindings();
      const { storage } = open(kind, { now: () => store.clock.now }, vars);
      const during = { ...store, storage: { ...storage, getSession: store.storage.getSession } };
      const first = await request(during, cookie, change);
      store.clock.now += store.config.storeTimeout / 1000;
      const second = await request(store, cookie, (session) => session.set("theme", "blue"));
      await arrive();
      expect([first.status, second.status, await dataOf(store, cookie)]).toEqual([503, 200, { theme: "blue" }]);
    }
  },
);

test("8.7 kv: a new id is stored before the old one leads to it", async () => {
  const store = open("kv");
  const cookie = await stored(store, { cart: 1 });
  // The new record is written, and the signpost is not.
  expect(
    (
      await request(
        faulty("kv", (write) => write === 1),
        cookie,
        signIn("ada"),
      )
    ).status,
  ).toBe(503);
  expect(await dataOf(store, cookie)).toEqual({ cart: 1 });
});

test("6.2 P2 kv: a sign-out has ended the session, even if its data cannot be deleted in time", async () => {
  const store = open("kv");
  const cookie = await stored(store, { user: "ada" });
  const hang = hangingCall();
  const SESSION_KV = new Proxy(env.SESSION_KV, {
    get: (target, name) => (name === "delete" ? hang : Reflect.get(target, name).bind(target)),
  });
  await request(open("kv", {}, { SESSION_KV }), cookie, (session) => session.destroy());
  expect(await dataOf(store, cookie)).toEqual({});
});

test.each(WITH_RECORDS)(
  "2.4 4.6 %s: the cookie is sent, even if a route has committed by itself and sent no line",
  async (kind) => {
    const store = open(kind);
    const { line, cookie } = await request(store, "", async (session) => {
      session.set("theme", "dark");
      await store.storage.commitSession(session.getSession());
      session.flash("success", "Saved");
      return redirect();
    });
    expect(line).toBeDefined();
    expect(await dataOf(store, cookie)).toEqual({ theme: "dark", __flash_success__: "Saved" });
  },
);

describe("kv is eventually consistent", () => {
  /** A namespace that is read as it was at the moment of this call. */
  async function oldCopy() {
    const { keys } = await env.SESSION_KV.list();
    const copy = new Map(
      await Promise.all(keys.map(async ({ name }) => [name, await env.SESSION_KV.get(name)] as const)),
    );
    return new Proxy(env.SESSION_KV, {
      get: (target, name) =>
        name === "get" ? async (key: string) => copy.get(key) ?? null : Reflect.get(target, name)?.bind(target),
    });
  }

  test("6.2 a sign-out where the session cannot be seen yet ends it all the same", async () => {
    const before = await oldCopy();
    const store = open("kv");
    const cookie = await stored(store, { user: "ada" });
    const signOut = await request(open("kv", {}, { SESSION_KV: before }), cookie, (session) => session.destroy());
    expect([signOut.status, signOut.line]).toEqual([200, expect.stringMatching(/Max-Age=0/)]);
    expect(await dataOf(store, cookie)).toEqual({});
  });

  test("6.2 a change from a place with an old copy does not revive a session that was signed out", async () => {
    for (const change of [
      (session: AnySession) => session.set("theme", "dark"),
      (session: AnySession) => session.regenerate(),
    ]) {
      const store = open("kv");
      const cookie = await stored(store, { user: "ada" });
      const behind = open("kv", {}, { SESSION_KV: await oldCopy() });
      await request(store, cookie, (session) => session.destroy());
      const { cookie: next } = await request(behind, cookie, change);
      expect([await dataOf(store, cookie), await dataOf(store, next)]).toEqual([{}, {}]);
    }
  });

  test("6.2 4.11 a sign-out from a place that does not have the session's new id yet ends it", async () => {
    const store = open("kv");
    const cookie = await stored(store, { user: "ada" });
    const behind = open("kv", {}, { SESSION_KV: await oldCopy() });
    const { cookie: next } = await request(store, cookie, (session) => session.regenerate());
    expect((await request(behind, cookie, (session) => session.destroy())).status).toBe(200);
    expect(await dataOf(store, next)).toEqual({});
  });

  test("6.2 an end outlasts the session's newest cookie, even if it was ended with one about to expire", async () => {
    const store = open("kv", { absoluteTimeout: 30 * DAY });
    const cookie = await stored(store, { user: "ada" });
    const { id } = await store.storage.getSession(cookie);
    store.clock.now += 29 * DAY;
    await request(store, cookie, (session) => session.regenerate({ newLifetime: true }));
    await request(store, cookie, (session) => session.destroy());
    const { keys } = await env.SESSION_KV.list({ prefix: `ended:${await keyOf(id)}` });
    expect((keys[0]?.expiration ?? 0) - Date.now() / 1000).toBeGreaterThan(29 * DAY);
  });

  /** Imitates KV, which refuses a second write of a key until a second later: here, once somebody has waited for it. */
  function oneWriteASecond() {
    const written = new Set<string>();
    const wait = setTimeout;
    let waits = 0;
    const timers = vi.spyOn(globalThis, "setTimeout").mockImplementation(((go: () => void, time = 0, ...given: []) => {
      if (time !== 1_000) return wait(go, time, ...given);
      waits++;
      written.clear();
      return wait(go);
    }) as typeof setTimeout);
    onTestFinished(() => timers.mockRestore());
    const SESSION_KV = new Proxy(env.SESSION_KV, {
      get: (target, name) => {
        const method = Reflect.get(target, name).bind(target);
        if (name !== "put" && name !== "delete") return method;
        return async (key: string, ...rest: unknown[]) => {
          if (written.has(key)) throw new Error("KV PUT failed: 429 Too Many Requests");
          written.add(key);
          return method(key, ...rest);
        };
      },
    });
    return { store: open("kv", {}, { SESSION_KV }), waits: () => waits };
  }

  test("8.4 P4 a sign-out waits for KV at most once, so that a double click is no time-out", async () => {
    const { store, waits } = oneWriteASecond();
    const cookie = await stored(store, { user: "ada" });
    const clicks = [await store.storage.getSession(cookie), await store.storage.getSession(cookie)];
    for (const [index, click] of clicks.entries()) {
      const { status } = await request(store, new SuperflareSession(click), (session) => session.destroy());
      expect([status, waits()]).toEqual([200, index]);
    }
  });

  test("8.4 a second write of a session within a second waits for KV, and is kept", async () => {
    const { store, waits } = oneWriteASecond();
    const first = await request(store, "", (session) => session.flash("success", "Saved"));
    const shown = await request(store, first.cookie, (session) => page(session.getFlash("success")), { method: "GET" });
    expect(await shown.response.text()).toBe("Saved");
    expect(await dataOf(store, first.cookie)).toEqual({});
    expect((await request(store, first.cookie, (session) => session.set("theme", "dark"))).status).toBe(200);
    expect(waits()).toBe(2);
  });
});

describe.each(CONSISTENT)("8.8 %s: a user with many devices", (kind) => {
  /** A Worker on the free plan: a request may make 50 calls, the reading of its session among them. */
  function onFreePlan() {
    let calls = 0;
    const spend = <T>(go: () => T): T => {
      if (++calls > 50) throw new Error("Too many subrequests.");
      return go();
    };
    const counted = <T extends object>(target: T): T =>
      new Proxy(target, {
        get(_, name) {
          const method = Reflect.get(target, name);
          if (typeof method !== "function") return method;
          if (name === "prepare" || name === "bind")
            return (...given: unknown[]) => counted(method.apply(target, given));
          return (...given: unknown[]) => spend(() => method.apply(target, given));
        },
      });
    const objects = objectsThat(async (_, go) => spend(go));
    const SESSION_DB = counted(env.SESSION_DB);
    return open(kind, {}, { SESSION_DB, SESSION_OBJECT: objects });
  }

  test("can sign out the others, in as many tries as it takes: each gets further, and can store its own change", async () => {
    const healthy = open(kind);
    const user = crypto.randomUUID();
    const others = await Promise.all(Array.from({ length: 60 }, () => stored(healthy, { user })));
    const mine = await stored(healthy, { user });
    let left = others.length;
    for (let tries = 0; left > 0; tries++) {
      expect(tries).toBeLessThan(5);
      const store = onFreePlan();
      const { status } = await request(store, mine, async (session) => {
        const { userSessions } = store.storage;
        const revoked = await userSessions?.revoke(session.getSession(), ({ isCurrent }) => !isCurrent);
        expect(revoked?.ended.length).toBeGreaterThan(0);
        left -= revoked?.ended.length ?? 0;
        expect(revoked?.isComplete ? left : 0).toBe(0);
        session.set("left", left);
      });
      expect(status).toBe(200);
    }
    for (const cookie of others) expect(await dataOf(healthy, cookie)).toEqual({});
    expect(await dataOf(healthy, mine)).toEqual({ user, left });
  });

  test("sees the newest ones, and that there are more", async () => {
    const store = open(kind);
    const user = crypto.randomUUID();
    // D1 lists a hundred at once, Durable Objects twenty.
    const devices = kind === "d1" ? 105 : 25;
    for (let device = 0; device < devices; device++) {
      await stored(store, { user, device });
      store.clock.now += 60;
    }
    const mine = await store.storage.getSession(await stored(store, { user, device: "mine" }));
    const list = await store.storage.userSessions?.list(mine);
    expect([list?.sessions[0]?.data.device, list?.sessions[1]?.data.device, list?.isComplete]).toEqual([
      "mine",
      devices - 1,
      false,
    ]);
    // One that is not shown can be ended as well, by whoever names it.
    const oldest = await store.storage.userSessions?.revoke(mine, ({ data }) => data.device === 0);
    expect(oldest?.ended.map(({ data }) => data.device)).toEqual([0]);
  });
});

test("8.8 durable-object: one object that fails costs its own line, and the others end", async () => {
  const healthy = open("durable-object");
  const user = crypto.randomUUID();
  const mine = await stored(healthy, { user });
  const others = [await stored(healthy, { user }), await stored(healthy, { user }), await stored(healthy, { user })];
  for (const fault of [() => Promise.reject(new Error("down")), hangingCall()]) {
    let removals = 0;
    const objects = objectsThat(({ call }, go) => (call === "remove" && removals++ === 0 ? fault() : go()));
    const store = open("durable-object", {}, { SESSION_OBJECT: objects });
    const session = await store.storage.getSession(mine);
    const revoked = await store.storage.userSessions?.revoke(session, ({ isCurrent }) => !isCurrent);
    expect([revoked?.ended.length, revoked?.isComplete]).toEqual([2, false]);
    for (let missing = 0; missing < 2; missing++) others.push(await stored(healthy, { user }));
  }
});

test("8.8 8.5 durable-object: ending many says that one was missed, even if it got further after that", async () => {
  const store = open("durable-object");
  const user = crypto.randomUUID();
  for (let device = 0; device < 22; device++) {
    await stored(store, { user, device });
    store.clock.now += 60;
  }
  const mine = await store.storage.getSession(await stored(store, { user }));
  let looks = 0;
  const objects = objectsThat(async ({ call }, go) => {
    if (call === "look" && looks++ === 0) throw new Error("down");
    return go();
  });
  const { storage } = open("durable-object", { now: store.config.now }, { SESSION_OBJECT: objects });
  const revoked = await storage.userSessions?.revoke(mine, ({ data }) => data.device === 0);
  expect([revoked?.ended.length, revoked?.isComplete]).toEqual([1, false]);
});

test.each(WITH_RECORDS)("8.2 %s: `newLifetime` of any call counts", async (kind) => {
  const store = open(kind, { absoluteTimeout: 2 * DAY });
  const cookie = await stored(store, { theme: "dark" });
  store.clock.now += 1.5 * DAY;
  const next = await request(store, cookie, (session) => {
    session.regenerate({ newLifetime: true });
    session.regenerate();
  });
  store.clock.now += DAY;
  expect(await dataOf(store, next.cookie)).toEqual({ theme: "dark" });
});

test("8.2 d1: 10,000 messages that a page has shown are removed at once", async () => {
  const store = open("d1");
  const { cookie } = await request(store, "", (session) => {
    for (let index = 0; index < 10_000; index++) session.flash(`m${index}`, "x");
  });
  const shown = await request(store, cookie, (session) => {
    for (let index = 0; index < 10_000; index++) session.getFlash(`m${index}`);
  });
  expect([shown.status, await dataOf(store, cookie)]).toEqual([200, {}]);
});
