import { expect, test } from "vitest";
import { ConfigError, getConfig } from "~/lib/session";

const SECRET = "a secret that is surely long enough";
const request = (url = "https://example.com/") => new Request(url);
const read = (env: Parameters<typeof getConfig>[0]["env"], url?: string) => getConfig({ request: request(url), env });

test("1.3 it carries the request and ctx, and needs a secret alone", () => {
  const given = request();
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
])("a secret that is %o stops the app with a sentence that says what to do", (secret, message) => {
  expect(() => read({ SESSION_SECRET: secret })).toThrow(ConfigError);
  expect(() => read({ SESSION_SECRET: secret })).toThrow(message);
});

test("1.6 a short secret that belongs to the former storage is told where to go", () => {
  const message = /at least 32 are needed\. Make one with .*\. A former storage keeps its own: see `adopt`\./;
  expect(() => read({ SESSION_SECRET: "s3cret" })).toThrow(message);
});

test("an error never repeats the secret", () => {
  const secret = "hunter2hunter2";
  expect(() => read({ SESSION_SECRET: secret })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(secret) }),
  );
});

test("6.4 several secrets are comma-separated, newest first", () => {
  const newest = "another secret, which has a comma".replace(",", "");
  expect(read({ SESSION_SECRET: `${newest} , ${SECRET}` }).secrets).toEqual([newest, SECRET]);
});

test("6.5 the cookie is __Host- and Secure but over http on this machine", () => {
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

test("6.5 a URL that was not normalised is not taken for one of this machine", () => {
  for (const url of ["http://example.com?.localhost/", "http://example.com#.localhost/", "http://a@b.localhost/"]) {
    const request = { url } as Request;
    expect(getConfig({ request, env: { SESSION_SECRET: SECRET } }).cookie.name, url).toBe("__Host-session");
  }
});

test("2.6 the limits are settings in seconds, and one that is no number is refused", () => {
  expect(read({ SESSION_SECRET: SECRET })).toMatchObject({ idleTimeout: 2_592_000, absoluteTimeout: 7_776_000 });
  const env = { SESSION_SECRET: SECRET, SESSION_IDLE_TIMEOUT: "1800", SESSION_ABSOLUTE_TIMEOUT: "43200" };
  expect(read(env)).toMatchObject({ idleTimeout: 1800, absoluteTimeout: 43_200 });
  for (const wrong of ["30d", "-1", "1.5", "59"]) {
    expect(() => read({ ...env, SESSION_IDLE_TIMEOUT: wrong })).toThrow(
      /SESSION_IDLE_TIMEOUT is ".*"; it takes a whole number/,
    );
  }
});

test("8.1 one setting chooses the store, and brings its binding along", () => {
  const binding = {} as never;
  expect(read({ SESSION_SECRET: SECRET }).store).toEqual({ kind: "cookie" });
  for (const [kind, name] of [
    ["kv", "SESSION_KV"],
    ["d1", "SESSION_DB"],
    ["durable-object", "SESSION_OBJECT"],
  ] as const) {
    const env = { SESSION_SECRET: SECRET, SESSION_STORE: kind };
    expect(read({ ...env, [name]: binding }).store).toMatchObject({ kind, binding });
    expect(() => read(env)).toThrow(
      new ConfigError(`SESSION_STORE is "${kind}", but wrangler.toml has no binding ${name} for it.`),
    );
  }
  expect(() => read({ SESSION_SECRET: SECRET, SESSION_STORE: "redis" })).toThrow(
    /takes cookie, kv, d1 or durable-object/,
  );
});

test("D1's replicas are off unless the setting says on, and what says neither is refused", () => {
  const env = { SESSION_SECRET: SECRET, SESSION_STORE: "d1", SESSION_DB: {} as never };
  expect(read(env).store).toMatchObject({ hasReplicas: false });
  expect(read({ ...env, SESSION_D1_REPLICAS: "off" }).store).toMatchObject({ hasReplicas: false });
  expect(read({ ...env, SESSION_D1_REPLICAS: "on" }).store).toMatchObject({ hasReplicas: true });
  expect(() => read({ ...env, SESSION_D1_REPLICAS: "true" })).toThrow(
    new ConfigError('SESSION_D1_REPLICAS is "true"; it takes on or off.'),
  );
});
