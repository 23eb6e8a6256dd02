import { base64url, decodeProtectedHeader } from "jose";
import { expect, test } from "vitest";
import type { SessionConfig } from "~/lib/session";
import { Keyring, seal } from "~/lib/session/cookie/seal";
import type { SessionEvent } from "~/lib/session/log";
import { DAY, open, SECRET, stored } from "./harness";

const createStore = (overrides: Partial<SessionConfig> = {}) => open("cookie", { secrets: [SECRET], ...overrides });
type CookieStore = ReturnType<typeof createStore>;

const valueIn = (pair: string) => pair.slice(pair.indexOf("=") + 1);

test("1.5 it is a plain Remix SessionStorage: what was committed is read back", async () => {
  const store = createStore();
  const session = await store.storage.getSession(
    await stored(store, { theme: "dark", cart: { items: [1, "zwölf", null] } }),
  );
  expect(session.data).toEqual({ theme: "dark", cart: { items: [1, "zwölf", null] } });
  expect(session.id).toMatch(/^[\w-]{22}$/);
});

test("1.5 a flash travels and is used up by reading, as in every Remix storage", async () => {
  const { storage } = createStore();
  const session = await storage.getSession();
  session.flash("success", "Saved");
  const next = await storage.getSession(await storage.commitSession(session));
  expect([next.get("success"), next.get("success")]).toEqual(["Saved", undefined]);
});

test("1.5 a destroyed session, and one in which nothing is left, have their cookie removed", async () => {
  const store = createStore();
  const session = await store.storage.getSession(await stored(store, { theme: "dark" }));
  expect(await store.storage.destroySession(session)).toBe(
    "__Host-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure",
  );
  session.unset("theme");
  expect(await store.storage.commitSession(session)).toContain("Max-Age=0");
});

test("6.5 the cookie is bound to the host, and closed to scripts and to other sites", async () => {
  const { storage } = createStore();
  const session = await storage.getSession();
  session.set("theme", "dark");
  expect(await storage.commitSession(session)).toMatch(
    /^__Host-session=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
});

test("what the session holds cannot be read from the cookie, and its header names nothing but key and purpose", async () => {
  const pair = await stored(createStore(), { email: "ada@example.com" });
  const header = decodeProtectedHeader(valueIn(pair));
  expect(Object.keys(header).sort()).toEqual(["alg", "enc", "kid", "typ"]);
  expect(header).toMatchObject({ alg: "dir", enc: "A256GCM", typ: "cookie __Host-session" });
  for (const part of valueIn(pair).split(".")) {
    expect(new TextDecoder().decode(base64url.decode(part))).not.toContain("ada@");
  }
});

test("4.1 without a cookie, or with those of others, it is an anonymous session and nothing is logged", async () => {
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
  [
    "malformed",
    () => seal("no session", Math.floor(Date.now() / 1000), new Keyring("cookie __Host-session", [SECRET], DAY)),
  ],
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
  ["wrong-purpose", () => seal("{}", Math.floor(Date.now() / 1000), new Keyring("password reset", [SECRET], DAY))],
])("4.1 a cookie that is %s is an anonymous session, and the log says so", async (reason, make) => {
  const store = createStore();
  const good = valueIn(await stored(store, { theme: "dark", user: "u1", note: "x".repeat(100) }));
  const session = await store.storage.getSession(`__Host-session=${await make(store, good)}`);
  expect([session.id, session.data]).toEqual(["", {}]);
  expect(store.problems).toEqual([reason]);
});

/** The tag's 22 characters carry 128 of 132 bits: the last character can be changed without changing a byte. */
function lastBitFlipped(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return alphabet[alphabet.indexOf(token.at(-1) as string) ^ 1] as string;
}

test("4.1 of several cookies of the name the first readable one counts", async () => {
  const store = createStore();
  const [first, second] = [await stored(store, { n: 1 }), await stored(store, { n: 2 })];
  const session = await store.storage.getSession(`__Host-session=stray; a=b; ${first}; ${second}`);
  expect(session.data).toEqual({ n: 1 });
  expect(store.problems).toEqual([]);
});

test("4.1 if none of several cookies can be read, the log has one line, which says why of the first", async () => {
  const store = createStore();
  const tampered = `${(await stored(store, { n: 1 })).slice(0, -4)}AAAA`;
  await store.storage.getSession(`${tampered}; __Host-session=stray`);
  expect(store.problems).toEqual(["tampered"]);
});

test("4.2 a value that reached the session some other way is refused, by name", async () => {
  const { storage } = createStore();
  const session = await storage.getSession();
  session.set("cart", { added: new Date(0) });
  await expect(storage.commitSession(session)).rejects.toThrow(/cart\.added: it is a Date/);
});

test("4.3 the limit is 4096 bytes of the real line, and the error says by how much and which keys are largest", async () => {
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

test("2.6 a session that is used is renewed once a day, and ends 30 days after that", async () => {
  const store = createStore();
  const pair = await stored(store, { theme: "dark" });
  store.clock.now += 30 * DAY - 1;
  expect((await store.storage.getSession(pair)).data).toEqual({ theme: "dark" });
  store.clock.now += 1;
  expect((await store.storage.getSession(pair)).data).toEqual({});
  expect(store.problems).toEqual(["expired"]);
});

test("2.6 the absolute limit holds however often the session is renewed, and the cookie's Max-Age respects it", async () => {
  const store = createStore({ absoluteTimeout: 40 * DAY });
  const first = await stored(store, { theme: "dark" });
  store.clock.now += 29 * DAY;
  const line = await store.storage.commitSession(await store.storage.getSession(first));
  expect(line).toContain(`Max-Age=${11 * DAY};`);
  store.clock.now += 11 * DAY;
  expect((await store.storage.getSession(line)).data).toEqual({});
  expect(store.problems).toEqual(["expired"]);
});

test("2.6 a limit that was shortened holds for cookies from before it", async () => {
  const pair = await stored(createStore(), { theme: "dark" });
  const strict = createStore({ idleTimeout: 3600 });
  strict.clock.now += 3600;
  expect((await strict.storage.getSession(pair)).data).toEqual({});
});

test("6.3 a session keeps the id it was given, 128 random bits", async () => {
  const store = createStore();
  const first = await store.storage.getSession(await stored(store, { a: 1 }));
  const again = await store.storage.getSession(await store.storage.commitSession(first));
  const other = await store.storage.getSession(await stored(store, { a: 1 }));
  expect(again.id).toBe(first.id);
  expect(other.id).not.toBe(first.id);
});

test("6.4 cookies of an older secret are read, and written with the newest", async () => {
  const newest = "the newest secret, which is long enough";
  const before = await stored(createStore(), { theme: "dark" });
  const rotated = createStore({ secrets: [newest, SECRET] });
  const session = await rotated.storage.getSession(before);
  expect(session.data).toEqual({ theme: "dark" });
  const after = await rotated.storage.commitSession(session);
  expect((await createStore({ secrets: [newest] }).storage.getSession(after)).data).toEqual({ theme: "dark" });
});
