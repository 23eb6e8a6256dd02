/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Parallel requests, expiry and limits of the stores (chapter 8). */

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import { SuperflareSession } from "~/lib/session";
import { deleteExpiredSessions } from "~/lib/session/stores";
import {
  type AnySession,
  askWorker,
  CONSISTENT,
  DAY,
  dataOf,
  env,
  listOf,
  MINUTE,
  migrate,
  objectOf,
  open,
  openGate,
  request,
  stored,
  together,
  WITH_RECORDS,
  watchObjects,
} from "./harness";

beforeAll(migrate);

const manyKeys = Array.from({ length: 100 }, (_, index) => `key${index}`);

test.each(CONSISTENT)("8.2 %s: a hundred simultaneous requests, each with its own key, lose nothing", async (kind) => {
  const { cookie } = await askWorker(kind, "set.theme=dark");
  await together(manyKeys.map((key) => (wait) => askWorker(kind, `${wait}&set.${key}=yes`, cookie)));
  const data = await dataOf(open(kind), cookie);
  expect(data).toEqual({ theme: "dark", ...Object.fromEntries(manyKeys.map((key) => [key, "yes"])) });
});

test.each(CONSISTENT)("8.2 %s: simultaneous sets, unsets and a flash lose nothing", async (kind) => {
  const { cookie } = await askWorker(kind, manyKeys.map((key) => `set.${key}=old`).join("&"));
  await together([
    ...manyKeys.map(
      (key, index) => (wait: string) =>
        askWorker(kind, index % 2 ? `${wait}&unset.${key}` : `${wait}&set.${key}=new`, cookie),
    ),
    (wait) => askWorker(kind, `${wait}&flash.success=Saved`, cookie),
  ]);
  const { data } = await askWorker(kind, "read&getFlash.success", cookie);
  const kept = manyKeys.filter((_, index) => index % 2 === 0).map((key) => [key, "new"]);
  expect(data).toEqual({ ...Object.fromEntries(kept), success: "Saved" });
});

test.each(CONSISTENT)("8.2 %s: a hundred requests in flight at a regenerate lose nothing", async (kind) => {
  const { cookie } = await askWorker(kind, "set.theme=dark&set.user=ada");
  const gate = openGate();
  const inFlight = manyKeys.map((key, index) =>
    askWorker(kind, `wait=${gate.name}&${index % 2 ? `set.${key}=yes` : `flash.${key}=yes`}`, cookie),
  );
  await gate.reachedBy(manyKeys.length);
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
    `read&${manyKeys
      .filter((_, index) => index % 2 === 0)
      .map((key) => `getFlash.${key}`)
      .join("&")}`,
    last.cookie,
  );
  const expected = Object.fromEntries(manyKeys.map((key) => [key, "yes"]));
  expect(data).toEqual({ theme: "dark", user: "ada", step: "2", late: "yes", ...expected });
  expect(await dataOf(open(kind), cookie)).toEqual({});
});

test.each(CONSISTENT)("8.2 %s: a hundred requests at the same time as a regenerate lose nothing", async (kind) => {
  const { cookie } = await askWorker(kind, "set.theme=dark");
  let next = "";
  await together([
    ...manyKeys.map((key) => (wait: string) => askWorker(kind, `${wait}&set.${key}=yes`, cookie)),
    async (wait) => {
      next = (await askWorker(kind, `${wait}&regenerate&set.user=ada`, cookie)).cookie;
    },
  ]);
  const expected = Object.fromEntries(manyKeys.map((key) => [key, "yes"]));
  expect(await dataOf(open(kind), next)).toEqual({ theme: "dark", user: "ada", ...expected });
});

test("8.2 KV merges at the time of the write, so consecutive changes are all kept", async () => {
  const { cookie } = await askWorker("kv", "set.theme=dark");
  const gate = openGate();
  const slow = askWorker("kv", `wait=${gate.name}&set.slow=1`, cookie);
  await gate.reachedBy(1);
  await askWorker("kv", "set.quick=1", cookie);
  gate.open();
  await slow;
  expect(await dataOf(open("kv"), cookie)).toEqual({ theme: "dark", quick: "1", slow: "1" });
});

test.each(CONSISTENT)("8.2 %s: the old id does not lead to an expired session", async (kind) => {
  const store = open(kind, { idleTimeout: 10 });
  const cookie = await stored(store, { theme: "dark" });
  const slow = await store.storage.getSession(cookie);
  await request(store, cookie, (session) => session.regenerate());
  store.clock.now += 12;
  slow.set("late", 1);
  await expect(store.storage.commitSession(slow)).rejects.toMatchObject({ code: "gone" });
});

test.each(WITH_RECORDS)(
  "8.2 %s: a request that read the session before it got a new id is kept, however late",
  async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { theme: "dark" });
    const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
    const regenerated = await request(store, cookie, (session) => session.regenerate());
    store.clock.now += 30 * MINUTE;
    const late = await request(store, slow, (session) => session.set("upload", 1));
    expect([late.status, late.line, store.events.at(-1)]).toEqual([200, undefined, "moved"]);
    expect(await dataOf(store, regenerated.cookie)).toEqual({ theme: "dark", upload: 1 });
  },
);

