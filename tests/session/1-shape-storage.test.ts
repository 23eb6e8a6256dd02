/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Each store is a plain Remix SessionStorage, whose lifetimes the server enforces too (rule 1.5). */

import {
  createCookieSessionStorage,
  createSession as createRemixSession,
  type Session as RemixSession,
} from "@remix-run/cloudflare";
import { beforeAll, expect, test } from "vitest";
import { type CommitOptions, createSession, type Session, type SessionConfig, SuperflareSession } from "~/lib/session";
import {
  ALL,
  type AnySession,
  CONSISTENT,
  committed,
  DAY,
  type Data,
  dataOf,
  type Flash,
  HOUR,
  MINUTE,
  migrate,
  open,
  openAdapted,
  pairOf,
  request,
  SECRET,
  stored,
  WITH_RECORDS,
} from "./harness";

beforeAll(migrate);

const createStore = (overrides: Partial<SessionConfig> = {}) => open("cookie", { secrets: [SECRET], ...overrides });

test("1.5 our sessions are Remix sessions, and Remix's are ours", async () => {
  const ours: RemixSession<Data, Flash> = createSession<Data, Flash>();
  const theirs: Session<Data, Flash> = createRemixSession<Data, Flash>();
  const storage = createCookieSessionStorage<Data, Flash>({ cookie: { secrets: ["s"] } });
  for (const session of [ours, theirs]) {
    session.set("theme", "dark");
    session.flash("success", "Saved");
    const next = await storage.getSession(await storage.commitSession(session as RemixSession<Data, Flash>));
    expect([next.get("theme"), next.get("success"), next.get("success"), next.has("n")]).toEqual([
      "dark",
      "Saved",
      undefined,
      false,
    ]);
  }
});

