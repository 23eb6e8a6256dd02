/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Values that cannot be stored, or do not fit (rules 4.2 and 4.3). */
import { beforeAll, expect, test } from "vitest";
import { type SessionConfig, SessionError, SuperflareSession } from "~/lib/session";
import {
  type Act,
  ALL,
  type AnySession,
  CONSISTENT,
  createVisitor,
  dataOf,
  migrate,
  open,
  page,
  redirect,
  request,
  SECRET,
  stored,
  wrap,
} from "./harness";

beforeAll(migrate);

const cycle: Record<string, unknown> = {};

cycle.self = cycle;

class Money {
  constructor(readonly amount: number) {}
}

const createStore = (overrides: Partial<SessionConfig> = {}) => open("cookie", { secrets: [SECRET], ...overrides });

test.each<[string, unknown, RegExp]>([
  ["a BigInt", 1n, /cannot store n: it is a bigint/],
  ["a cycle", { a: cycle }, /n\.a\.self: it contains itself/],
  ["a function", { f: () => 1 }, /n\.f: it is a function/],
  ["a symbol", [Symbol("s")], /n\[0\]: it is a symbol/],
  ["a Date", { items: [1, { at: new Date(0) }] }, /n\.items\[1\]\.at: it is a Date/],
  ["a Map", new Map(), /n: it is a Map/],
  ["NaN", [0, Number.NaN], /n\[1\]: it is NaN/],
  ["Infinity", Number.POSITIVE_INFINITY, /n: it is Infinity/],
  ["undefined", undefined, /n: it is undefined/],
  ["undefined inside a value", { a: undefined }, /n\.a: it is undefined/],
  ["a hole in an array", Object.assign(new Array(3), { 0: 1, 2: 3 }), /n\[1\]: it is undefined/],
  ["an instance of a class", new Money(1), /n: it is a Money/],
  ["a symbol as a key", { [Symbol("s")]: 1 }, /n: it has a key that is a symbol/],
  ["a toJSON", { toJSON: () => 1 }, /n: it has a toJSON/],
  ["too deep a nesting", Array.from({ length: 10_000 }).reduce((inner) => [inner], 0), /nested more than 100 deep/],
])("4.2 %s is refused by set and flash, with its path, and nothing changes", (_, value, message) => {
  const session = wrap({ n: 1 });
  expect(() => session.set("n", value as number)).toThrow(message);
  expect(() => session.set("n", value as number)).toThrow(SessionError);
  expect(() => session.flash("success", value as string)).toThrow(SessionError);
  expect([session.get("n"), session.isDirty()]).toEqual([1, false]);
});

test.each(["", "user\u0000note", "a\nb", "\u007f"])("4.2 the key %j is refused by set and flash", (key) => {
  const session = wrap({ n: 1 });
  expect(() => session.set(key as "n", 1)).toThrow(expect.objectContaining({ code: "not-storable" }));
  expect(() => session.flash(key as "success", "x")).toThrow(expect.objectContaining({ code: "not-storable" }));
  expect(session.isDirty()).toBe(false);
});

test("4.2 everything in JSON is accepted, even one object in two places", () => {
  const shared = { a: 1 };
  const value = [null, true, -1.5, "ü\u0000", [], {}, Object.create(null), [shared, shared], { __proto__: 1 }];
  expect(() => wrap().set("n", value as never)).not.toThrow();
});

test.each(ALL)("4.2 %s: a value that would not survive is refused, and the stored session stays", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { theme: "dark" });
  const session = await store.storage.getSession(cookie);
  session.set("since", new Date());
  await expect(store.storage.commitSession(session)).rejects.toMatchObject({ code: "not-storable" });
  expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
});

test.each(CONSISTENT)("4.2 %s: a key with a control character cannot overwrite another key", async (kind) => {
  const { storage } = open(kind);
  const session = await storage.getSession(await stored(open(kind), { user: "alice" }));
  session.set("user\u0000note", "bob");
  await expect(storage.commitSession(session)).rejects.toMatchObject({ code: "not-storable" });
});

test("4.2 a nested mutation that cannot be stored is not stored, and is logged", async () => {
  const { visit, held, events } = createVisitor();
  await visit((session) => session.set("cart", {}));
  for (const value of [new Date(0), 1n]) {
    const change: Act = (session) => {
      session.get("cart").at = value;
      return page();
    };
    expect([(await visit(change)).status, (await visit(change, "/", { method: "POST" })).status]).toEqual([200, 500]);
  }
  expect([await held(), new Set(events)]).toEqual([{ cart: {} }, new Set(["not-storable"])]);
});

test("4.2 the cookie store refuses, by name, a value that bypassed the wrapper", async () => {
  const { storage } = createStore();
  const session = await storage.getSession();
  session.set("cart", { added: new Date(0) });
  await expect(storage.commitSession(session)).rejects.toThrow(/cart\.added: it is a Date/);
});