test.each(WITH_RECORDS)("8.2 6.2 %s: so is a sign-out", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { user: "ada" });
  const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
  const regenerated = await request(store, cookie, (session) => session.regenerate());
  store.clock.now += 30 * MINUTE;
  expect((await request(store, slow, (session) => session.destroy())).line).toMatch(/Max-Age=0/);
  expect(await dataOf(store, regenerated.cookie)).toEqual({});
});

test.each(WITH_RECORDS)("8.2 4.10 %s: a request of a user is not stored with the next one", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { user: "ada" });
  const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
  const bobs = await request(store, cookie, (session) => {
    session.regenerate();
    session.set("user", "bob");
  });
  const late = await request(store, slow, (session) => session.set("note", "ada's"));
  expect([late.status, late.report?.error]).toEqual([409, "replaced"]);
  expect(await dataOf(store, bobs.cookie)).toEqual({ user: "bob" });
});

test("8.2 after a request in flight was moved, its session can neither regenerate nor read the new one", async () => {
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

test("8.3 8.5 a session past its latest end is dropped from the list when another is added", async () => {
  const user = crypto.randomUUID();
  await stored(open("durable-object"), { user });
  const long = open("durable-object", { absoluteTimeout: DAY });
  long.clock.now -= 2 * DAY;
  await stored(long, { user });
  expect(await listOf(user)).toHaveLength(1);
});

test("8.3 KV deletes expired records by TTL, never shorter than KV's minimum", async () => {
  const store = open("kv", { idleTimeout: 2 * DAY });
  await stored(store, { user: "expiring" });
  const { keys } = await env.SESSION_KV.list();
  const lives = keys.map(({ expiration = 0 }) => expiration - store.clock.now);
  expect(lives.some((life) => Math.abs(life - 2 * DAY) <= 2)).toBe(true);
  await stored(open("kv", { idleTimeout: 1 }), { user: "expiring" });
});

test("8.3 KV's TTL restarts with each write", async () => {
  const store = open("kv", { idleTimeout: 2 * DAY });
  const session = await store.storage.getSession(await stored(store, { mark: crypto.randomUUID() }));
  store.clock.now += DAY;
  await store.storage.commitSession(session);
  const { keys } = await env.SESSION_KV.list();
  const values = await Promise.all(keys.map(({ name }) => env.SESSION_KV.get(name)));
  const { expiration = 0 } = keys[values.findIndex((value) => value?.includes(session.data.mark as string))] ?? {};
  expect(Math.abs(expiration - Date.now() / 1000 - 2 * DAY)).toBeLessThan(MINUTE);
});

test("8.3 D1's cron deletes expired records and leaves the others", async () => {
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

test("8.3 D1's cron deletes any number of expired records", async () => {
  await env.SESSION_DB.prepare(
    "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2500) " +
      "INSERT INTO session (key, data, created_at, renewed_at, expires_at) SELECT 'over ' || n, '{}', 1, 1, 2 FROM number",
  ).run();
  await deleteExpiredSessions(env.SESSION_DB, 2);
  expect(await env.SESSION_DB.prepare("SELECT count(*) AS n FROM session WHERE expires_at <= 2").first("n")).toBe(0);
});

test("8.3 a Durable Object's alarm deletes an expired record, and is set again if the session was renewed", async () => {
  const store = open("durable-object", { idleTimeout: 30 * MINUTE });
  const user = crypto.randomUUID();
  const cookie = await stored(store, { user });
  const stub = await objectOf(store, cookie);
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

test("8.3 durable-object: everything that a new id, a user or a sign-out leaves in an object has an alarm", async () => {
  const store = open("durable-object");
  const objectsSince = await watchObjects();
  for (const act of [(session: AnySession) => session.set("n", 1), (session: AnySession) => session.destroy()]) {
    const cookie = await stored(store, { user: crypto.randomUUID() });
    const next = await request(store, cookie, (session) => session.regenerate());
    await request(store, next.cookie, act);
  }
  const held = new Set<string>();
  for (const stub of await objectsSince()) {
    await runInDurableObject(stub, async (_, { storage }) => {
      const entries = await storage.list<{ expiresAt?: number; endsAt?: number }>();
      for (const [name] of entries) held.add(name.split(" ")[0] ?? "");
      const ends = [...entries.values()].map(({ expiresAt = 0, endsAt = 0 }) => Math.max(expiresAt, endsAt) * 1000);
      expect([ends, await storage.getAlarm()]).toEqual([ends, ends.length > 0 ? Math.max(...ends) : null]);
    });
  }
  expect([...held].sort()).toEqual(["listed", "record"]);
});

test("8.4 the cookie store and KV do not offer lists", () => {
  expect([open("cookie").storage.userSessions, open("kv").storage.userSessions]).toEqual([undefined, undefined]);
});

test.each(CONSISTENT)("8.6 %s: destroy ends the session in every order of requests", async (kind) => {
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
});

test.each(WITH_RECORDS)("8.9 %s: an emptied session keeps its record for parallel requests", async (kind) => {
  const first = await askWorker(kind, "set.theme=dark");
  const emptied = await askWorker(kind, "unset.theme", first.cookie);
  expect(emptied.line).toBeUndefined();
  await askWorker(kind, "set.late=1", first.cookie);
  expect(await dataOf(open(kind), emptied.cookie)).toEqual({ late: "1" });
});
