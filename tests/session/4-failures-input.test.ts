/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Cookies that do not open, and values that cannot be stored (rules 4.1 to 4.3). */
import { createMemorySessionStorage } from "@remix-run/cloudflare";
import fc from "fast-check";
import { SignJWT } from "jose";
import { beforeAll, expect, test, vi } from "vitest";
import {
  getConfig,
  handleFetch,
  type SessionConfig,
  SessionError,
  type SessionEvent,
  SuperflareSession,
} from "~/lib/session";
import { encode } from "~/lib/session/cookie/base64url";
import { seal } from "~/lib/session/cookie/seal";
import { consoleLog } from "~/lib/session/log";
import { createSessionStorage } from "~/lib/session/stores";
import {
  type Act,
  ALL,
  type AnySession,
  CONSISTENT,
  createVisitor,
  DAY,
  dataOf,
  interposed,
  migrate,
  objectsThat,
  open,
  page,
  redirect,
  request,
  SECRET,
  stored,
  WITH_RECORDS,
  watchedStore,
  wrap,
} from "./harness";

beforeAll(migrate);

const NAME = "__Host-session";

const problems = ["malformed", "tampered", "unknown-key", "expired", "wrong-purpose"];

/** Sends this Cookie header, and returns what the app sees and what the log says. */
async function visitWith(header: string, secret = SECRET) {
  const events: SessionEvent[] = [];
  const config = {
    ...getConfig({ request: new Request("https://example.com/"), env: { SESSION_SECRET: secret } }),
    log: (event: SessionEvent) => void events.push(event),
  };
  const storage = createSessionStorage<{ user?: string }>(config);
  const session = new SuperflareSession(await storage.getSession(header));
  const response = await handleFetch(
    { config, session, getSessionCookie: () => storage.commitSession(session.getSession()) },
    () => new Response(`${session.id} ${session.get("user")}`),
  );
  return { status: response.status, cookies: response.headers.getSetCookie(), text: await response.text(), events };
}

const now = Math.floor(Date.now() / 1000);

const textOf = (renewedAt: number) => `["id",${renewedAt},${renewedAt}]\n{"user":"ada"}`;

const sealed = (text: string, { secret = SECRET, purpose = `cookie ${NAME}` } = {}) => seal(text, purpose, [secret]);

const good = await sealed(textOf(now));

const foreign = {
  jwt: await new SignJWT({ user: "ada" }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET)),
  otherSecret: await sealed(textOf(now), { secret: "another secret, just as long as that" }),
  otherPurpose: await sealed(textOf(now), { purpose: "cookie invitation" }),
  otherShape: await sealed('{"user":"ada"}'),
  expired: await sealed(textOf(now - 31 * DAY)),
  longExpired: await sealed(textOf(now - 365 * DAY)),
};

/** Broken values of the cookie, with the reasons that the log may give. */
const broken = fc.oneof(
  fc.string({ unit: "binary" }).map((value) => ({ value, reasons: problems })),
  fc
    .string({ unit: fc.constantFrom(...'eyJ.-_=%;", ABab01'), maxLength: 300 })
    .map((value) => ({ value, reasons: problems })),
  fc
    .constantFrom("%", "%E0%A4%A", "%00", '"', "null", "{}", "....", "undefined")
    .map((value) => ({ value, reasons: ["malformed"] })),
  fc.constant({ value: foreign.jwt, reasons: ["malformed"] }),
  fc.constant({ value: foreign.otherShape, reasons: ["malformed"] }),
  fc.constant({ value: foreign.otherSecret, reasons: ["unknown-key"] }),
  fc.constant({ value: foreign.otherPurpose, reasons: ["wrong-purpose"] }),
  fc.constant({ value: foreign.expired, reasons: ["expired"] }),
  fc.constant({ value: foreign.longExpired, reasons: ["expired"] }),
  fc.nat({ max: 100_000 }).map((length) => ({ value: good + "A".repeat(4096 + length), reasons: ["malformed"] })),
  // The token is cut anywhere. Without its last part it is no token, and within that its tag is too short or wrong.
  fc
    .integer({ min: 0, max: good.length - 1 })
    .map((end) => ({ value: good.slice(0, end), reasons: ["malformed", "tampered"] })),
  fc.record({ at: fc.nat({ max: good.length - 1 }), bit: fc.nat({ max: 6 }) }).map(({ at, bit }) => {
    const flipped = String.fromCharCode(good.charCodeAt(at) ^ (1 << bit));
    const isInHeader = at < good.indexOf(".");
    return {
      value: good.slice(0, at) + flipped + good.slice(at + 1),
      reasons: isInHeader
        ? ["malformed", "tampered", "unknown-key", "wrong-purpose", "expired"]
        : ["malformed", "tampered"],
    };
  }),
);

