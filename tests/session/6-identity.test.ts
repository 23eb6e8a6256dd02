/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** New ids, sign-out, keys and the cookie's attributes (chapter 6). 6-identity-tokens.test.ts has the encryption. */
import type { Session } from "@remix-run/cloudflare";
import { createMemorySessionStorage } from "@remix-run/cloudflare";
import { base64url, decodeProtectedHeader } from "jose";
import { beforeAll, expect, test } from "vitest";
import { type SessionConfig, SessionError, SuperflareSession } from "~/lib/session";
import { nameForLog } from "~/lib/session/log";
import { adaptStorage } from "~/lib/session-extras/foreign-storage";
import {
  ALL,
  type AnySession,
  askWorker,
  CONSISTENT,
  createVisitor,
  DAY,
  dataOf,
  interposed,
  MINUTE,
  migrate,
  open,
  openAdapted,
  openDown,
  openGate,
  page,
  pairOf,
  redirect,
  request,
  requestForeign,
  SECRET,
  stored,
  together,
  WITH_RECORDS,
  watchContents,
} from "./harness";

beforeAll(migrate);

const remixCookie = { name: "__Host-session", secure: true, secrets: ["not a secret"] };

test.each(ALL)("6.1 %s: regenerate gives a new id and keeps the data", async (kind) => {
  const store = open(kind);
  const first = await askWorker(kind, "set.theme=dark");
  const second = await askWorker(kind, "regenerate&set.user=ada", first.cookie);
  expect(await dataOf(store, second.cookie)).toEqual({ theme: "dark", user: "ada" });
  const ids = await Promise.all([first, second].map(async ({ cookie }) => (await store.storage.getSession(cookie)).id));
  expect(ids[0]).not.toBe(ids[1]);
});

test.each(WITH_RECORDS)("6.1 %s: the old id ends as soon as the session has a new one", async (kind) => {
  const first = await askWorker(kind, "set.theme=dark");
  await askWorker(kind, "regenerate", first.cookie);
  expect(await dataOf(open(kind), first.cookie)).toEqual({});
});