test.each<[string, () => unknown]>([
  ["an array with a toJSON", () => Object.assign([1, 2], { toJSON: () => "something else" })],
  ["an array with names, as a match has", () => /(?<year>\d+)/.exec("in 2026")],
  ["an array of a class of its own", () => new (class List extends Array {})()],
])("4.2 %s does not survive JSON, so set refuses it", async (_, make) => {
  const session: AnySession = new SuperflareSession(await open("cookie").storage.getSession());
  expect(() => session.set("value", make())).toThrow(/cannot store/);
});

test.each(ALL)(
  "4.3 %s: a session that would not fit is refused with its largest keys, and the stored one stays",
  async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { theme: "dark" });
    const session = await store.storage.getSession(cookie);
    session.set("essay", "ä".repeat(500_001));
    await expect(store.storage.commitSession(session)).rejects.toMatchObject({
      code: "too-large",
      details: { excess: expect.any(Number), largestKeys: ["essay (1000004 bytes)", "theme (6 bytes)"] },
    });
    expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
  },
);

test("4.3 what fits without this request's messages is stored without them, and the log says so", async () => {
  const { visit, held, events } = createVisitor();
  const response = await visit(
    (session) => {
      session.set("note", "x".repeat(2600));
      session.flash("success", "y".repeat(400));
      return redirect();
    },
    "/",
    { method: "POST" },
  );
  expect([response.status, Object.keys(await held()), events]).toEqual([303, ["note"], ["flash-dropped"]]);
});

test("4.3 a session that is too large is logged with the sizes of its keys, not their contents", async () => {
  const { visit, lines } = createVisitor();
  await visit((session) => session.set("note", "secret".repeat(1000)));
  expect(lines).toEqual([
    { event: "too-large", details: { excess: expect.any(Number), largestKeys: ["note (6002 bytes)"] } },
  ]);
});

test("4.3 the limit is 4096 bytes of the whole line, and the error names the excess and the largest keys", async () => {
  const { storage } = createStore();
  const lineOf = async (length: number) => {
    const session = await storage.getSession();
    session.set("small", "s");
    session.set("note", "ü".repeat(length));
    return storage.commitSession(session);
  };
  let fits = 0;
  for (let step = 1024; step >= 1; step /= 2) {
    if (
      await lineOf(fits + step).then(
        () => true,
        () => false,
      )
    )
      fits += step;
  }
  expect((await lineOf(fits)).length).toBeGreaterThan(4096 - 4);
  expect((await lineOf(fits)).length).toBeLessThanOrEqual(4096);
  const refused = await lineOf(fits + 1).catch((error: unknown) => error as Error);
  expect(String(refused)).toMatch(
    /cookie is [1-4] bytes over the limit of 4096\. Largest keys: note \(\d+ bytes\), small \(3 bytes\)/,
  );
});

test("4.3 6.2 without Uint8Array.toBase64 (Node 20 to 24), too much is too-large and costs no sign-out", async () => {
  const prototype = Uint8Array.prototype as unknown as { toBase64?: unknown };
  const native = prototype.toBase64;
  try {
    prototype.toBase64 = undefined;
    const store = open("cookie");
    const cookie = await stored(store, { user: "ada" });
    const post = await request(store, cookie, (session) => session.set("essay", "x".repeat(500_000)));
    const signOut = await request(store, cookie, (session) => {
      session.destroy();
      session.set("essay", "x".repeat(500_000));
    });
    expect([post.response.status, signOut.response.status, signOut.line]).toEqual([
      500,
      200,
      expect.stringMatching(/Max-Age=0/),
    ]);
  } finally {
    prototype.toBase64 = native;
  }
});

test.each(CONSISTENT)(
  "4.3 %s: what fits is stored and the rest is too-large, whatever the characters",
  async (kind) => {
    for (const value of [`${"x".repeat(990_000)}€`, '"\\'.repeat(240_000), "\u0001".repeat(160_000)]) {
      const store = open(kind);
      const cookie = await stored(store, { theme: "dark" });
      const { response, report } = await request(store, cookie, (session) => session.set("note", value));
      const outcome = [response.status, report?.error];
      expect([
        [200, undefined],
        [500, "too-large"],
      ]).toContainEqual(outcome);
      if (response.status === 200) expect((await dataOf(store, cookie)).note).toBe(value);
    }
  },
);

test.each(CONSISTENT)(
  "4.3 %s: a session that parallel requests made too large can still show a message and be changed",
  async (kind) => {
    const store = open(kind);
    const { cookie } = await request(store, "", (session) => {
      session.set("theme", "dark");
      session.flash("success", "Saved");
    });
    const sessions: AnySession[] = [];
    for (let index = 0; index < 2; index++) {
      sessions.push(new SuperflareSession(await store.storage.getSession(cookie)));
    }
    for (const [index, session] of sessions.entries()) {
      session.set(`part${index}`, "x".repeat(600_000));
      await store.storage.commitSession(session.getSession());
    }
    const shown = await request(store, cookie, (session) => page(String(session.getFlash("success"))), {
      method: "GET",
    });
    const again = await request(store, cookie, (session) => page(String(session.getFlash("success"))), {
      method: "GET",
    });
    expect([await shown.response.text(), await again.response.text()]).toEqual(["Saved", "undefined"]);
  },
);