/** Other cookies and garbage that may stand around it. */
const noise = fc.constantFrom(
  "",
  "theme=dark; ",
  "; ;=; ",
  `x${NAME}=${good}; `,
  `${NAME}x=${good}; `,
  "=;",
  "a=%; ",
  `${NAME}; `,
);

const _garbage = { values: { theme: "{" }, data: "<html>", key: "k", created_at: 1, renewed_at: 1, expires_at: 9e9 };

const named = { session: expect.stringMatching(/^[0-9a-f]{12}$/) };

const createStore = (overrides: Partial<SessionConfig> = {}) => open("cookie", { secrets: [SECRET], ...overrides });

type CookieStore = ReturnType<typeof createStore>;

const valueIn = (pair: string) => pair.slice(pair.indexOf("=") + 1);

/** Changes the last character without changing a byte: the tag's 22 characters carry only 128 of 132 bits. */
function lastBitFlipped(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return alphabet[alphabet.indexOf(token.at(-1) as string) ^ 1] as string;
}

test("4.1 none of 5,000 broken cookie headers causes an error or opens a session, and the log says why", async () => {
  const property = fc.asyncProperty(broken, noise, noise, async ({ value, reasons }, before, after) => {
    const { status, cookies, text, events } = await visitWith(`${before}${NAME}=${value}; ${after}`);
    expect([status, cookies, text]).toEqual([200, [], " undefined"]);
    expect(events).toHaveLength(1);
    expect(reasons).toContain(events[0]);
  });
  await fc.assert(property, { numRuns: 5000 });
});

test("4.1 a token has one spelling: with padding or spaces, which decoders forgive, it does not open", async () => {
  const parts = good.split(".");
  const respelt = parts.flatMap((part, index) =>
    part
      ? [`${part}==`, `${part}=`, `${part.slice(0, 4)}    ${part.slice(4)}`, `${part}\t`].map((other) =>
          parts.with(index, other).join("."),
        )
      : [],
  );
  for (const value of respelt) {
    const { text, events } = await visitWith(`a=b; ${NAME}=${value}; c=d`);
    // Spaces around a value in the header are no part of it.
    const isTrimmed = value.trim() === good;
    expect([value, text, events]).toEqual([
      value,
      isTrimmed ? "id ada" : " undefined",
      isTrimmed ? [] : [expect.any(String)],
    ]);
  }
});

test("4.1 a token whose parts are divided elsewhere does not open", async () => {
  const [text = "", tag = ""] = good.split(".").slice(3);
  const toBytes = (part: string) =>
    [...atob(part.replaceAll("-", "+").replaceAll("_", "/"))].map((c) => c.charCodeAt(0));
  const [texts, tags] = [toBytes(text), toBytes(tag)];
  const divided = [
    [texts.slice(0, -1), [...texts.slice(-1), ...tags]],
    [[...texts, ...tags.slice(0, 1)], tags.slice(1)],
  ].map((parts) => [...good.split(".").slice(0, 3), ...parts.map((part) => encode(new Uint8Array(part)))].join("."));
  for (const value of divided) {
    const { text: seen, events } = await visitWith(`${NAME}=${value}`);
    expect([seen, events]).toEqual([" undefined", ["tampered"]]);
  }
});

test("4.1 among broken cookies of the same name the good one is still found", async () => {
  const withoutSeparator = broken.filter(({ value }) => !value.includes(";"));
  const property = fc.asyncProperty(fc.array(withoutSeparator, { maxLength: 5 }), noise, async (others, before) => {
    const header = [...others.map(({ value }) => value), good].map((value) => `${NAME}=${value}`).join("; ");
    const { status, text, events } = await visitWith(before + header);
    expect([status, text, events]).toEqual([200, "id ada", []]);
  });
  await fc.assert(property, { numRuns: 500 });
});

