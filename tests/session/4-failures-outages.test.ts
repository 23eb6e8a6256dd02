/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Stores that fail, and changes that are not confirmed (rules 4.6 to 4.10). */
import { runInDurableObject } from "cloudflare:test";
import { createCookieSessionStorage, createMemorySessionStorage } from "@remix-run/cloudflare";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { SessionErrorCode } from "~/lib/session";
import { getConfig, handleFetch, SuperflareSession } from "~/lib/session";
import { notSavedStatus } from "~/lib/session/commit";
import { adaptStorage } from "~/lib/session-extras/foreign-storage";
import {
  type Act,
  type AnySession,
  askWorker,
  brokenBindings,
  CONSISTENT,
  createVisitor,
  DAY,
  dataOf,
  env,
  HOUR,
  hangingCall,
  hangingObject,
  interposed,
  type Kind,
  migrate,
  objectOf,
  open,
  openAdapted,
  openDown,
  openHanging,
  page,
  redirect,
  request,
  SECRET,
  stored,
  WITH_RECORDS,
  watchContents,
} from "./harness";

beforeAll(migrate);

const failures: [string, () => unknown][] = [
  ["throws", () => { throw new Error("down"); }], // biome-ignore format: one line each
  ["rejects", () => Promise.reject(new Error("down"))],
];

const garbage = { values: { theme: "{" }, data: "<html>", key: "k", created_at: 1, renewed_at: 1, expires_at: 9e9 };

/** Breaks a value in the record of this session. */
async function corrupt(kind: Kind, cookie: string) {
  const { mark } = await dataOf(open(kind), cookie);
  if (kind === "d1") {
    const statement = "UPDATE session SET data = json_set(data, '$.mark', '{') WHERE data LIKE ?";
    await env.SESSION_DB.prepare(statement).bind(`%${mark}%`).run();
  } else {
    await runInDurableObject(await objectOf(open(kind), cookie), async (_, { storage }) => {
      const record = await storage.get<{ values: object }>("record");
      await storage.put("record", { ...record, values: { ...record?.values, mark: "{" } });
    });
  }
}

test.each(WITH_RECORDS)("4.7 %s: a corrupt record is gone, and the next write starts a session", async (kind) => {
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
  const post = await request(store, session, () => session.set("theme", "light"));
  expect(post.status).toBe(200);
  expect(await dataOf(open(kind), post.cookie)).toEqual({ theme: "light" });
});

test.each(WITH_RECORDS)("4.7 %s: a record without its times is gone, since it would never end", async (kind) => {
  const cookie = await stored(open(kind), { theme: "dark" });
  const timeless = { key: "k", values: {}, data: "{}" };
  const answers = { kv: JSON.stringify(timeless), d1: timeless, "durable-object": { result: { record: timeless } } };
  const answer = () => (kind === "durable-object" ? Response.json(answers[kind]) : answers[kind]);
  const store = open(kind, {}, interposed(answer));
  expect([(await store.storage.getSession(cookie)).id, store.events]).toEqual(["", ["corrupt"]]);
});

test.each(CONSISTENT)("4.7 %s: the list omits a corrupt record", async (kind) => {
  const store = open(kind);
  const user = crypto.randomUUID();
  const mine = await store.storage.getSession(await stored(store, { user }));
  const broken = await stored(store, { user, mark: crypto.randomUUID() });
  await corrupt(kind, broken);
  const list = await store.storage.userSessions?.list(mine);
  expect([list?.sessions.map(({ isCurrent }) => isCurrent), list?.isComplete]).toEqual([[true], true]);
});

test("4.7 durable-object: a list skips a record that does not look like one", async () => {
  const store = open("durable-object");
  const user = crypto.randomUUID();
  const [mine, other] = [await stored(store, { user }), await stored(store, { user })];
  await runInDurableObject(await objectOf(store, other), (_, { storage }) => storage.put("record", "garbage"));
  const list = await store.storage.userSessions?.list(await store.storage.getSession(mine));
  expect(list?.sessions).toHaveLength(1);
});

describe.each(WITH_RECORDS)("%s", (kind) => {
  test.each(failures)(
    "4.8 a store that %s is asked again at each request, because only time-outs pause it",
    async (_, fail) => {
      const cookie = await stored(open(kind), { theme: "dark" });
      const asked = vi.fn(fail);
      const broken = open(kind, {}, brokenBindings(asked));
      for (let visits = 0; visits < 5; visits++) {
        asked.mockClear();
        expect(await dataOf(broken, cookie)).toEqual({});
        expect(asked).toHaveBeenCalled();
      }
    },
  );
});

