/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** How long a session lasts, and when its cookie is renewed (rule 2.6). */
import { beforeAll, expect, test } from "vitest";
import type { SessionConfig } from "~/lib/session";
import {
  type Act,
  ALL,
  CONSISTENT,
  createVisitor,
  DAY,
  dataOf,
  MINUTE,
  migrate,
  open,
  page,
  pairOf,
  request,
  SECRET,
  stored,
  WITH_RECORDS,
} from "./harness";

beforeAll(migrate);

const createStore = (overrides: Partial<SessionConfig> = {}) => open("cookie", { secrets: [SECRET], ...overrides });

test.each(ALL)("2.6 %s: a session ends at its idle timeout", async (kind) => {
  const store = open(kind, { idleTimeout: 30 * MINUTE });
  const cookie = await stored(store, { theme: "dark" });
  store.clock.now += 30 * MINUTE - 1;
  expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
  store.clock.now += 1;
  expect(await dataOf(store, cookie)).toEqual({});
});

test.each(ALL)("2.6 %s: a session ends at its absolute timeout, however busy it is", async (kind) => {
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

test.each(ALL)("2.6 %s: a renewal without a change extends the session", async (kind) => {
  const store = open(kind, { idleTimeout: 4 * DAY });
  const cookie = await stored(store, { theme: "dark" });
  store.clock.now += 3 * DAY;
  const renewed = pairOf(await store.storage.commitSession(await store.storage.getSession(cookie)));
  store.clock.now += 3 * DAY;
  expect(await dataOf(store, renewed)).toEqual({ theme: "dark" });
});

test.each(WITH_RECORDS)(
  "2.6 %s: an expired record does not open, even if the timeout was raised since, because it may be deleted at any time",
  async (kind) => {
    const store = open(kind, { idleTimeout: 30 * MINUTE });
    const cookie = await stored(store, { theme: "dark" });
    const lengthened = open(kind, { idleTimeout: DAY, now: () => store.clock.now });
    store.clock.now += 30 * MINUTE - 1;
    expect(await dataOf(lengthened, cookie)).toEqual({ theme: "dark" });
    store.clock.now += 1;
    expect(await dataOf(lengthened, cookie)).toEqual({});
  },
);

test.each(WITH_RECORDS)(
  "2.6 %s: a write sends no cookie until a renewal is due, so a late response cannot put an old id back",
  async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { theme: "dark" });
    const write = (value: string) => request(store, cookie, (session) => session.set("theme", value));
    const first = await write("light");
    expect([first.headers.getSetCookie(), first.headers.get("Cache-Control")]).toEqual([[], "no-store"]);
    store.clock.now += DAY;
    expect((await write("dark")).headers.getSetCookie()).toHaveLength(1);
    expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
  },
);

test("2.6 a session that is read is renewed at most once a day; an unread one is never renewed", async () => {
  const { visit, clock, commits } = createVisitor();
  await visit((session) => session.set("theme", "dark"));
  const read: Act = (session) => page(session.get("theme"));
  clock.now += DAY - 1;
  expect((await visit(read)).headers.getSetCookie()).toHaveLength(0);
  clock.now += 1;
  expect((await visit(() => page())).headers.getSetCookie()).toHaveLength(0);
  expect((await visit(read)).headers.getSetCookie()).toEqual([expect.stringContaining("Max-Age=2592000;")]);
  expect((await visit(read)).headers.getSetCookie()).toHaveLength(0);
  expect(commits.count).toBe(2);
});

test("2.6 with an idle timeout shorter than two days, a renewal is due at half of it", async () => {
  const { visit, clock } = createVisitor({ idleTimeout: 3600 });
  await visit((session) => session.set("theme", "dark"));
  const read: Act = (session) => page(session.get("theme"));
  clock.now += 1799;
  expect((await visit(read)).headers.getSetCookie()).toHaveLength(0);
  clock.now += 1;
  expect((await visit(read)).headers.getSetCookie()).toEqual([expect.stringContaining("Max-Age=3600;")]);
});

test("2.6 a write counts as use, even of the value that is already there", async () => {
  const { visit, clock } = createVisitor();
  const setTheme: Act = (session) => {
    session.set("theme", "dark");
    return page();
  };
  await visit(setTheme);
  clock.now += DAY;
  expect((await visit(setTheme)).headers.getSetCookie()).toHaveLength(1);
});

test("2.6 without a renewal a session ends after 30 days, and the log says so", async () => {
  const store = createStore();
  const pair = await stored(store, { theme: "dark" });
  store.clock.now += 30 * DAY - 1;
  expect((await store.storage.getSession(pair)).data).toEqual({ theme: "dark" });
  store.clock.now += 1;
  expect((await store.storage.getSession(pair)).data).toEqual({});
  expect(store.problems).toEqual(["expired"]);
});

test("2.6 the absolute timeout holds however often the session is renewed, and Max-Age respects it", async () => {
  const store = createStore({ absoluteTimeout: 40 * DAY });
  const first = await stored(store, { theme: "dark" });
  store.clock.now += 29 * DAY;
  const line = await store.storage.commitSession(await store.storage.getSession(first));
  expect(line).toContain(`Max-Age=${11 * DAY};`);
  store.clock.now += 11 * DAY;
  expect((await store.storage.getSession(line)).data).toEqual({});
  expect(store.problems).toEqual(["expired"]);
});

test("2.6 a shortened timeout applies to older cookies", async () => {
  const pair = await stored(createStore(), { theme: "dark" });
  const strict = createStore({ idleTimeout: 3600 });
  strict.clock.now += 3600;
  expect((await strict.storage.getSession(pair)).data).toEqual({});
});

test.each(CONSISTENT)(
  "2.6 %s: a write sends no session cookie just because the route sends another cookie",
  async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { theme: "dark" });
    const write = await request(store, cookie, (session) => {
      session.set("theme", "light");
      return page("", { headers: { "Set-Cookie": "locale=en; Path=/" } });
    });
    expect(write.response.headers.getSetCookie()).toEqual(["locale=en; Path=/"]);
  },
);