test.each(CONSISTENT)("6.1 %s: a double-clicked sign-in leaves one session", async (kind) => {
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

test("6.1 regenerate keeps the session's age, unless it is told to begin a new lifetime", async () => {
  for (const newLifetime of [false, true]) {
    const { visit, clock } = createVisitor({ absoluteTimeout: 2 * DAY });
    await visit((session) => session.set("user", "ada"));
    clock.now += DAY;
    await visit((session) => session.regenerate({ newLifetime }));
    clock.now += DAY;
    const text = await (await visit((session) => page(String(session.get("user"))))).text();
    expect(text).toBe(newLifetime ? "ada" : "undefined");
  }
});

test("6.1 regenerate with a new lifetime restarts it, even if the request had regenerated before", async () => {
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

test("6.1 1.1 another package's storage: regenerate moves the data to a new id and ends the old one", async () => {
  const { lines, old, next } = await requestForeign((session) => {
    session.regenerate();
    session.set("user", "ada");
  });
  expect([lines.length, old, next]).toEqual([1, {}, { theme: "dark", user: "ada" }]);
});

test("6.1 4.3 another package's storage: regenerate with a flash that does not fit ends the old session once", async () => {
  const storage = createMemorySessionStorage({ cookie: remixCookie });
  const ended: string[] = [];
  const counting = {
    ...storage,
    commitSession: async (session: Session) => {
      if (session.has("a")) throw new SessionError("too-large", "It does not fit.");
      return storage.commitSession(session);
    },
    destroySession: async (session: Session) => {
      ended.push(session.id);
      return storage.destroySession(session);
    },
  };
  const store = {
    config: open("cookie").config,
    storage: adaptStorage(counting, { cookie: remixCookie.name }),
  };
  const first = await request(store, "", (session) => session.set("theme", "dark"));
  const act = (session: AnySession) => {
    session.regenerate();
    session.flash("a", "long");
  };
  const { cookie: next } = await request(store, first.cookie, act);
  expect(ended).toHaveLength(1);
  expect((await storage.getSession(first.cookie)).data).toEqual({});
  expect((await storage.getSession(next)).data).toEqual({ theme: "dark" });
});

test.each(CONSISTENT)("6.1 6.3 %s: a planted id is worthless after the sign-in", async (kind) => {
  const planted = await askWorker(kind, "set.theme=dark");
  const victim = await askWorker(kind, "regenerate&set.user=ada", planted.cookie);
  expect((await askWorker(kind, "read", planted.cookie)).data).toEqual({});
  await askWorker(kind, "set.user=eve", planted.cookie);
  await askWorker(kind, "regenerate&set.user=eve", planted.cookie);
  expect((await askWorker(kind, "read", victim.cookie)).data).toEqual({ theme: "dark", user: "ada" });
});

test("6.1 8.2 d1: a request in flight does not change the life of a session that moved with a new lifetime", async () => {
  const store = open("d1", { absoluteTimeout: 2 * DAY });
  const cookie = await stored(store, { user: "ada" });
  store.clock.now += DAY;
  const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
  const next = await request(store, cookie, (session) => session.regenerate({ newLifetime: true }));
  slow.set("n", 1);
  expect(await store.storage.commitSession(slow.getSession())).toBe("");
  store.clock.now += 2 * DAY - 1;
  expect(await dataOf(store, next.cookie)).toEqual({ user: "ada", n: 1 });
  store.clock.now += 1;
  expect(await dataOf(store, next.cookie)).toEqual({});
});

test.each(ALL)("6.2 1.5 %s: a session set after destroy does not inherit the old one's lifetime", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { user: "ada" }, { maxAge: 10 * MINUTE });
  const answer = await request(store, cookie, (old) => {
    old.destroy();
    old.set("theme", "dark");
  });
  expect(answer.headers.get("Set-Cookie")).toContain("Max-Age=2592000;");
});

test.each(ALL)("6.2 %s: destroy clears the session, and a flash set after it is shown", async (kind) => {
  const first = await askWorker(kind, "set.user=ada");
  const second = await askWorker(kind, "destroy&flash.success=Bye", first.cookie);
  const third = await askWorker(kind, "getFlash.success", second.cookie);
  expect(third.data).toEqual({ success: "Bye" });
  for (const acts of ["destroy", "destroy&regenerate", "regenerate&destroy"]) {
    const emptied = await askWorker(kind, "set.user=ada");
    expect((await askWorker(kind, acts, emptied.cookie)).line).toMatch(/Max-Age=0/);
  }
});

test.each(WITH_RECORDS)("6.2 %s: a copy of the cookie is worthless after destroy", async (kind) => {
  const first = await askWorker(kind, "set.user=ada");
  await askWorker(kind, "destroy", first.cookie);
  expect(await dataOf(open(kind), first.cookie)).toEqual({});
});

test.each(WITH_RECORDS)("6.2 %s: a sign-out is confirmed even if the store fails after it", async (kind) => {
  const healthy = open(kind);
  const cookie = await stored(healthy, { user: "ada" });
  let calls = 0;
  // The commit first ends the session. Storing the later value comes next, and fails.
  // KV reads and ends with two accesses each.
  const ends = kind === "kv" ? 4 : 2;
  const vars = interposed((call) => (++calls > ends ? Promise.reject(new Error("down")) : call()));
  const failing = open(kind, {}, vars);
  const answer = await request(failing, cookie, (session) => {
    session.destroy();
    session.flash("success", "You are signed out");
  });
  expect([answer.status, answer.headers.get("Set-Cookie")]).toEqual([200, expect.stringMatching(/Max-Age=0/)]);
  expect(await dataOf(healthy, cookie)).toEqual({});
  expect(failing.events).toEqual(["destroyed", "store-error"]);
});

test.each(WITH_RECORDS)("6.2 %s: a sign-out that the store did not take is not confirmed", async (kind) => {
  const healthy = open(kind);
  const cookie = await stored(healthy, { user: "ada" });
  const { storage: broken } = openDown(kind);
  const during = { ...healthy, storage: { ...broken, getSession: healthy.storage.getSession } };
  for (const method of ["POST", "GET"]) {
    const answer = await request(during, cookie, (session) => session.destroy(), { method });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
  }
  expect(await dataOf(healthy, cookie)).toEqual({ user: "ada" });
});

test.each(WITH_RECORDS)(
  "6.2 P1 %s: a sign-in that begins with destroy is not confirmed if it was not stored",
  async (kind) => {
    const healthy = open(kind);
    const cookie = await stored(healthy, { user: "ada" });
    const vars = interposed((call) =>
      failing.events.includes("destroyed") ? Promise.reject(new Error("down")) : call(),
    );
    const failing = open(kind, {}, vars);
    const { status, line } = await request(failing, cookie, (session) => {
      session.destroy();
      session.set("user", "bob");
    });
    expect([status, line, await dataOf(healthy, cookie)]).toEqual([503, undefined, {}]);
  },
);

test.each(ALL)("6.2 P1 %s: nor if it does not fit, and then it ends nothing", async (kind) => {
  const store = open(kind);
  const { status, cookie } = await request(store, await stored(store, { user: "ada" }), (session) => {
    session.destroy();
    session.set("user", "bob");
    session.set("profile", "x".repeat(kind === "cookie" ? 5_000 : 1_000_000));
  });
  expect([status, await dataOf(store, cookie)]).toEqual([500, { user: "ada" }]);
});

test.each(CONSISTENT)("6.2 %s: requests in flight at a sign-out cannot revive the session", async (kind) => {
  const { cookie } = await askWorker(kind, "set.user=ada");
  const gate = openGate();
  const acts = [
    ...Array.from({ length: 20 }, (_, index) => `set.key${index}=late`),
    "regenerate",
    "regenerate&set.user=eve",
  ];
  const inFlight = acts.map((act) => askWorker(kind, `wait=${gate.name}&${act}`, cookie));
  await gate.reachedBy(acts.length);
  await askWorker(kind, "destroy", cookie);
  gate.open();
  const answers = await Promise.all(inFlight);
  expect(answers.map(({ line }) => line)).toEqual(answers.map(() => undefined));
  expect(await dataOf(open(kind), cookie)).toEqual({});
});

test.each(CONSISTENT)("6.2 %s: a sign-out in flight ends a session that got a new id meanwhile", async (kind) => {
  const { cookie } = await askWorker(kind, "set.user=ada");
  const gate = openGate();
  const signOut = askWorker(kind, `wait=${gate.name}&destroy`, cookie);
  await gate.reachedBy(1);
  const regenerated = await askWorker(kind, "regenerate", cookie);
  gate.open();
  expect((await signOut).line).toMatch(/Max-Age=0/);
  expect(await dataOf(open(kind), regenerated.cookie)).toEqual({});
});

test("6.2 a sign-out survives values that are set after it and do not fit", async () => {
  const { visit, jar } = createVisitor();
  await visit((session) => {
    session.set("user", "ada");
    session.set("cart", "x".repeat(2400));
  });
  const response = await visit(
    (session) => {
      const cart = session.get("cart");
      session.destroy();
      session.set("cart", `${cart}${cart}`);
      session.flash("success", "You are signed out");
      return redirect();
    },
    "/",
    { method: "POST" },
  );
  expect([response.status, response.headers.getSetCookie()]).toEqual([303, [expect.stringContaining("Max-Age=0")]]);
  expect(jar.size).toBe(0);
});

test("6.2 destroy clears the session and removes the cookie, with a flash that was pending", async () => {
  const { visit, jar } = createVisitor();
  await visit((session) => {
    session.set("user", "ada");
    session.flash("success", "Saved");
    return redirect();
  });
  const response = await visit((session) => {
    session.getFlash("success");
    session.destroy();
    return redirect();
  });
  expect([response.headers.getSetCookie(), jar.size]).toEqual([[expect.stringContaining("=; Max-Age=0;")], 0]);
});

test("6.2 a flash set after destroy is shown by a session with another id", async () => {
  const { visit } = createVisitor();
  await visit((session) => session.set("user", "ada"));
  const before = await (await visit((session) => page(session.id))).text();
  await visit((session) => {
    session.destroy();
    session.flash("success", "Signed out");
    return redirect();
  });
  const after = await (
    await visit((session) => page(`${session.id} ${session.get("user")} ${session.getFlash("success")}`))
  ).text();
  expect(after).toMatch(/^[\w-]{22} undefined Signed out$/);
  expect(after).not.toContain(before);
});

test.each(CONSISTENT)("6.2 8.6 %s: a sign-out with the old cookie ends the moved session", async (kind) => {
  const { cookie } = await askWorker(kind, "set.user=ada");
  // The server has committed, but the response is on its way, so the browser sends its old cookie once more.
  const regenerated = await askWorker(kind, "regenerate", cookie);
  const signOut = await askWorker(kind, "destroy", cookie);
  expect(signOut.status).toBe(200);
  expect(await dataOf(open(kind), regenerated.cookie)).toEqual({});
});

test("6.2 1.1 another package's storage: destroy ends the session and removes the cookie, and a later set starts a new one", async () => {
  const ended = await requestForeign((session) => session.destroy());
  expect([ended.lines, ended.old]).toEqual([[expect.stringContaining("Expires=Thu, 01 Jan 1970")], {}]);
  const { old, next } = await requestForeign((session) => {
    session.destroy();
    session.flash("success", "You are signed out");
  });
  expect([old, next]).toEqual([{}, { __flash_success__: "You are signed out" }]);
});

test("6.2 1.1 another package's storage: the removal is sent even if a set after destroy cannot be stored", async () => {
  const storage = createMemorySessionStorage({ cookie: { name: "__session", secrets: ["s"] } });
  const isFull = (session: Session) => session.get("theme") === "light";
  const commitSession: typeof storage.commitSession = async (session) =>
    isFull(session) ? Promise.reject(new Error("down")) : storage.commitSession(session);
  const { status, lines, old } = await requestForeign(
    (session) => {
      session.destroy();
      session.set("theme", "light");
    },
    {},
    openAdapted({ ...storage, commitSession }),
  );
  expect([status, lines, old]).toEqual([200, [expect.stringContaining("Expires=Thu, 01 Jan 1970")], {}]);
});

const createStore = (overrides: Partial<SessionConfig> = {}) => open("cookie", { secrets: [SECRET], ...overrides });

const valueIn = (pair: string) => pair.slice(pair.indexOf("=") + 1);

test.each(WITH_RECORDS)("6.3 %s: a write does not reuse an id whose record is gone", async (kind) => {
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

test.each(WITH_RECORDS)("6.3 %s: the store holds a hash of the id, never the id", async (kind) => {
  const store = open(kind);
  const contents = await watchContents(kind);
  const { id } = await store.storage.getSession(await stored(store, { user: "ada" }));
  const everything = JSON.stringify(await contents());
  expect(id).toMatch(/^[\w-]{22}$/);
  expect(everything).toContain("ada");
  expect(everything).not.toContain(id);
});

test("6.3 a session keeps its id, 128 random bits", async () => {
  const store = createStore();
  const first = await store.storage.getSession(await stored(store, { a: 1 }));
  const again = await store.storage.getSession(await store.storage.commitSession(first));
  const other = await store.storage.getSession(await stored(store, { a: 1 }));
  expect(again.id).toBe(first.id);
  expect(other.id).not.toBe(first.id);
});

test("6.3 a session has one name in the log, which differs from others and needs the secret", async () => {
  const [secret, other] = ["s".repeat(32), "o".repeat(32)];
  const name = await nameForLog("an id", secret);
  expect(name).toMatch(/^[0-9a-f]{12}$/);
  expect(await nameForLog("an id", secret)).toBe(name);
  expect(await nameForLog("another id", secret)).not.toBe(name);
  expect(await nameForLog("an id", other)).not.toBe(name);
});

test.each(ALL)("6.4 %s: an old secret still opens cookies, and the next commit uses the newest", async (kind) => {
  const [old, fresh] = ["o".repeat(32), "n".repeat(32)];
  const cookie = await stored(open(kind, { secrets: [old] }), { theme: "dark" });
  const both = open(kind, { secrets: [fresh, old] });
  const renewed = pairOf(await both.storage.commitSession(await both.storage.getSession(cookie)));
  expect(await dataOf(open(kind, { secrets: [fresh] }), renewed)).toEqual({ theme: "dark" });
  expect(await dataOf(open(kind, { secrets: [fresh] }), cookie)).toEqual({});
});

test.each(ALL)("6.4 %s: a cookie of another kind of store does not open", async (kind) => {
  const cookie = await stored(open(kind === "cookie" ? "kv" : "cookie"), { user: "ada" });
  const store = open(kind);
  expect([await dataOf(store, cookie), store.events]).toEqual([{}, ["wrong-purpose"]]);
});

test("6.4 a cookie of an older secret is reissued with the newest when it is read", async () => {
  const { visit, jar } = createVisitor();
  await visit((session) => session.set("theme", "dark"));
  const rotated = createVisitor({ secrets: ["the newest secret, which is long enough", SECRET] });
  for (const [name, value] of jar) rotated.jar.set(name, value);
  expect((await rotated.visit((session) => page(session.get("theme")))).headers.getSetCookie()).toHaveLength(1);
  expect((await rotated.visit((session) => page(session.get("theme")))).headers.getSetCookie()).toHaveLength(0);
});

test("6.4 nothing can be read from the cookie, and its header names only the key and the purpose", async () => {
  const pair = await stored(createStore(), { email: "ada@example.com" });
  const header = decodeProtectedHeader(valueIn(pair));
  expect(Object.keys(header).sort()).toEqual(["alg", "enc", "kid", "typ"]);
  expect(header).toMatchObject({ alg: "A256KW", enc: "A256GCM", typ: "cookie __Host-session" });
  for (const part of valueIn(pair).split(".")) {
    expect(new TextDecoder().decode(base64url.decode(part))).not.toContain("ada@");
  }
});

test("6.4 with the fallback for Node 20, a token also has one spelling", async () => {
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

test.each(ALL)("6.5 %s: the cookie is host-bound, Secure, HttpOnly, and has a Max-Age", async (kind) => {
  const session = await open(kind).storage.getSession();
  session.set("theme", "dark");
  expect(await open(kind).storage.commitSession(session)).toMatch(
    /^__Host-session=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
});