/** Returns the cookies of as many sessions. */
const sessionsIn = (kind: Kind, count: number) =>
  Promise.all(Array.from({ length: count }, () => stored(open(kind), { theme: "dark" })));

/** The accesses of one read. KV keeps an end under a key of its own. */
const readsOf = (kind: Kind) => (kind === "kv" ? 2 : 1);

test.each(WITH_RECORDS)(
  "4.8 %s: a shared store is paused once three sessions have timed out in a row",
  async (kind) => {
    const cookies = await sessionsIn(kind, 10);
    const hang = vi.fn(hangingCall());
    const hanging = open(kind, {}, brokenBindings(hang));
    for (const cookie of cookies) expect(await dataOf(hanging, cookie)).toEqual({});
    const asked = hang.mock.calls.length / readsOf(kind);
    expect([asked, hanging.events.length]).toEqual([kind === "durable-object" ? 10 : 3, 10]);
  },
);

test.each(WITH_RECORDS)(
  "4.8 P4 %s: one session, or one user's list, pauses nothing however often it is slow",
  async (kind) => {
    const [slow = "", ...others] = await sessionsIn(kind, 2);
    const hang = vi.fn(hangingCall());
    const hanging = open(kind, {}, brokenBindings(hang));
    for (let visit = 0; visit < 5; visit++) await dataOf(hanging, slow);
    const healthy = open(kind);
    const mine = await healthy.storage.getSession(await stored(healthy, { user: crypto.randomUUID() }));
    for (let visit = 0; visit < 5; visit++) await hanging.storage.userSessions?.list(mine).catch(() => {});
    const before = hang.mock.calls.length;
    for (const cookie of others) await dataOf(hanging, cookie);
    expect(hang.mock.calls.length - before).toBe(readsOf(kind));
  },
);

test.each(WITH_RECORDS)("4.8 %s: a commit that hangs is answered in time", async (kind) => {
  const healthy = open(kind);
  const cookie = await stored(healthy, { user: "ada" });
  for (const [from, act] of [
    ["", (session) => session.set("theme", "dark")],
    [cookie, (session) => session.set("theme", "dark")],
    [cookie, (session) => session.regenerate()],
    [cookie, (session) => session.destroy()],
  ] satisfies [string, (session: SuperflareSession<Record<string, unknown>>) => void][]) {
    // Each act gets its own store, which is not paused yet.
    const hanging = openHanging(kind, 20);
    const during = { ...hanging, storage: { ...hanging.storage, getSession: healthy.storage.getSession } };
    expect((await request(during, from, act)).status).toBe(503);
  }
});

test.each(WITH_RECORDS)("4.8 %s: a store that is slow once or twice is not paused", async (kind) => {
  const cookie = await stored(open(kind), { theme: "dark" });
  const hang = hangingCall();
  let isSlow = true;
  const store = open(
    kind,
    {},
    interposed((call) => (isSlow ? hang() : call())),
  );
  for (let round = 0; round < 5; round++) {
    isSlow = true;
    for (const _ of [1, 2]) expect(await dataOf(store, cookie)).toEqual({});
    isSlow = false;
    expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
  }
});

test("4.8 the adapter gives another package's storage a time limit", async () => {
  const memory = createMemorySessionStorage({ cookie: { name: "__session", secrets: ["s"] } });
  const store = openAdapted({ ...memory, commitSession: hangingCall() });
  expect((await request(store, "", (session) => session.set("theme", "dark"))).status).toBe(503);
  const silent = { ...memory, getSession: () => new Promise<never>(() => {}) };
  const { getSession } = adaptStorage(silent, { cookie: "__session", timeout: 20 });
  await expect(getSession()).rejects.toMatchObject({ code: "store-error" });
});

test.each(CONSISTENT)("4.8 %s: listing fails in time if the store hangs", async (kind) => {
  const healthy = open(kind);
  const session = await healthy.storage.getSession(await stored(healthy, { user: crypto.randomUUID() }));
  const hanging = openHanging(kind, 20);
  await expect(hanging.storage.userSessions?.list(session)).rejects.toMatchObject({ code: "store-error" });
});

