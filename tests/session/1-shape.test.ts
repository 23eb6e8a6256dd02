/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** The shape of the wrapper, its types and its settings (rules 1.1 to 1.4). */

import {
  createCookieSessionStorage,
  createMemorySessionStorage,
  createSession as createRemixSession,
  createWorkersKVSessionStorage,
} from "@remix-run/cloudflare";
import { beforeAll, expect, expectTypeOf, test } from "vitest";
import {
  type CommitReport,
  ConfigError,
  createSession,
  getConfig,
  handleFetch,
  SuperflareSession,
} from "~/lib/session";
import { type StoreEnv, storeOf } from "~/lib/session/stores";
import { adaptStorage } from "~/lib/session-extras/foreign-storage";
import {
  type Act,
  type AnySession,
  type Data,
  env,
  type Flash,
  migrate,
  open,
  openForeign,
  page,
  pairOf,
  request,
  requestForeign,
  SECRET,
  wrap,
} from "./harness";

beforeAll(migrate);

const read = (env: Parameters<typeof getConfig>[0]["env"], url?: string) =>
  getConfig({ request: new Request(url ?? "https://example.com/"), env });

const remixCookie = { name: "__Host-session", secure: true, secrets: ["not a secret"] };

test("1.1 it wraps a session of any Remix storage", async () => {
  for (const storage of [createCookieSessionStorage({ cookie: { secrets: ["s"] } }), createMemorySessionStorage()]) {
    const session = new SuperflareSession(await storage.getSession());
    session.set("theme", "dark");
    session.flash("success", "Saved");
    const line = await storage.commitSession(session.getSession());
    const next = new SuperflareSession(await storage.getSession(line));
    expect([next.get("theme"), next.getFlash("success")]).toEqual(["dark", "Saved"]);
  }
});

test("1.1 it wraps another package's session that keeps its data elsewhere", () => {
  const kept = new Map<string, unknown>([["theme", "dark"]]);
  const session = new SuperflareSession<Data, Flash>({
    id: "theirs",
    get data() {
      return Object.fromEntries(kept);
    },
    has: (name: string) => kept.has(name),
    get: (name: string) => kept.get(name) as never,
    set: (name: string, value: unknown) => void kept.set(name, value),
    unset: (name: string) => void kept.delete(name),
    flash: () => expect.unreachable("its own flash may be kept anywhere"),
  });
  session.flash("success", "Saved");
  expect([session.id, session.get("theme"), session.getFlash("success")]).toEqual(["theirs", "dark", "Saved"]);
});

test("1.1 the wrapper infers its types from the session of any package", () => {
  const wrapped = {
    remix: new SuperflareSession(createRemixSession<Data, Flash>()),
    own: new SuperflareSession(createSession<Data, Flash>()),
    told: new SuperflareSession<Data, Flash>(createRemixSession()),
  };
  for (const session of Object.values(wrapped)) {
    expectTypeOf(session.get("n")).toEqualTypeOf<number | undefined>();
    expectTypeOf(session.getFlash("success")).toEqualTypeOf<string | undefined>();
    // @ts-expect-error not a value
    session.set("success", "x");
    // @ts-expect-error not a flash
    session.getFlash("n");
  }
  expectTypeOf(wrapped.remix).toExtend<SuperflareSession<Data, Flash>>();
  const untyped = new SuperflareSession(createRemixSession());
  untyped.set("anything", 1);
  expect(untyped.get("anything")).toBe(1);
});

test.each([
  ["sign-in", (session: AnySession) => session.regenerate()],
  ["sign-out", (session: AnySession) => session.destroy()],
])(
  "1.1 4.6 a %s without a session works with Remix's KV storage, which cannot destroy one without an id",
  async (_, end) => {
    const kv = env.SESSION_KV as unknown as Parameters<typeof createWorkersKVSessionStorage>[0]["kv"];
    const storage = createWorkersKVSessionStorage({ cookie: remixCookie, kv });
    const { config, details } = open("cookie");
    const { report, line } = await request(
      { config, storage: adaptStorage(storage, { cookie: remixCookie.name }) },
      "",
      (session) => {
        end(session);
        session.set("user", "ada");
      },
    );
    expect([report?.result, details]).toEqual(["stored", []]);
    expect((await storage.getSession(pairOf(line))).data).toEqual({ user: "ada" });
  },
);

test("1.2 6.1 the id is empty once the session is about to get another", () => {
  for (const end of ["regenerate", "destroy"] as const) {
    const session = new SuperflareSession(createRemixSession({ n: 1 }, "an id"));
    expect(session.id).toBe("an id");
    session[end]();
    expect(session.id).toBe("");
  }
});

