/// <reference types="@cloudflare/vitest-pool-workers/types" />
/**
 * D1 with read replicas. Local D1 has none, so a wrapper imitates them: until it writes or starts at a newer bookmark,
 * a D1 session reads a copy of the table from the time of `fallBehind`.
 */
import { beforeAll, expect, test } from "vitest";
import { type AnySession, dataOf, env, migrate, open, request, stored } from "./harness";

beforeAll(migrate);

function withReplica(setting: "on" | "off" = "on") {
  const database = env.SESSION_DB;
  const copy = `copy_${crypto.randomUUID().replaceAll("-", "")}`;
  const starts: (string | undefined)[] = [];
  const newer = new Set<string>();
  let isBehind = false;

  const startSession = (start?: string) => {
    starts.push(start);
    const session = database.withSession(start);
    let readsCopy = isBehind && !(start && newer.has(start));
    const prepare = (sql: string) => {
      const isRead = /^\s*SELECT/.test(sql);
      // From its first write on, a D1 session reads what it wrote.
      if (!isRead) readsCopy = false;
      return session.prepare(isRead && readsCopy ? sql.replace("FROM session", `FROM ${copy}`) : sql);
    };
    const getBookmark = () => {
      const bookmark = session.getBookmark();
      if (bookmark && isBehind && !readsCopy) newer.add(bookmark);
      return bookmark;
    };
    return replacing(session, { prepare, getBookmark });
  };

  const SESSION_DB = replacing(database, { withSession: startSession });
  return {
    starts,
    /** Makes the store of the next request. */
    openStore: () => open("d1", {}, { SESSION_DB, SESSION_D1_REPLICAS: setting }),
    async fallBehind() {
      await database.prepare(`CREATE TABLE ${copy} AS SELECT * FROM session`).run();
      isBehind = true;
    },
  };
}

function replacing<T extends object>(target: T, members: object): T {
  return new Proxy(target, {
    get(_, name) {
      const member = Reflect.get(name in members ? members : target, name);
      return typeof member === "function" ? member.bind(name in members ? members : target) : member;
    },
  });
}

test("8.4 a visitor reads their own writes, from a copy that is behind for everybody else", async () => {
  const { openStore, fallBehind } = withReplica();
  const before = await stored(openStore(), { theme: "dark" });
  await fallBehind();
  let { cookie } = await request(openStore(), before, (session) => session.set("theme", "light"));
  expect(await dataOf(openStore(), cookie)).toEqual({ theme: "light" });
  expect(await dataOf(openStore(), before), "the bookmark of an older write").toEqual({ theme: "dark" });

  for (const [act, data] of [
    [(session: AnySession) => session.flash("info", "Saved"), { theme: "light", __flash_info__: "Saved" }],
    [(session: AnySession) => void session.getFlash("info"), { theme: "light" }],
    [(session: AnySession) => session.regenerate(), { theme: "light" }],
    [(session: AnySession) => session.destroy(), {}],
  ] as const) {
    ({ cookie } = await request(openStore(), cookie, act));
    expect(await dataOf(openStore(), cookie), String(act)).toEqual(data);
  }
});

test("2.1 a read sends no cookie, and a new visitor starts without a bookmark", async () => {
  const { openStore, starts } = withReplica();
  const cookie = await stored(openStore(), { theme: "dark" });
  expect(starts).toEqual([undefined]);
  expect(await request(openStore(), cookie, (session) => session.get("theme"))).toMatchObject({
    cookie,
    result: "nothing",
  });
});

test("8.4 without the setting every request reads the database itself", async () => {
  const { openStore, starts } = withReplica("off");
  await request(openStore(), await stored(openStore(), { theme: "dark" }), (session) => session.set("theme", "light"));
  expect(starts).toEqual([]);
});

test("4.10 a write or a regenerate finds an ended session gone, even if the copy still has it", async () => {
  const { openStore, fallBehind } = withReplica();
  const cookie = await stored(openStore(), { theme: "dark" });
  await fallBehind();
  await request(openStore(), cookie, (session) => session.destroy());
  for (const act of [(session: AnySession) => session.set("a", 1), (session: AnySession) => session.regenerate()]) {
    expect(await request(openStore(), cookie, act)).toMatchObject({
      cookie,
      result: "failed",
      report: { error: "gone" },
    });
  }
});

test("8.2 a later request with the old id writes nothing to the signed-in session, even if the copy has the old one", async () => {
  const { openStore, fallBehind } = withReplica();
  const planted = await stored(openStore(), { theme: "dark" });
  await fallBehind();
  const signIn = await request(openStore(), planted, (session) => {
    session.regenerate();
    session.set("user", "ada");
  });
  const later = openStore();
  later.clock.now += 1;
  expect(await request(later, planted, (session) => session.set("shipTo", "elsewhere"))).toMatchObject({
    report: { error: "replaced" },
  });
  expect(await dataOf(openStore(), signIn.cookie)).toEqual({ theme: "dark", user: "ada" });
  // The old id can still end the session (6.2).
  await request(later, planted, (session) => session.destroy());
  expect(await dataOf(openStore(), signIn.cookie)).toEqual({});
});

test("8.5 P2 a list shows, and a revoke ends, sessions that the copy does not have yet", async () => {
  const { openStore, fallBehind } = withReplica();
  const user = crypto.randomUUID();
  const mine = await stored(openStore(), { user });
  await fallBehind();
  const other = await stored(openStore(), { user });
  const { storage } = openStore();
  const session = await storage.getSession(mine);
  const revoked = await storage.userSessions?.revoke(session, ({ isCurrent }) => !isCurrent);
  expect([revoked?.ended.length, revoked?.isComplete, await dataOf(open("d1"), other)]).toEqual([1, true, {}]);
  const list = await storage.userSessions?.list(session);
  expect([list?.sessions.length, list?.isComplete]).toEqual([1, true]);
});

test("8.5 P2 a signed-out device ends no other, even if its copy does not know", async () => {
  const { openStore, fallBehind } = withReplica();
  const user = crypto.randomUUID();
  const owner = await stored(openStore(), { user });
  const lost = await stored(openStore(), { user });
  await fallBehind();
  for (const cookie of [owner, lost]) {
    const { storage } = openStore();
    await storage.userSessions?.revoke(await storage.getSession(cookie), ({ isCurrent }) => !isCurrent);
  }
  expect(await dataOf(open("d1"), owner)).toEqual({ user });
});
