/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** The list of a user's sessions (rule 8.5). */

import { runInDurableObject } from "cloudflare:test";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { SuperflareSession } from "~/lib/session";
import type { StoreEnv } from "~/lib/session/stores";
import { keyOf } from "~/lib/session/stores/record-store";
import {
  type AnySession,
  askWorker,
  CONSISTENT,
  DAY,
  dataOf,
  env,
  followClock,
  HOUR,
  hangingCall,
  hangingObject,
  listOf,
  MINUTE,
  migrate,
  objectOf,
  objectsThat,
  open,
  openGate,
  pairOf,
  request,
  stored,
  watchContents,
  watchedStore,
} from "./harness";

beforeAll(migrate);

test.each(CONSISTENT)("8.5 %s: sessions are listed newest first, without their ids", async (kind) => {
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

test.each(CONSISTENT)("8.5 6.3 %s: a device's handle tells neither its id nor the key in the store", async (kind) => {
  const store = open(kind);
  const session = await store.storage.getSession(await stored(store, { user: crypto.randomUUID() }));
  const list = await store.storage.userSessions?.list(session);
  const handle = list?.sessions[0]?.handle;
  expect(handle).toMatch(/^[\w-]{16}$/);
  expect(session.id + (await keyOf(session.id))).not.toContain(handle);
});

test.each(CONSISTENT)("8.5 6.1 %s: the list shows the age that a regenerate kept or restarted", async (kind) => {
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

test.each(CONSISTENT)("8.5 %s: the list omits ended sessions, and costs as the live ones do", async (kind) => {
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

test.each(CONSISTENT)("8.5 %s: revoke ends the chosen sessions of this user only", async (kind) => {
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

test.each(CONSISTENT)("8.5 %s: the list omits a session that changed hands", async (kind) => {
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

test.each(CONSISTENT)("8.5 %s: the list omits expired sessions, and needs a user", async (kind) => {
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

test("8.5 a Durable Object that hangs costs only its own line, and the list is marked incomplete", async () => {
  const store = open("durable-object");
  const user = crypto.randomUUID();
  const [mine, other] = [await stored(store, { user }), await stored(store, { user })];
  const session = await store.storage.getSession(mine);
  const slow = open("durable-object", {}, { SESSION_OBJECT: await hangingObject(store, other) });
  const list = await slow.storage.userSessions?.list(session);
  expect([list?.sessions.length, list?.isComplete]).toEqual([1, false]);
});

test("8.5 a session is listed before it exists: if the list cannot be written, nobody is signed in", async () => {
  const store = open("durable-object");
  const cookie = await stored(store, { theme: "dark" });
  const user = crypto.randomUUID();
  const contents = await watchContents("durable-object");
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
  expect(JSON.stringify(await contents())).not.toContain(user);
});

test("8.5 a session that vanished is dropped from the list when it is met, but one being created is not", async () => {
  const store = open("durable-object");
  const user = crypto.randomUUID();
  const mine = await stored(store, { user });
  const stub = await objectOf(store, await stored(store, { user }));
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

test("8.5 durable-object: a session that gets its user back while a list drops it stays listed", async () => {
  const store = open("durable-object");
  const user = crypto.randomUUID();
  const [mine, other] = [await stored(store, { user }), await stored(store, { user })];
  await request(store, other, (session) => session.unset("user"));
  store.clock.now += 2 * MINUTE;
  const objects = objectsThat(async ({ call }, go) => {
    if (call === "removeFromList") await request(store, other, (session) => session.set("user", user));
    return go();
  });
  const { storage } = open("durable-object", { now: store.config.now }, { SESSION_OBJECT: objects });
  const session = await store.storage.getSession(mine);
  expect((await storage.userSessions?.list(session))?.sessions).toHaveLength(1);
  expect((await store.storage.userSessions?.list(session))?.sessions).toHaveLength(2);
});

test.each(CONSISTENT)("8.5 %s: a user set while the session gets a new id is listed", async (kind) => {
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
});

test.each(CONSISTENT)("8.5 P1 %s: the list for an unread session is marked incomplete", async (kind) => {
  const store = open(kind);
  const user = crypto.randomUUID();
  const mine = await stored(store, { user });
  const other = await stored(store, { user });
  const fail = () => Promise.reject(new Error("down"));
  const statement: object = { bind: () => statement, first: fail, run: fail, all: fail };
  const vars = {
    SESSION_DB: { prepare: () => statement, batch: fail },
    SESSION_OBJECT: { idFromName: () => "id", get: () => ({ fetch: fail }) },
  } as unknown as Partial<StoreEnv>;
  const unread = await open(kind, {}, vars).storage.getSession(mine);
  const answer = await store.storage.userSessions?.revoke(unread, ({ isCurrent }) => !isCurrent);
  expect(await dataOf(store, other)).toEqual({ user }); // nothing was ended
  expect(answer).toEqual({ ended: [], isComplete: false });
});

test.each(CONSISTENT)("8.5 %s: a sign-in over another user does not list that user's devices", async (kind) => {
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
});

test("8.5 8.8 P2 durable-object: a list that cannot be tidied refuses no sign-out and hides none", async () => {
  const { storeTimeout } = open("durable-object").config;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const hang = () => {
    // The tidying must be given up before the sign-out itself would be.
    vi.advanceTimersByTime(storeTimeout / 2);
    return new Promise<never>(() => {});
  };
  for (const fault of [() => Promise.reject(new Error("down")), hang]) {
    const user = crypto.randomUUID();
    const objects = objectsThat(({ call }, go) => (call === "removeFromList" ? fault() : go()));
    const store = open("durable-object", {}, { SESSION_OBJECT: objects });
    const cookies = [await stored(store, { user }), await stored(store, { user }), await stored(store, { user })];
    const { status, line } = await request(store, cookies[0] ?? "", (session) => session.destroy());
    expect([status, line]).toEqual([200, expect.stringMatching(/Max-Age=0/)]);
    const mine = await store.storage.getSession(cookies[1]);
    const revoked = await store.storage.userSessions?.revoke(mine, ({ isCurrent }) => !isCurrent);
    expect(revoked?.ended).toHaveLength(1);
    store.clock.now += 2 * MINUTE;
    const list = await store.storage.userSessions?.list(mine);
    expect([list?.sessions.length, list?.isComplete]).toEqual([1, true]);
  }
});

test("8.5 durable-object: a session that outlives its first timeout, because that was raised, is listed", async () => {
  const user = crypto.randomUUID();
  const old = await stored(open("durable-object", { absoluteTimeout: 2 * DAY }), { user });
  const store = open("durable-object");
  followClock(store.clock);
  store.clock.now += 1.5 * DAY;
  const renewed = await request(store, old, (session) => session.get("user"), { method: "GET" });
  expect(renewed.report?.change).toBe("renewal");
  store.clock.now += 1.5 * DAY;
  const { storage } = store;
  const list = await storage.userSessions?.list(await storage.getSession(await stored(store, { user })));
  expect([list?.sessions.length, list?.isComplete]).toEqual([2, true]);
});

test("8.5 durable-object: a renewal in flight at a sign-in does not shorten the session's time in the list", async () => {
  const store = open("durable-object", { absoluteTimeout: 2 * DAY });
  followClock(store.clock);
  const user = crypto.randomUUID();
  const cookie = await stored(store, { user });
  store.clock.now += DAY;
  const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
  await request(store, cookie, (session) => session.regenerate({ newLifetime: true }));
  await request(store, slow, (session) => session.get("user"), { method: "GET" });
  store.clock.now += 1.5 * DAY;
  const { storage } = store;
  const list = await storage.userSessions?.list(await storage.getSession(await stored(store, { user })));
  expect([list?.sessions.length, list?.isComplete]).toEqual([2, true]);
});

test("8.5 8.7 durable-object: a sign-in that comes late is listed, and no list is complete before", async () => {
  const store = open("durable-object");
  const user = crypto.randomUUID();
  const [mine, cookie] = [await stored(store, { user }), await stored(store, { cart: 1 })];
  const arrival = Promise.withResolvers<void>();
  const giveUp = hangingCall();
  let late: Promise<unknown> = Promise.resolve();
  const objects = objectsThat(({ call }, go) => {
    if (call !== "update") return go();
    late = arrival.promise.then(go);
    return giveUp();
  });
  const slow = open("durable-object", {}, { SESSION_OBJECT: objects });
  expect((await request(slow, cookie, (session) => session.set("user", user))).status).toBe(503);
  store.clock.now += MINUTE / 3;
  const list = async () => store.storage.userSessions?.list(await store.storage.getSession(mine));
  expect((await list())?.isComplete).toBe(false);
  arrival.resolve();
  await late;
  expect((await list())?.sessions).toHaveLength(2);
});

test("8.8 8.5 durable-object: the oldest of too many sessions leave the list, which is incomplete until they end", async () => {
  const store = open("durable-object");
  followClock(store.clock);
  const user = crypto.randomUUID();
  const oldest = await stored(store, { user });
  const stub = env.SESSION_OBJECT.get(env.SESSION_OBJECT.idFromName(`user ${JSON.stringify(user)}`));
  const listed = { listedAt: store.clock.now + 1, endsAt: store.clock.now + HOUR };
  await runInDurableObject(stub, async (_, { storage }) => {
    for (let index = 0; index < 500; index++) await storage.put(`listed place ${index}`, listed);
  });
  store.clock.now += MINUTE;
  await stored(store, { user });
  const places = await listOf(user);
  const { id } = await store.storage.getSession(oldest);
  expect([places.length, places.includes(await keyOf(id)), await dataOf(store, oldest)]).toEqual([
    501,
    false,
    { user },
  ]);

  const listAfter = async (time: number) => {
    store.clock.now += time;
    const mine = await store.storage.getSession(await stored(store, { user }));
    const list = await store.storage.userSessions?.list(mine);
    return [list?.sessions.length, list?.isComplete];
  };
  // By then the 500 have ended, and by the end of the test everything has.
  expect([await listAfter(HOUR), await listAfter(90 * DAY)]).toEqual([
    [2, false],
    [1, true],
  ]);
});