test("1.2 a misspelt key or a value of the wrong type does not compile", () => {
  const session = wrap();
  // @ts-expect-error misspelt
  session.get("them");
  // @ts-expect-error not one of the values
  session.set("theme", "blue");
  // @ts-expect-error not a flash
  session.flash("n", 1);
  // @ts-expect-error a value, not a flash
  session.getFlash("profile");
  expectTypeOf(session.get("theme")).toEqualTypeOf<"light" | "dark" | string | undefined>();
  expectTypeOf(session.get("n")).toEqualTypeOf<number | undefined>();
  expectTypeOf(session.getFlash("success")).toEqualTypeOf<string | undefined>();
  expectTypeOf(session.data.profile?.roles).toEqualTypeOf<string[] | undefined>();
});

test("1.3 getConfig carries the request and ctx, and needs only a secret", () => {
  const given = new Request("https://example.com/");
  const ctx = { waitUntil: () => {} };
  expect(getConfig({ request: given, env: { SESSION_SECRET: SECRET }, ctx }).ctx).toBe(ctx);
  const config = getConfig({ request: given, env: { SESSION_SECRET: SECRET } });
  expect(config.request).toBe(given);
  expect(config.secrets).toEqual([SECRET]);
});

test.each([
  [undefined, /SESSION_SECRET is missing.*wrangler secret put SESSION_SECRET`, with the same --env/],
  ["", /missing/],
  ["  ", /missing/],
  ["x".repeat(31), /has 31 characters; at least 32/],
  ["replace-me-with-32-or-more-random-characters", /sample/],
  [`${SECRET},short`, /SESSION_SECRET number 2 has 5 characters/],
  [`${SECRET},`, /number 2 has 0 characters/],
])("1.3 a secret that is %o is refused with a sentence that says what to do", (secret, message) => {
  expect(() => read({ SESSION_SECRET: secret })).toThrow(ConfigError);
  expect(() => read({ SESSION_SECRET: secret })).toThrow(message);
});

test("1.3 1.6 a short secret's error mentions that a former storage keeps its own", () => {
  const message = /at least 32 are needed\. Make one with .*\. A former storage keeps its own: see `adopt`\./;
  expect(() => read({ SESSION_SECRET: "s3cret" })).toThrow(message);
});

test("1.3 an error never repeats the secret", () => {
  const secret = "hunter2hunter2";
  expect(() => read({ SESSION_SECRET: secret })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(secret) }),
  );
});

test("1.3 6.4 several secrets are comma-separated, newest first", () => {
  const newest = "another secret, which has a comma".replace(",", "");
  expect(read({ SESSION_SECRET: `${newest} , ${SECRET}` }).secrets).toEqual([newest, SECRET]);
});

test("1.3 6.5 the cookie is __Host- and Secure, except over http on this machine", () => {
  const guarded = { name: "__Host-session", secure: true };
  const local = { name: "session", secure: false };
  const env = { SESSION_SECRET: SECRET };
  for (const url of [
    "https://example.com/",
    "https://localhost/",
    "http://example.com/",
    "http://localhost.example.com/",
    "http://127.0.0.1.example.com/",
    "http://example.com/?.localhost/",
    "http://example.com/#.localhost/",
  ]) {
    expect(read(env, url).cookie, url).toEqual(guarded);
  }
  for (const url of [
    "http://localhost:8787/",
    "http://app.localhost/",
    "http://127.0.0.1:8787/",
    "http://[::1]:8787/",
  ]) {
    expect(read(env, url).cookie, url).toEqual(local);
  }
});

test("1.3 6.5 a URL that was not normalized does not count as this machine", () => {
  for (const url of ["http://example.com?.localhost/", "http://example.com#.localhost/"]) {
    const request = { url } as Request;
    expect(getConfig({ request, env: { SESSION_SECRET: SECRET } }).cookie.name, url).toBe("__Host-session");
  }
});

test("1.3 2.6 the timeouts are settings in seconds, and anything else is refused", () => {
  expect(read({ SESSION_SECRET: SECRET })).toMatchObject({ idleTimeout: 2_592_000, absoluteTimeout: 7_776_000 });
  const env = { SESSION_SECRET: SECRET, SESSION_IDLE_TIMEOUT: "1800", SESSION_ABSOLUTE_TIMEOUT: "43200" };
  expect(read(env)).toMatchObject({ idleTimeout: 1800, absoluteTimeout: 43_200 });
  expect(read({ ...env, SESSION_IDLE_TIMEOUT: "60" }).idleTimeout).toBe(60);
  for (const wrong of ["30d", "-1", "1.5", "59"]) {
    expect(() => read({ ...env, SESSION_IDLE_TIMEOUT: wrong })).toThrow(
      /SESSION_IDLE_TIMEOUT is ".*"; it takes a whole number/,
    );
  }
});

test("1.3 8.1 one setting chooses the store and brings its binding along", () => {
  const binding = {} as never;
  expect(storeOf(read({ SESSION_SECRET: SECRET }))).toEqual({ kind: "cookie" });
  for (const [kind, name] of [
    ["kv", "SESSION_KV"],
    ["d1", "SESSION_DB"],
    ["durable-object", "SESSION_OBJECT"],
  ] as const) {
    const env = { SESSION_SECRET: SECRET, SESSION_STORE: kind };
    expect(storeOf(read({ ...env, [name]: binding } as StoreEnv))).toMatchObject({ kind, binding });
    expect(() => storeOf(read(env))).toThrow(
      new ConfigError(`SESSION_STORE is "${kind}", but wrangler.toml has no binding ${name} for it.`),
    );
  }
  expect(() => storeOf(read({ SESSION_SECRET: SECRET, SESSION_STORE: "redis" } as StoreEnv))).toThrow(
    /takes cookie, kv, d1 or durable-object/,
  );
});

test("1.3 8.4 D1's replicas are off unless the setting is on, and any other value is refused", () => {
  const env = { SESSION_SECRET: SECRET, SESSION_STORE: "d1", SESSION_DB: {} as never };
  expect(storeOf(read(env))).toMatchObject({ hasReplicas: false });
  expect(storeOf(read({ ...env, SESSION_D1_REPLICAS: "off" } as StoreEnv))).toMatchObject({ hasReplicas: false });
  expect(storeOf(read({ ...env, SESSION_D1_REPLICAS: "on" } as StoreEnv))).toMatchObject({ hasReplicas: true });
  expect(() => storeOf(read({ ...env, SESSION_D1_REPLICAS: "true" } as StoreEnv))).toThrow(
    new ConfigError('SESSION_D1_REPLICAS is "true"; it takes on or off.'),
  );
});

test("1.3 handleFetch works with { config, session, getSessionCookie } alone, over any Remix storage", async () => {
  for (const storage of [createCookieSessionStorage({ cookie: { secrets: ["s"] } }), createMemorySessionStorage()]) {
    const config = getConfig({ request: new Request("https://example.com/"), env: { SESSION_SECRET: SECRET } });
    const session = new SuperflareSession(await storage.getSession());
    const response = await handleFetch(
      { config, session, getSessionCookie: () => storage.commitSession(session.getSession()) },
      () => {
        session.set("theme", "dark");
        return page();
      },
    );
    const next = await storage.getSession(response.headers.get("Set-Cookie"));
    expect(next.get("theme")).toBe("dark");
  }
});

test("1.3 P1 without the adapter, regenerate and destroy throw, since they would end nothing", async () => {
  for (const act of [(session: AnySession) => session.regenerate(), (session: AnySession) => session.destroy()]) {
    await expect(requestForeign(act, {}, openForeign())).rejects.toThrow(/`adaptStorage`/);
  }
});

test("1.3 report gets the response that is really sent: delivered, not saved or refused", async () => {
  const reported: { result: CommitReport["result"]; response: Response }[] = [];
  const store = open("cookie");
  const send = async (act: Act, options = {}) => {
    const report = ({ result }: CommitReport, response: Response) => void reported.push({ result, response });
    return (await request(store, "", act, { report, ...options })).response;
  };
  const sent = [
    await send(() => page()),
    await send((session) => {
      session.set("theme", "dark");
      return Response.redirect("https://example.com/next", 303);
    }),
    await send((session) => session.set("essay", "x".repeat(5000)), { notSaved: () => page("Not saved") }),
    await send(() => page(), { init: { headers: { "Sec-Fetch-Site": "cross-site" } } }),
  ];
  expect(reported.map(({ result }) => result)).toEqual(["nothing", "stored", "failed", "refused"]);
  expect(sent.map(({ status }) => status)).toEqual([200, 303, 500, 403]);
  for (const [index, { response }] of reported.entries()) expect(response).toBe(sent[index]);
});

test("1.2 4.2 what JSON would lose, and a value that might be of another key, do not compile", () => {
  interface Stored {
    at: Date;
    tags: Set<string>;
    size: bigint;
    theme: "light" | "dark";
    n: number;
    cart: { items: { id: string; note?: string }[] };
    deep: { on: Map<string, string> };
    home: URL;
    trip: { at?: Date };
    seats: [Date?];
    user: { id: number };
  }
  const session = new SuperflareSession<Stored>(createSession());
  const calls = (key: "theme" | "n") => [
    // @ts-expect-error A Date comes back as a text.
    () => session.set("at", new Date()),
    // @ts-expect-error
    () => session.set("tags", new Set()),
    // @ts-expect-error
    () => session.set("size", 1n),
    // @ts-expect-error
    () => session.set("deep", { on: new Map() }),
    // @ts-expect-error
    () => session.set("home", new URL("https://example.com")),
    // @ts-expect-error What may be left out is looked at too.
    () => session.set("trip", { at: new Date() }),
    // @ts-expect-error
    () => session.set("seats", [new Date()]),
    // @ts-expect-error A user is a text or a number (8.8).
    () => session.set("user", { id: 1 }),
    // @ts-expect-error
    () => session.set("theme", undefined),
    // @ts-expect-error A union of keys: the value may be of the other one.
    () => session.set(key, "dark"),
    () => session.set("cart", { items: [{ id: "a" }] }),
    () => session.set("trip", {}),
  ];
  expect(calls("n")).not.toEqual([]);
});