test.each(ALL)("1.5 %s: a commit is read back with any keys and values", async (kind) => {
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

test.each(ALL)("1.5 %s: a second commit changes, adds, removes and replaces whole values", async (kind) => {
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

test.each(ALL)("1.5 %s: a committed session can be changed and committed again", async (kind) => {
  const store = open(kind);
  const session = await store.storage.getSession();
  session.set("step", 1);
  const first = await store.storage.getSession(pairOf(await store.storage.commitSession(session)));
  session.set("step", 2);
  const second = await store.storage.getSession(pairOf(await store.storage.commitSession(session)));
  expect([second.data, second.id]).toEqual([{ step: 2 }, first.id]);
});

test.each(ALL)("1.5 %s: a flash is stored and reading uses it up", async (kind) => {
  const { storage } = open(kind);
  const session = await storage.getSession();
  session.flash("success", "Saved");
  const next = await storage.getSession(pairOf(await storage.commitSession(session)));
  expect([next.get("success"), next.get("success")]).toEqual(["Saved", undefined]);
  const last = await storage.getSession(pairOf(await storage.commitSession(next)));
  expect(last.has("success")).toBe(false);
});

test.each(ALL)("1.5 %s: destroySession removes the cookie, even for a session that was never stored", async (kind) => {
  const store = open(kind);
  const session = await store.storage.getSession(await stored(store, { theme: "dark" }));
  expect(await store.storage.destroySession(session)).toMatch(/^__Host-session=; Max-Age=0; /);
  expect(await store.storage.destroySession(await store.storage.getSession())).toMatch(/Max-Age=0/);
});

test.each(ALL)("1.5 %s: cookie and server follow maxAge and expires, also after renewals", async (kind) => {
  const store = open(kind);
  const { storage, clock } = store;
  const commit = (options: CommitOptions) => committed(store, { user: "ada" }, options);
  const short = await commit({ maxAge: 10 * MINUTE });
  const dated = await commit({ expires: new Date((clock.now + 10 * MINUTE) * 1000) });
  const browser = await commit({ maxAge: undefined });
  expect([short, dated]).toEqual([expect.stringContaining("Max-Age=600;"), expect.stringContaining("Max-Age=600;")]);
  expect(browser).not.toMatch(/Max-Age|Expires/);

  clock.now += 5 * MINUTE;
  const renewed = await storage.commitSession(await storage.getSession(pairOf(short)));
  const { line: regenerated } = await request(store, pairOf(renewed), (session) => session.regenerate());
  expect(regenerated).toContain("Max-Age=600;");
  clock.now += 10 * MINUTE - 1;
  expect(await dataOf(store, pairOf(regenerated))).toEqual({ user: "ada" });
  expect(await dataOf(store, pairOf(dated))).toEqual({});
  clock.now += 1;
  expect(await dataOf(store, pairOf(regenerated))).toEqual({});
  expect(await dataOf(store, pairOf(browser))).toEqual({ user: "ada" });
  expect(await storage.commitSession(await storage.getSession(pairOf(browser)))).not.toMatch(/Max-Age|Expires/);
});

test("1.5 the cookie store removes the cookie of a destroyed session, and of an emptied one", async () => {
  const store = createStore();
  const session = await store.storage.getSession(await stored(store, { theme: "dark" }));
  expect(await store.storage.destroySession(session)).toBe(
    "__Host-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure",
  );
  session.unset("theme");
  expect(await store.storage.commitSession(session)).toContain("Max-Age=0");
});

test.each(WITH_RECORDS)("1.5 %s: a session keeps its own lifetime on the server until destroy", async (kind) => {
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
});

test.each(ALL)("1.5 %s: a cookie that ends with the browser can have a short life", async (kind) => {
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
});

test.each(ALL)("1.5 %s: a fractional maxAge is rounded down, as in Remix", async (kind) => {
  const store = open(kind);
  const line = await committed(store, { user: "ada" }, { maxAge: 600.5 });
  expect(line).toContain("Max-Age=600;");
});

test.each(ALL)("1.5 P1 %s: a lifetime that is no number is refused, or the session opens", async (kind) => {
  for (const lifetime of [{ maxAge: Number.NaN }, { expires: new Date("nonsense") }]) {
    const store = open(kind);
    const line = await committed(store, { user: "ada" }, lifetime).catch((error: Error) => error);
    if (line instanceof Error) continue;
    expect(line).not.toContain("NaN");
    expect(await dataOf(store, pairOf(line))).toEqual({ user: "ada" });
  }
});

test.each(ALL)("1.5 %s: with maxAge Infinity the server keeps the session as long as the cookie says", async (kind) => {
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

test.each(CONSISTENT)("1.5 6.1 %s: a new id's shorter lifetime holds on the server", async (kind) => {
  const store = open(kind);
  const user = crypto.randomUUID();
  const [mine, other] = [await stored(store, { user }), await stored(store, { user })];
  await request(store, other, (session) => session.regenerate(), { commit: { maxAge: 10 * MINUTE } });
  store.clock.now += 10 * MINUTE;
  const list = await store.storage.userSessions?.list(await store.storage.getSession(mine));
  expect(list?.sessions).toHaveLength(1);
});

test.each(["kv", ...CONSISTENT] as const)(
  "1.5 8.6 %s: a parallel write does not undo a longer lifetime",
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

/** Spells data in JSON, because the runner cannot report half a character. */
const spelled = (data: object) =>
  Object.entries(data)
    .map((entry) => JSON.stringify(entry))
    .sort();

test.each(ALL)("1.5 3.1 %s: keys and flashes with any characters are kept, and a flash is shown once", async (kind) => {
  const store = open(kind);
  const names = ["ä€😀", "\ud800", "\u2028", "$.a.b[0]", "%_", "'", '"', "\\", "\\u0041", "__proto__", "1", "01", "$"];
  const values = Object.fromEntries(names.map((name) => [name, name]));
  const flashes = Object.fromEntries(names.map((name) => [`__flash_${name}__`, [name]]));
  const { cookie } = await request(store, await stored(store, values), (session) => {
    for (const name of names) session.flash(name, [name]);
    session.set("1", "changed");
  });
  expect(spelled(await dataOf(store, cookie))).toEqual(spelled({ ...values, ...flashes, "1": "changed" }));
  const shown = await request(store, cookie, (session) => {
    const read = names.map((name) => [`__flash_${name}__`, session.getFlash(name)]);
    expect(spelled(Object.fromEntries(read))).toEqual(spelled(flashes));
  });
  expect(spelled(await dataOf(store, shown.cookie))).toEqual(spelled({ ...values, "1": "changed" }));
  const emptied = await request(store, shown.cookie, (session) => {
    for (const name of names) session.unset(name);
  });
  expect(spelled(await dataOf(store, emptied.cookie))).toEqual([]);
});

test.each(WITH_RECORDS)(
  "1.5 8.6 %s: a request from before a sign-in does not shorten the session's life",
  async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { cart: 1 }, { maxAge: HOUR });
    const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
    const signIn = (session: AnySession) => session.regenerate({ newLifetime: true, lifetime: { maxAge: 30 * DAY } });
    const next = await request(store, cookie, signIn);
    await request(store, slow, (session) => session.set("n", 1), { commit: { maxAge: HOUR } });
    store.clock.now += 2 * HOUR;
    expect(await dataOf(store, next.cookie)).toEqual({ cart: 1, n: 1 });
  },
);

test.each(ALL)("1.5 %s: a maxAge of 0 or less removes the cookie and ends the session", async (kind) => {
  for (const lifetime of [{ maxAge: 0 }, { maxAge: -5 }]) {
    const store = open(kind);
    const line = await committed(store, { user: "ada" }, lifetime);
    expect(line).toMatch(/Max-Age=(0|-\d+);/);
    expect(await dataOf(store, pairOf(line))).toEqual({});
  }
});

test.each(ALL)("1.5 %s: `expires: new Date(0)` removes the cookie, as in Remix", async (kind) => {
  const store = open(kind);
  const line = await committed(store, { user: "ada" }, { expires: new Date(0) });
  expect(line).toMatch(/Max-Age=(0|-\d+);/);
});

test.each(ALL)("1.5 P1 %s: a lifetime that is no number does not lose an existing session", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { user: "ada" });
  const session = await store.storage.getSession(cookie);
  session.set("theme", "dark");
  const line = await store.storage.commitSession(session, { maxAge: Number(undefined) }).catch(() => undefined);
  expect((await dataOf(store, line ? pairOf(line) : cookie)).user).toBe("ada");
});

test.each(ALL)("1.5 %s: `expires: undefined` leaves the Max-Age, as in Remix", async (kind) => {
  const store = open(kind);
  expect(await committed(store, { user: "ada" }, { expires: undefined })).toContain("Max-Age=2592000;");
});

test.each(ALL)("1.5 %s: regenerate's lifetime is the cookie's and the server's, and renewals keep it", async (kind) => {
  for (const hasSession of [false, true]) {
    const store = open(kind);
    const signIn = await request(store, hasSession ? await stored(store, { theme: "dark" }) : "", (session) => {
      session.regenerate({ newLifetime: true, lifetime: { maxAge: 10 * MINUTE } });
      session.set("user", "ada");
    });
    expect(signIn.line).toContain("Max-Age=600;");
    store.clock.now += 5 * MINUTE;
    const renewed = await request(store, signIn.cookie, (session) => session.get("user"));
    expect(renewed.line).toContain("Max-Age=600;");
    store.clock.now += 10 * MINUTE - 1;
    expect(await dataOf(store, renewed.cookie)).toMatchObject({ user: "ada" });
    store.clock.now += 1;
    expect(await dataOf(store, renewed.cookie)).toEqual({});
  }
});

test.each(ALL)("1.5 %s: regenerate can make a cookie that ends with the browser", async (kind) => {
  for (const idleTimeout of [undefined, HOUR]) {
    const store = open(kind);
    const lifetime = { maxAge: undefined, idleTimeout };
    const signIn = await request(store, await stored(store, { user: "ada" }), (session) =>
      session.regenerate({ lifetime }),
    );
    const onServer = idleTimeout ?? 30 * DAY;
    store.clock.now += onServer - 1;
    const renewed = await request(store, signIn.cookie, (session) => session.get("user"));
    for (const { line } of [signIn, renewed]) {
      expect(line).toMatch(/^__Host-session=ey/);
      expect(line).not.toMatch(/Max-Age|Expires/);
    }
    store.clock.now += onServer;
    expect(await dataOf(store, renewed.cookie)).toEqual({});
  }
});

test.each(ALL)("1.5 %s: a second regenerate keeps the first one's lifetime, or sets its own", async (kind) => {
  const store = open(kind);
  const lineAfter = async (...lifetimes: (CommitOptions | undefined)[]) => {
    const { line } = await request(store, await stored(store, { user: "ada" }), (session) => {
      for (const lifetime of lifetimes) session.regenerate(lifetime && { lifetime });
    });
    return line;
  };
  expect(await lineAfter({ maxAge: 600 }, undefined)).toContain("Max-Age=600;");
  expect(await lineAfter({ maxAge: 600 }, { maxAge: 1200 })).toContain("Max-Age=1200;");
});

test.each(WITH_RECORDS)("1.5 2.6 %s: a commit that makes the cookie end with the browser sends it", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { theme: "dark" });
  const { lines } = await request(store, cookie, (session) => session.set("theme", "light"), {
    commit: { maxAge: undefined },
  });
  expect(lines).toEqual([expect.not.stringContaining("Max-Age")]);
});

test("1.5 1.3 another package's storage gets regenerate's lifetime", async () => {
  const store = openAdapted();
  const cookie = await stored(store, { user: "ada" });
  const { lines } = await request(store, cookie, (session) => session.regenerate({ lifetime: { maxAge: HOUR } }));
  expect(lines).toEqual([expect.stringMatching(/Max-Age=3600/)]);
});

test.each(ALL)("1.5 %s: commitSession's own options win over regenerate's lifetime", async (kind) => {
  const store = open(kind);
  const act = (session: AnySession) => session.regenerate({ lifetime: { maxAge: 600 } });
  const { line } = await request(store, await stored(store, { user: "ada" }), act, { commit: { maxAge: 1200 } });
  expect(line).toContain("Max-Age=1200;");
});
