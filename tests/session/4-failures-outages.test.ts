/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Corrupt records and stores that hang affect one visitor's session (rules 4.7 and 4.8). */

import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { handleFetch, SuperflareSession } from "~/lib/session";
import {
  brokenBindings,
  CONSISTENT,
  dataOf,
  env,
  hangingObject,
  interposed,
  type Kind,
  migrate,
  objectOf,
  open,
  pairOf,
  request,
  type Store,
  stored,
  WITH_RECORDS,
} from "./harness";

beforeAll(migrate);

const failures: [string, () => unknown][] = [
  ["throws", () => { throw new Error("down"); }], // biome-ignore format: one line each
  ["rejects", () => Promise.reject(new Error("down"))],
];

const garbage = { values: { theme: "{" }, data: "<html>", key: "k", created_at: 1, renewed_at: 1, expires_at: 9e9 };

/** Breaks a value of the record that holds this text. */
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

test.each(WITH_RECORDS)(
  "4.7 %s: a corrupt record is gone: the visitor is anonymous, the log says so, and the next write starts a session",
  async (kind) => {
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
    const post = await handleFetch(
      {
        config: { ...store.config, request: new Request("https://example.com/", { method: "POST" }) },
        session,
        getSessionCookie: () => store.storage.commitSession(session.getSession()),
      },
      () => {
        session.set("theme", "light");
        return new Response("page");
      },
    );
    expect(post.status).toBe(200);
    expect(await dataOf(open(kind), pairOf(post.headers.getSetCookie()[0] ?? ""))).toEqual({ theme: "light" });
  },
);

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
      for (let visits = 0; visits < 5; visits++) expect(await dataOf(broken, cookie)).toEqual({});
      expect(asked).toHaveBeenCalledTimes(5);
    },
  );
});

test.each(WITH_RECORDS)(
  "4.8 %s: if the store hangs, three requests wait, and a shared store is then paused",
  async (kind) => {
    const cookie = await stored(open(kind), { theme: "dark" });
    const hang = vi.fn(() => new Promise(() => {}));
    const hanging = open(kind, { storeTimeout: 20 }, brokenBindings(hang));
    for (let visits = 0; visits < 10; visits++) expect(await dataOf(hanging, cookie)).toEqual({});
    expect([hang.mock.calls.length, hanging.events.length]).toEqual([kind === "durable-object" ? 10 : 3, 10]);
  },
);

test.each(WITH_RECORDS)(
  "4.8 %s: if the commit hangs, a change, a sign-in and a sign-out are answered in time",
  async (kind) => {
    const healthy = open(kind);
    const cookie = await stored(healthy, { user: "ada" });
    for (const [from, act] of [
      ["", (session) => session.set("theme", "dark")],
      [cookie, (session) => session.set("theme", "dark")],
      [cookie, (session) => session.regenerate()],
      [cookie, (session) => session.destroy()],
    ] satisfies [string, (session: SuperflareSession<Record<string, unknown>>) => void][]) {
      // A store of its own, that is not paused yet.
      const hanging = open(
        kind,
        { storeTimeout: 20 },
        brokenBindings(() => new Promise(() => {})),
      );
      const during = { ...hanging, storage: { ...hanging.storage, getSession: healthy.storage.getSession } };
      expect((await request(during, from, act)).status).toBe(503);
    }
  },
);

test.each(WITH_RECORDS)("4.8 %s: a store that is slow once or twice is not paused", async (kind) => {
  const cookie = await stored(open(kind), { theme: "dark" });
  let isSlow = true;
  const vars = interposed((call) => (isSlow ? new Promise(() => {}) : call()));
  const [impatient, patient] = [20, 30_000].map((storeTimeout) => open(kind, { storeTimeout }, vars)) as [Store, Store];
  for (let round = 0; round < 5; round++) {
    isSlow = true;
    for (const _ of [1, 2]) expect(await dataOf(impatient, cookie)).toEqual({});
    isSlow = false;
    expect(await dataOf(patient, cookie)).toEqual({ theme: "dark" });
  }
});

test.each(CONSISTENT)("4.8 %s: listing fails in time if the store hangs", async (kind) => {
  const healthy = open(kind);
  const session = await healthy.storage.getSession(await stored(healthy, { user: crypto.randomUUID() }));
  const hanging = open(
    kind,
    { storeTimeout: 20 },
    brokenBindings(() => new Promise(() => {})),
  );
  await expect(hanging.storage.userSessions?.list(session)).rejects.toMatchObject({ code: "store-error" });
});

test.each(["kv", "d1"] as const)(
  "4.8 %s: a pause lasts ten seconds, and one more time-out starts the next",
  async (kind) => {
    const cookie = await stored(open(kind), { theme: "dark" });
    const hang = vi.fn(() => new Promise(() => {}));
    const hanging = open(kind, { storeTimeout: 20 }, brokenBindings(hang));
    const start = Date.now();
    const time = vi.spyOn(Date, "now");
    const askedAt = async (milliseconds: number) => {
      time.mockReturnValue(start + milliseconds);
      hang.mockClear();
      for (let visits = 0; visits < 5; visits++) await dataOf(hanging, cookie);
      return hang.mock.calls.length;
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
  const vars = { SESSION_OBJECT: await hangingObject(healthy, theirs) };
  const [impatient, patient] = [20, 30_000].map((storeTimeout) => open("durable-object", { storeTimeout }, vars)) as [
    Store,
    Store,
  ];
  for (let round = 0; round < 5; round++) {
    expect(await dataOf(impatient, theirs)).toEqual({});
    const post = await request(patient, mine, (session) => session.set("round", round));
    expect(post.status).toBe(200);
  }
  expect(await dataOf(healthy, mine)).toEqual({ theme: "dark", round: 4 });
});

test("4.8 a success between time-outs ends the series, whenever it began", async () => {
  const cookie = await stored(open("d1"), { theme: "dark" });
  const answered = Promise.withResolvers<void>();
  const hang = () => new Promise<never>(() => {});
  let asked = 0;
  let answer: (call: () => Promise<unknown>) => Promise<unknown> = hang;
  const vars = interposed((call) => {
    asked++;
    return answer(call);
  });
  const [impatient, patient] = [20, 30_000].map((storeTimeout) => open("d1", { storeTimeout }, vars)) as [Store, Store];
  await dataOf(impatient, cookie);
  answer = (call) => answered.promise.then(call);
  const success = dataOf(patient, cookie);
  await expect.poll(() => asked).toBe(2);
  answer = hang;
  await dataOf(impatient, cookie);
  answered.resolve();
  await success;
  // Two time-outs came before the success, so this one is the first of a new series and pauses nothing.
  await dataOf(impatient, cookie);
  const before = asked;
  await dataOf(impatient, cookie);
  expect(asked - before).toBe(1);
});
