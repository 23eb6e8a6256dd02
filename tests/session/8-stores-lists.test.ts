/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** The list of a user's sessions (rule 8.5). */

import { runInDurableObject } from "cloudflare:test";
import { beforeAll, expect, test, vi } from "vitest";
import type { SessionEnv } from "~/lib/session";
import {
  askWorker,
  CONSISTENT,
  DAY,
  dataOf,
  env,
  hangingObject,
  listOf,
  MINUTE,
  migrate,
  objectOf,
  objectsThat,
  open,
  openGate,
  openWithPausedMove,
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
  const vars = { SESSION_OBJECT: await hangingObject(store, other) };
  const slow = open("durable-object", { storeTimeout: 2_000 }, vars);
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

test("8.5 a list made while a session gets a new id is marked incomplete", async () => {
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
    // The first listing must not drop the entry that tells the second one that the list is incomplete.
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
  } as unknown as Partial<SessionEnv>;
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

test('8.5 8.6 P2 durable-object: "sign out my other devices" ends one that is regenerating, or says that it may have missed one', async () => {
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

test("8.5 P2 durable-object: a list that cannot be written delays neither a sign-out nor a list", async () => {
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

test("8.5 durable-object: a session that outlives its first timeout, because that was raised, is listed", async () => {
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
