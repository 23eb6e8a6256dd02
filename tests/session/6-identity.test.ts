/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** regenerate gives a session a new id (rule 6.1). */

import { createMemorySessionStorage } from "@remix-run/cloudflare";
import { beforeAll, expect, test } from "vitest";
import {
  getConfig,
  type HandleFetchOptions,
  handleFetch,
  SessionError,
  type SessionEvent,
  SuperflareSession,
} from "~/lib/session";
import {
  ALL,
  type AnySession,
  askWorker,
  CONSISTENT,
  createVisitor,
  DAY,
  dataOf,
  migrate,
  open,
  page,
  pairOf,
  request,
  SECRET,
  stored,
  together,
  WITH_RECORDS,
} from "./harness";

beforeAll(migrate);

/** A session of Remix's in memory, and what one request does to it. */
async function visitForeign(act: (session: AnySession) => void, options: Partial<HandleFetchOptions> = {}) {
  const storage = createMemorySessionStorage({ cookie: { name: "__session", secrets: ["s"] } });
  const begun = await storage.getSession();
  begun.set("theme", "dark");
  const cookie = pairOf(await storage.commitSession(begun));
  const request = new Request("https://example.com/", { method: "POST" });
  const events: SessionEvent[] = [];
  const config = {
    ...getConfig({ request, env: { SESSION_SECRET: SECRET } }),
    log: (event: SessionEvent) => void events.push(event),
  };
  const session: AnySession = new SuperflareSession(await storage.getSession(cookie));
  const response = await handleFetch(
    {
      config,
      session,
      getSessionCookie: () => storage.commitSession(session.getSession()),
      destroySession: (old) => storage.destroySession(old),
      ...options,
    },
    () => {
      act(session);
      return page();
    },
  );
  const lines = response.headers.getSetCookie();
  const dataAt = async (header: string) => (await storage.getSession(header)).data;
  return { status: response.status, lines, events, old: await dataAt(cookie), next: await dataAt(pairOf(lines[0])) };
}

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
  const { lines, old, next } = await visitForeign((session) => {
    session.regenerate();
    session.set("user", "ada");
  });
  expect([lines.length, old, next]).toEqual([1, {}, { theme: "dark", user: "ada" }]);
});

test("6.1 4.3 another package's storage: regenerate with a flash that does not fit ends the old session once", async () => {
  const storage = createMemorySessionStorage({ cookie: remixCookie });
  const ended: string[] = [];
  const options = {
    destroySession: (session: { id: string }) => {
      ended.push(session.id);
      return storage.destroySession(session as never);
    },
    getSessionCookie: async (session: AnySession) => {
      if (session.has("a")) throw new SessionError("too-large", "It does not fit.");
      return storage.commitSession(session.getSession());
    },
  };
  const store = { config: open("cookie").config, storage };
  const first = await request(store, "", (session) => session.set("theme", "dark"), options);
  const act = (session: AnySession) => {
    session.regenerate();
    session.flash("a", "long");
  };
  const { cookie: next } = await request(store, first.cookie, act, options);
  expect(ended).toHaveLength(1);
  expect((await storage.getSession(next)).data).toEqual({ theme: "dark" });
});

test.each(CONSISTENT)(
  "6.1 6.3 %s: a planted old id reads nothing after the sign-in, and its later requests change nothing",
  async (kind) => {
    const planted = await askWorker(kind, "set.theme=dark");
    const victim = await askWorker(kind, "regenerate&set.user=ada", planted.cookie);
    expect((await askWorker(kind, "read", planted.cookie)).data).toEqual({});
    await askWorker(kind, "set.user=eve", planted.cookie);
    await askWorker(kind, "regenerate&set.user=eve", planted.cookie);
    expect((await askWorker(kind, "read", victim.cookie)).data).toEqual({ theme: "dark", user: "ada" });
  },
);

test("6.1 8.2 d1: a request in flight does not change the life of a session that moved with a new lifetime", async () => {
  const store = open("d1", { absoluteTimeout: 2 * DAY });
  const cookie = await stored(store, { user: "ada" });
  store.clock.now += DAY;
  const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
  const next = await request(store, cookie, (session) => session.regenerate({ newLifetime: true }));
  slow.set("n", 1);
  await expect(store.storage.commitSession(slow.getSession())).rejects.toMatchObject({ code: "moved" });
  store.clock.now += 2 * DAY - 1;
  expect(await dataOf(store, next.cookie)).toEqual({ user: "ada", n: 1 });
  store.clock.now += 1;
  expect(await dataOf(store, next.cookie)).toEqual({});
});
