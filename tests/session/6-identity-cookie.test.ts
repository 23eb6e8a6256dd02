/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Ids, keys and the cookie's attributes (rules 6.3 to 6.5). 6-identity-tokens.test.ts has the encryption. */

import { base64url, decodeProtectedHeader } from "jose";
import { beforeAll, expect, test } from "vitest";
import type { SessionConfig } from "~/lib/session";
import { nameForLog } from "~/lib/session/log";
import {
  ALL,
  createVisitor,
  dataOf,
  migrate,
  open,
  page,
  pairOf,
  SECRET,
  stored,
  WITH_RECORDS,
  watchContents,
} from "./harness";

beforeAll(migrate);

const createStore = (overrides: Partial<SessionConfig> = {}) => open("cookie", { secrets: [SECRET], ...overrides });

const valueIn = (pair: string) => pair.slice(pair.indexOf("=") + 1);

test.each(WITH_RECORDS)(
  "6.3 %s: an id whose record is gone is not reused: a write starts a new session",
  async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { user: "ada" });
    const { id } = await store.storage.getSession(cookie);
    await store.storage.destroySession(await store.storage.getSession(cookie));

    const session = await store.storage.getSession(cookie);
    expect(session.id).toBe("");
    session.set("theme", "dark");
    const next = await store.storage.getSession(pairOf(await store.storage.commitSession(session)));
    expect(next.data).toEqual({ theme: "dark" });
    expect(next.id).not.toBe(id);
    expect(await dataOf(store, cookie)).toEqual({});
  },
);

test.each(WITH_RECORDS)("6.3 %s: the store holds a hash of the id, never the id", async (kind) => {
  const store = open(kind);
  const contents = await watchContents(kind);
  const { id } = await store.storage.getSession(await stored(store, { user: "ada" }));
  const everything = JSON.stringify(await contents());
  expect(id).toMatch(/^[\w-]{22}$/);
  expect(everything).toContain("ada");
  expect(everything).not.toContain(id);
});

test("6.3 a session keeps its id, 128 random bits", async () => {
  const store = createStore();
  const first = await store.storage.getSession(await stored(store, { a: 1 }));
  const again = await store.storage.getSession(await store.storage.commitSession(first));
  const other = await store.storage.getSession(await stored(store, { a: 1 }));
  expect(again.id).toBe(first.id);
  expect(other.id).not.toBe(first.id);
});

test("6.3 a session has one name in the log, which differs from others and needs the secret", async () => {
  const [secret, other] = ["s".repeat(32), "o".repeat(32)];
  const name = await nameForLog("an id", secret);
  expect(name).toMatch(/^[0-9a-f]{12}$/);
  expect(await nameForLog("an id", secret)).toBe(name);
  expect(await nameForLog("another id", secret)).not.toBe(name);
  expect(await nameForLog("an id", other)).not.toBe(name);
});

test.each(ALL)("6.4 %s: an old secret still opens cookies, and the next commit uses the newest", async (kind) => {
  const [old, fresh] = ["o".repeat(32), "n".repeat(32)];
  const cookie = await stored(open(kind, { secrets: [old] }), { theme: "dark" });
  const both = open(kind, { secrets: [fresh, old] });
  const renewed = pairOf(await both.storage.commitSession(await both.storage.getSession(cookie)));
  expect(await dataOf(open(kind, { secrets: [fresh] }), renewed)).toEqual({ theme: "dark" });
  expect(await dataOf(open(kind, { secrets: [fresh] }), cookie)).toEqual({});
});

test.each(ALL)("6.4 %s: a cookie of another kind of store does not open", async (kind) => {
  const cookie = await stored(open(kind === "cookie" ? "kv" : "cookie"), { user: "ada" });
  const store = open(kind);
  expect([await dataOf(store, cookie), store.events]).toEqual([{}, ["wrong-purpose"]]);
});

test("6.4 a cookie of an older secret is reissued with the newest when it is read", async () => {
  const { visit, jar } = createVisitor();
  await visit((session) => session.set("theme", "dark"));
  const rotated = createVisitor({ secrets: ["the newest secret, which is long enough", SECRET] });
  for (const [name, value] of jar) rotated.jar.set(name, value);
  expect((await rotated.visit((session) => page(session.get("theme")))).headers.getSetCookie()).toHaveLength(1);
  expect((await rotated.visit((session) => page(session.get("theme")))).headers.getSetCookie()).toHaveLength(0);
});

test("6.4 nothing can be read from the cookie, and its header names only the key and the purpose", async () => {
  const pair = await stored(createStore(), { email: "ada@example.com" });
  const header = decodeProtectedHeader(valueIn(pair));
  expect(Object.keys(header).sort()).toEqual(["alg", "enc", "kid", "typ"]);
  expect(header).toMatchObject({ alg: "dir", enc: "A256GCM", typ: "cookie __Host-session" });
  for (const part of valueIn(pair).split(".")) {
    expect(new TextDecoder().decode(base64url.decode(part))).not.toContain("ada@");
  }
});

test("6.4 with the fallback for Node 20, a token also has one spelling", async () => {
  const bytes = Uint8Array as unknown as { fromBase64?: unknown };
  const native = bytes.fromBase64;
  const store = open("cookie");
  const cookie = await stored(store, { a: 1 });
  try {
    bytes.fromBase64 = undefined;
    expect(await dataOf(store, cookie)).toEqual({ a: 1 });
    for (const more of ["=", "==", "A", " ", "\t"])
      expect(await dataOf(store, `${cookie}${more}x`.slice(0, -1) + (more.trim() ? "" : "."))).toEqual({});
  } finally {
    bytes.fromBase64 = native;
  }
});

test.each(ALL)("6.5 %s: the cookie is host-bound, Secure, HttpOnly, and has a Max-Age", async (kind) => {
  const session = await open(kind).storage.getSession();
  session.set("theme", "dark");
  expect(await open(kind).storage.commitSession(session)).toMatch(
    /^__Host-session=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
});