test.each(["kv", "d1"] as const)(
  "4.8 %s: a pause lasts ten seconds; one more session that times out starts the next",
  async (kind) => {
    const cookies = await sessionsIn(kind, 5);
    const hang = vi.fn(hangingCall());
    const hanging = open(kind, {}, brokenBindings(hang));
    const start = Date.now();
    const time = vi.spyOn(Date, "now");
    const askedAt = async (milliseconds: number) => {
      time.mockReturnValue(start + milliseconds);
      hang.mockClear();
      for (const cookie of cookies) await dataOf(hanging, cookie);
      return hang.mock.calls.length / readsOf(kind);
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

test("4.8 a Durable Object that hangs affects one visitor: the others read and write", async () => {
  const healthy = open("durable-object");
  const [theirs, mine] = [await stored(healthy, { user: "eve" }), await stored(healthy, { theme: "dark" })];
  const store = open("durable-object", {}, { SESSION_OBJECT: await hangingObject(healthy, theirs) });
  for (let round = 0; round < 5; round++) {
    expect(await dataOf(store, theirs)).toEqual({});
    const post = await request(store, mine, (session) => session.set("round", round));
    expect(post.status).toBe(200);
  }
  expect(await dataOf(healthy, mine)).toEqual({ theme: "dark", round: 4 });
});

test("4.8 a success between time-outs ends the series, whenever it began", async () => {
  const [slow = "", ...others] = await sessionsIn("d1", 5);
  const [began, ready] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let answer = (call: () => Promise<unknown>) => {
    began.resolve();
    return ready.promise.then(call);
  };
  const store = open(
    "d1",
    {},
    interposed((call) => answer(call)),
  );
  const success = dataOf(store, slow);
  await began.promise;
  const hang = vi.fn(hangingCall());
  answer = hang;
  for (const cookie of others.slice(0, 2)) await dataOf(store, cookie);
  ready.resolve();
  await success;
  // Two sessions timed out before the success, so these two begin a new series and pause nothing.
  for (const cookie of others.slice(2)) await dataOf(store, cookie);
  expect(hang).toHaveBeenCalledTimes(4);
});

const changes = ["none", "renewal", "flash", "values", "identity"] as const;

test("4.6 4.10 a change that was not stored is told, but for a message, a renewal, and values of a GET", () => {
  const told = (result: "stored" | "failed", isSafe: boolean) =>
    changes.filter((change) => notSavedStatus({ change, result, error: "store-error" }, isSafe));
  expect(told("stored", false)).toEqual([]);
  expect(told("failed", false)).toEqual(["values", "identity"]);
  expect(told("failed", true)).toEqual(["identity"]);
});

test("4.6 4.10 the status tells why: the store is down, the session has changed, or the data does not fit", () => {
  const statusOf = (error: SessionErrorCode) => notSavedStatus({ change: "identity", result: "failed", error }, false);
  const codes = ["store-error", "gone", "replaced", "too-large", "not-storable"] as const;
  expect(codes.map(statusOf)).toEqual([503, 409, 409, 500, 500]);
});

describe.each(WITH_RECORDS)("%s", (kind) => {
  test.each(failures)(
    "4.6 a store that %s makes reads anonymous and a POST that writes 503, and loses nothing",
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
});

test.each(WITH_RECORDS)("4.6 %s: visitors without a session do not wait for a store that hangs", async (kind) => {
  const cookie = await stored(open(kind), { theme: "dark" });
  const answer = Promise.withResolvers<never>();
  const hanging = open(
    kind,
    {},
    brokenBindings(() => answer.promise),
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
  answer.reject(new Error("down"));
  for (const { status } of await known) expect(status).toBe(200);
});

test.each(WITH_RECORDS)("4.6 %s: a sign-in does not replace an unread session; a sign-out ends it", async (kind) => {
  const healthy = open(kind);
  const cookie = await stored(healthy, { theme: "dark" });
  const broken = openDown(kind);
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

test.each(WITH_RECORDS)("4.6 %s: a failed sign-in is not confirmed; a failed renewal costs no page", async (kind) => {
  const healthy = open(kind);
  const { storage: broken } = openDown(kind);
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

test.each(WITH_RECORDS)(
  "4.6 %s: a GET that changes the user alone is not confirmed if it was not stored",
  async (kind) => {
    const healthy = open(kind);
    const during = { ...healthy, storage: { ...openDown(kind).storage, getSession: healthy.storage.getSession } };
    for (const [data, act] of [
      [{ user: "ada" }, (session: AnySession) => session.unset("user")],
      [{ cart: 1 }, (session: AnySession) => session.set("user", "ada")],
    ] as const)
      expect((await request(during, await stored(healthy, data), act, { method: "GET" })).status).toBe(503);
  },
);

test.each(WITH_RECORDS)("4.6 %s: visitors without a cookie do not notice a store that is down", async (kind) => {
  const broken = openDown(kind);
  const page = await request(broken, "", (session) => session.get("theme"), { method: "GET" });
  expect([page.status, broken.events]).toEqual([200, []]);
});

test("4.6 4.3 what does not fit is not confirmed: a POST says so, a GET is delivered, and the old session stays", async () => {
  const { visit, held, events } = createVisitor();
  await visit((session) => session.set("theme", "dark"));
  const writeTooMuch: Act = (session) => {
    session.set("note", "x".repeat(4000));
    session.flash("success", "Saved");
    return new Response("done", { headers: { "Set-Cookie": "cart=7" } });
  };
  const post = await visit(writeTooMuch, "/", { method: "POST" });
  expect([post.status, await post.text()]).toEqual([500, expect.stringContaining("Not saved")]);
  expect([post.headers.getSetCookie(), post.headers.get("Cache-Control")]).toEqual([["cart=7"], "no-store"]);

  const get = await visit(writeTooMuch);
  expect([get.status, await get.text(), get.headers.getSetCookie()]).toEqual([200, "done", ["cart=7"]]);
  expect(events).toEqual(["flash-dropped", "too-large", "flash-dropped", "too-large"]);
  expect(await held()).toEqual({ theme: "dark" });
});

test("4.6 a message that is too large by itself costs the visitor only the message", async () => {
  const { visit, events } = createVisitor();
  const response = await visit(
    (session) => {
      session.flash("success", "y".repeat(4000));
      return redirect();
    },
    "/",
    { method: "POST" },
  );
  expect([response.status, response.headers.getSetCookie(), events]).toEqual([303, [], ["flash-dropped"]]);
});

test('4.6 the app\'s own "not saved" page shows the session as it was, and replaces everything but other cookies', async () => {
  const { visit } = createVisitor();
  await visit((session) => {
    session.set("theme", "dark");
    session.flash("info", "Hello");
    return redirect();
  });
  const cancel = vi.fn();
  const response = await visit(
    (session) => {
      session.set("theme", "light");
      session.set("note", "x".repeat(5000));
      const headers: [string, string][] = [
        ["Set-Cookie", "cart=7"],
        ["Set-Cookie", "__Host-session=theirs; Path=/; Secure"],
      ];
      return new Response(new ReadableStream({ cancel }), { headers });
    },
    "/",
    { method: "POST" },
    // The message is for the next page, so this one does not show it.
    { notSaved: ({ status, session }) => page(`${status} ${session.get("theme")} ${session.getFlash("info")}`) },
  );
  expect([response.status, await response.text()]).toEqual([500, "500 dark undefined"]);
  expect([response.headers.getSetCookie(), response.headers.get("Cache-Control")]).toEqual([["cart=7"], "no-store"]);
  expect(cancel).toHaveBeenCalledOnce();
});

test('4.6 development answers "not saved" just as production does', async () => {
  const { visit } = createVisitor({ isDevelopment: true });
  const post = await visit((session) => session.set("note", "x".repeat(5000)), "/", { method: "POST" });
  expect(post.status).toBe(500);
});

test("4.6 a failing storage of another package follows the same table, and its error is not shown", async () => {
  const broken = createCookieSessionStorage({ cookie: { secrets: ["s"] } });
  const answers = await Promise.all(
    (["GET", "POST"] as const).map(async (method) => {
      const request = new Request("https://example.com/", { method });
      const log = vi.fn();
      const config = { ...getConfig({ request, env: { SESSION_SECRET: SECRET } }), log };
      const session: AnySession = new SuperflareSession(await broken.getSession());
      const getSessionCookie = () => Promise.reject(new Error("the database is away"));
      const response = await handleFetch({ config, session, getSessionCookie }, () => {
        session.set("theme", "dark");
        return page();
      });
      return [response.status, response.headers.get("Retry-After"), log.mock.calls[0]?.[0]];
    }),
  );
  expect(answers).toEqual([
    [200, null, "store-error"],
    [503, "10", "store-error"],
  ]);
});

test.each(CONSISTENT)("4.6 6.1 %s: a write with the old cookie is not confirmed", async (kind) => {
  const { cookie } = await askWorker(kind, "set.theme=dark");
  const regenerated = await askWorker(kind, "regenerate&set.user=ada", cookie);
  const late = await request(open(kind), cookie, (session) => session.set("cart", 1));
  expect([late.response.status, late.response.headers.get("Retry-After"), late.line]).toEqual([409, null, undefined]);
  const message = await request(open(kind), cookie, (session) => session.flash("success", "Hello"));
  expect([message.response.status, message.line]).toEqual([200, undefined]);
  const signIn = await request(open(kind), cookie, (session) => {
    session.regenerate();
    session.set("user", "ada");
  });
  expect([signIn.response.status, signIn.line]).toEqual([409, undefined]);
  expect(await dataOf(open(kind), regenerated.cookie)).toEqual({ theme: "dark", user: "ada" });
});

test("4.6 5.5 destroy and then set is a new identity for a visitor without a session: a GET is not confirmed", async () => {
  const { response } = await request(
    openDown("d1"),
    "",
    (session) => {
      session.destroy(); // as a sign-in that starts from nothing does
      session.set("user", "ada");
      return page("Welcome, Ada");
    },
    { method: "GET" },
  );
  expect(response.status).toBe(503);
});

test("4.6 P1 a set after destroy that does not fit is not confirmed, for a visitor without a session", async () => {
  const { response, report } = await request(open("cookie"), "", (session) => {
    session.destroy();
    session.set("user", "x".repeat(5000));
    return page("Welcome, Ada");
  });
  expect([response.status, report?.result]).toEqual([500, "failed"]);
});

test.each(WITH_RECORDS)("4.10 %s: a session that ends while a request runs stays ended", async (kind) => {
  const store = open(kind);
  const user = crypto.randomUUID();
  const contents = await watchContents(kind);
  for (const act of ["set", "regenerate"]) {
    const cookie = await stored(store, { user: "ada" });
    const old = await store.storage.getSession(cookie);
    const slow = { ...store, storage: { ...store.storage, getSession: async () => old } };
    await store.storage.destroySession(await store.storage.getSession(cookie));
    const answer = await request(slow, cookie, (session) => {
      session.set("user", user);
      if (act === "regenerate") session.regenerate();
    });
    expect([answer.status, answer.headers.getSetCookie(), store.events.at(-1)]).toEqual([409, [], "gone"]);
    expect(await dataOf(store, cookie)).toEqual({});
  }
  expect(JSON.stringify(await contents())).not.toContain(user);
});

test.each(CONSISTENT)("4.10 2.6 %s: a session that expires during a request stays over", async (kind) => {
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
});

test("4.10 2.6 cookie: a session that reaches its absolute timeout during a request is not confirmed", async () => {
  const store = open("cookie", { absoluteTimeout: HOUR });
  const { status, line } = await request(store, await stored(store, { user: "ada" }), (session) => {
    store.clock.now += HOUR;
    session.set("theme", "dark");
  });
  expect([status, line, store.events.at(-1)]).toEqual([409, undefined, "gone"]);
});

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
    expect([response.status, report?.error, response.headers.get("Set-Cookie")]).toEqual([409, "gone", null]);
  }
});

test("4.10 durable-object: a request whose session was moved and then signed out is `gone`, not `moved`", async () => {
  const store = open("durable-object");
  const cookie = await stored(store, { theme: "dark" });
  const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
  const next = await request(store, cookie, (session) => session.regenerate());
  await request(store, next.cookie, (session) => session.destroy());
  slow.set("a", 1);
  await expect(store.storage.commitSession(slow.getSession())).rejects.toMatchObject({ code: "gone" });
});

test.each([
  ...WITH_RECORDS.map((kind) => [kind, "moved", "stored", (other: AnySession) => other.regenerate()] as const),
  ...WITH_RECORDS.map((kind) => [kind, "ended", "failed", (other: AnySession) => other.destroy()] as const),
])("4.10 8.2 %s: a route's own line is not sent if the session was %s meanwhile", async (kind, _, result, end) => {
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