test.each(ALL)("4.1 %s: a cookie that does not open causes no access, and the log says why", async (kind) => {
  const good = await stored(open(kind), { theme: "dark" });
  const { storage, events, accesses } = watchedStore(kind);
  for (const value of ["%00", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", `${good.split("=")[1]?.slice(0, -4)}AAAA`]) {
    expect((await storage.getSession(`__Host-session=${value}`)).data).toEqual({});
  }
  expect([events, accesses()]).toEqual([["malformed", "malformed", "tampered"], []]);
});

test("4.1 each event of a session's life is one log line, with a name that is neither its id nor its cookie", async () => {
  const { visit, lines, clock, jar } = createVisitor();
  await visit((session) => session.set("user", "ada"));
  clock.now += DAY;
  const id = await (await visit((session) => page(session.id))).text();
  const cookie = jar.get("__Host-session") as string;
  await visit((session) => session.destroy());
  expect(lines).toEqual(["created", "renewed", "destroyed"].map((event) => ({ event, details: named })));
  expect(new Set(lines.map(({ details }) => details?.session)).size).toBe(1);
  for (const secret of [id, cookie, "ada", SECRET]) expect(JSON.stringify(lines)).not.toContain(secret);
});

test("4.1 regenerate is logged with both names; in the cookie store the old cookie still opens, so nothing was destroyed", async () => {
  const { visit, lines } = createVisitor();
  await visit((session) => session.set("user", "ada"));
  await visit((session) => session.regenerate());
  const [created, regenerated, ...more] = lines;
  expect([created?.event, regenerated?.event, more]).toEqual(["created", "regenerated", []]);
  expect(regenerated?.details).toEqual({ ...named, previous: created?.details?.session });
  expect(regenerated?.details?.session).not.toBe(created?.details?.session);
});

test("4.1 without a cookie of its name a visitor is anonymous, and nothing is logged", async () => {
  const { storage, problems } = createStore();
  for (const header of [undefined, null, "", "theme=dark", "x__Host-session=1; __Host-session2=2", ";;=;="]) {
    expect((await storage.getSession(header)).data).toEqual({});
  }
  expect(problems).toEqual([]);
});

test.each<[SessionEvent, (store: CookieStore, good: string) => string | Promise<string>]>([
  ["malformed", () => "nonsense"],
  ["malformed", () => ""],
  ["malformed", () => "%E0%A4%A"],
  ["malformed", () => "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"],
  ["malformed", () => "a.b.c.d.e"],
  ["malformed", (_, good) => good + "x".repeat(5000)],
  ["malformed", () => seal("no session", "cookie __Host-session", [SECRET])],
  ["tampered", (_, good) => good.slice(0, 200) + (good[200] === "A" ? "B" : "A") + good.slice(201)],
  ["tampered", (_, good) => good.slice(0, -1) + lastBitFlipped(good)],
  [
    "unknown-key",
    async () => valueIn(await stored(createStore({ secrets: ["another secret, just as long as it"] }), { a: 1 })),
  ],
  [
    "wrong-purpose",
    async () => valueIn(await stored(createStore({ cookie: { name: "invitation", secure: false } }), { a: 1 })),
  ],
  ["wrong-purpose", () => seal("{}", "password reset", [SECRET])],
])("4.1 a cookie that is %s is an anonymous session, and the log says so", async (reason, make) => {
  const store = createStore();
  const good = valueIn(await stored(store, { theme: "dark", user: "u1", note: "x".repeat(100) }));
  const session = await store.storage.getSession(`__Host-session=${await make(store, good)}`);
  expect([session.id, session.data]).toEqual(["", {}]);
  expect(store.problems).toEqual([reason]);
});

test("4.1 of several cookies of the name, the first readable one counts", async () => {
  const store = createStore();
  const [first, second] = [await stored(store, { n: 1 }), await stored(store, { n: 2 })];
  const session = await store.storage.getSession(`__Host-session=stray; a=b; ${first}; ${second}`);
  expect(session.data).toEqual({ n: 1 });
  expect(store.problems).toEqual([]);
});

test("4.1 if none of several cookies can be read, the log has one line with the first one's reason", async () => {
  const store = createStore();
  const tampered = `${(await stored(store, { n: 1 })).slice(0, -4)}AAAA`;
  await store.storage.getSession(`${tampered}; __Host-session=stray`);
  expect(store.problems).toEqual(["tampered"]);
});

test("4.1 no log line quotes a store's answer that could not be parsed", async () => {
  const store = open(
    "durable-object",
    {},
    { SESSION_OBJECT: objectsThat(async () => new Response("ada@example.com")) },
  );
  await store.storage.getSession(await stored(open("durable-object"), { theme: "dark" }));
  expect([store.events, JSON.stringify(store.details)]).toEqual([["store-error"], expect.not.stringContaining("ada")]);
});

test.each(WITH_RECORDS)("4.1 %s: of a store's error, the log quotes only what holds no data", async (kind) => {
  const cookie = await stored(open(kind), { theme: "dark" });
  const reasons = [];
  for (const message of [
    'near "hunter2": constraint failed',
    "no such table: session: hunter2",
    "PUT failed: 429 hunter2",
  ]) {
    const store = open(
      kind,
      {},
      interposed(() => Promise.reject(new Error(message))),
    );
    await request(store, cookie, (session) => session.set("password", "hunter2"));
    expect(JSON.stringify(store.details)).not.toContain("hunter2");
    reasons.push((store.details[0] as { reason: string }).reason);
  }
  expect(reasons).toEqual(["Error", "no such table: session", "failed: 429"]);
});

test("4.1 no log line quotes an id from a database's error", async () => {
  const lines: string[] = [];
  const config = {
    ...getConfig({
      request: new Request("https://example.com/", { method: "POST" }),
      env: { SESSION_SECRET: SECRET },
    }),
    log: (...line: unknown[]) => void lines.push(JSON.stringify(line)),
  };
  const storage = createMemorySessionStorage();
  const session: AnySession = new SuperflareSession(await storage.getSession());
  const getSessionCookie = () =>
    Promise.reject(new Error('duplicate key value violates "session_pkey": Key (id)=(K3JhZGFzaWQ)'));
  await handleFetch({ config, session, getSessionCookie }, () => {
    session.set("theme", "dark");
    return page();
  });
  expect(lines.join()).not.toContain("K3JhZGFzaWQ");
});

test("4.1 no cookie header causes an error", async () => {
  const store = open("cookie");
  const good = (await stored(store, { a: 1 })).split("=")[1] as string;
  const alphabet = 'AZaz09-_+/=.;, "%';
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  for (let round = 0; round < 400; round++) {
    const signs = [...good];
    for (let edit = 0; edit <= random(4); edit++) signs[random(signs.length)] = alphabet[random(alphabet.length)] ?? "";
    const { data } = await store.storage.getSession(`__Host-session=${signs.join("")}`);
    if (signs.join("") !== good) expect(data).toEqual({});
  }
  for (const header of [
    '__Host-session="',
    "__Host-session",
    "=",
    ";;;",
    "__Host-session=....",
    "x__Host-session=1",
    "__Host-session=e30....",
    "__Host-session=bnVsbA....",
    "__Host-session=NQ....",
  ]) {
    expect((await store.storage.getSession(header)).data).toEqual({});
  }
});

test.each([
  ["created", "log"],
  ["renewed", "log"],
  ["destroyed", "log"],
  ["moved", "log"],
  ["expired", "warn"],
  ["tampered", "warn"],
  ["store-error", "warn"],
] as const)("4.1 the event %s is one line of JSON on console.%s", (event, level) => {
  const written = vi.spyOn(console, level).mockReturnValue();
  consoleLog(event, { session: "0123456789ab" });
  expect(written).toHaveBeenCalledOnce();
  const [line] = written.mock.calls[0] ?? [];
  expect(line).not.toContain("\n");
  expect(JSON.parse(line)).toEqual({ event: `session.${event}`, session: "0123456789ab" });
  written.mockRestore();
});

const cycle: Record<string, unknown> = {};

cycle.self = cycle;

class Money {
  constructor(readonly amount: number) {}
}

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

test("4.2 a value may be nested 100 deep, and no deeper", () => {
  const nested = (depth: number) => Array.from({ length: depth }).reduce((inner) => [inner], 0) as number;
  expect(() => wrap().set("n", nested(100))).not.toThrow();
  expect(() => wrap().set("n", nested(101))).toThrow(/nested more than 100 deep/);
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
  ["an array with one name", () => Object.assign([1, 2], { total: 3 })],
  ["an array of a class of its own", () => new (class List extends Array {})()],
])("4.2 %s does not survive JSON, so set refuses it", async (_, make) => {
  const session: AnySession = new SuperflareSession(await open("cookie").storage.getSession());
  expect(() => session.set("value", make())).toThrow(/cannot store/);
});

test.each(ALL)("4.3 %s: too large a session is refused with its largest keys", async (kind) => {
  const store = open(kind);
  const cookie = await stored(store, { theme: "dark" });
  const session = await store.storage.getSession(cookie);
  session.set("essay", "ä".repeat(500_001));
  await expect(store.storage.commitSession(session)).rejects.toMatchObject({
    code: "too-large",
    details: { excess: expect.any(Number), largestKeys: ["essay (1000004 bytes)", "theme (6 bytes)"] },
  });
  expect(await dataOf(store, cookie)).toEqual({ theme: "dark" });
});

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

test("4.3 P6 the log cuts the names of keys, which a visitor may have chosen", async () => {
  const { visit, lines } = createVisitor();
  await visit((session) => session.set("k".repeat(5_000), 1));
  expect(lines).toEqual([
    { event: "too-large", details: { excess: expect.any(Number), largestKeys: ["k".repeat(200)] } },
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

test.each(CONSISTENT)("4.3 %s: a value with any characters is stored or too-large", async (kind) => {
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
});

test.each(CONSISTENT)("4.3 %s: a session that parallel requests made too large still works", async (kind) => {
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
});
