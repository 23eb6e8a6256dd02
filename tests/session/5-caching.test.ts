/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** No shared cache keeps a personal response (chapter 5). */
import { beforeAll, expect, test } from "vitest";
import { type Act, type AnySession, createVisitor, migrate, open, page, request, stored } from "./harness";

beforeAll(migrate);

const cached = (value: string) => new Response("", { headers: { "Cache-Control": value } });

test("5.1 a response that reads the session is private, one that changes it is no-store, and both vary", async () => {
  const { visit } = createVisitor();
  const written = await visit((session) => {
    session.set("theme", "dark");
    return cached("max-age=60");
  });
  const read = await visit((session) => {
    session.get("theme");
    return cached("max-age=60");
  });
  expect([written.headers.get("Cache-Control"), written.headers.get("Vary")]).toEqual(["no-store", "Cookie"]);
  expect([read.headers.get("Cache-Control"), read.headers.get("Vary")]).toEqual(["private, max-age=60", "Cookie"]);
  for (const kept of ["private", "no-store", "no-cache, private"]) {
    expect(
      (
        await visit((session) => {
          session.get("theme");
          return cached(kept);
        })
      ).headers.get("Cache-Control"),
    ).toBe(kept);
  }
});

test("5.1 an existing Vary is extended, not doubled", async () => {
  const { visit } = createVisitor();
  for (const [vary, expected] of [
    ["Accept", "Accept, Cookie"],
    ["cookie", "cookie"],
    ["*", "*"],
  ] as const) {
    const response = await visit((session) => {
      session.get("theme");
      return new Response("", { headers: { Vary: vary } });
    });
    expect(response.headers.get("Vary")).toBe(expected);
  }
});

test("5.3 a quoted string that quotes a sign is not a directive either", async () => {
  const { visit, events } = createVisitor();
  await visit((session) => session.set("theme", "dark"));
  const { headers } = await visit((session) => {
    session.get("theme");
    return cached('no-store, note="\\", public"');
  });
  expect([headers.get("Cache-Control"), events]).toEqual(['no-store, note="\\", public"', []]);
});

test("5.1 a quoted string is not a directive", async () => {
  const store = open("cookie");
  const cookie = await stored(store, { user: "ada" });
  const cacheControl = async (value: string) =>
    (
      await request(store, cookie, (session) => page(session.get("user"), { headers: { "Cache-Control": value } }), {
        method: "GET",
      })
    ).response.headers.get("Cache-Control");
  expect(await cacheControl('max-age=600, no-cache="a, private, b"')).toBe(
    'private, max-age=600, no-cache="a, private, b"',
  );
  expect(await cacheControl('no-cache="set-cookie, public"')).toBe('private, no-cache="set-cookie, public"');
});

test("5.2 a response object that an app sends to everybody carries nobody's cookie to the next visitor", async () => {
  const everybodys = new Response(null, { status: 204 });
  const first = await createVisitor().visit((session) => {
    session.set("user", "ada");
    return everybodys;
  });
  expect(first.headers.getSetCookie()).toHaveLength(1);
  expect([...(await createVisitor().visit(() => everybodys)).headers]).toEqual([]);
});

test("5.2 a response that has nothing to do with the session is returned as it is", async () => {
  const { visit } = createVisitor();
  await visit((session) => session.set("theme", "dark"));
  const original = cached("public, max-age=60");
  expect(await visit(() => original)).toBe(original);
});

test("5.3 public is an error in development; in production it is removed and logged", async () => {
  const respond: Act = (session) => {
    session.get("theme");
    return new Response("", {
      headers: {
        "Cache-Control": "public, max-age=60, s-maxage=600",
        "CDN-Cache-Control": "max-age=600",
        "Cloudflare-CDN-Cache-Control": "max-age=600",
      },
    });
  };
  await expect(createVisitor({ isDevelopment: true }).visit(respond)).rejects.toThrow(
    /shared caches keep its response \(public, s-maxage=600, CDN-Cache-Control, Cloudflare-CDN-Cache-Control\)/,
  );
  const { visit, events } = createVisitor();
  const response = await visit(respond);
  expect([response.headers.get("Cache-Control"), events]).toEqual(["private, max-age=60", ["public-downgraded"]]);
  expect([...response.headers.keys()].filter((name) => name.includes("cdn"))).toEqual([]);
});

test("5.3 a route may tell shared caches not to store its response", async () => {
  const store = open("cookie", { isDevelopment: true });
  const cookie = await stored(store, { user: "ada" });
  const headers = { "Cache-Control": "no-store", "CDN-Cache-Control": "no-store" };
  const { response } = await request(store, cookie, (session) => page(session.get("user"), { headers }), {
    method: "GET",
  });
  expect(response.headers.get("Cache-Control")).toBe("no-store");
});

test.each([
  ["an immutable redirect", () => Response.redirect("https://example.com/next", 303)],
  ["a proxied response, whose headers are immutable", () => fetch("data:text/plain,proxied")],
  ["an error", () => new Response("", { status: 404 })],
  ["a 304", () => new Response(null, { status: 304 })],
])("5.4 2.5 %s is private if the session was read, and no-store if it was changed", async (_, respond) => {
  const { visit } = createVisitor();
  const read = await visit((session) => {
    session.get("theme");
    return respond();
  });
  expect([read.headers.get("Cache-Control"), read.headers.get("Vary")]).toEqual(["private", "Cookie"]);
  const written = await visit((session) => {
    session.set("theme", "dark");
    return respond();
  });
  expect([written.headers.get("Cache-Control"), written.headers.get("Vary")]).toEqual(["no-store", "Cookie"]);
});

test("5.5 a response that changes who the visitor is makes the browser forget what it fetched ahead", async () => {
  const { visit } = createVisitor();
  const clears = async (act: (session: AnySession) => void) =>
    (await visit((session) => act(session))).headers.get("Clear-Site-Data");
  expect(await clears((session) => session.set("theme", "dark"))).toBeNull();
  for (const act of [
    (session: AnySession) => session.regenerate(),
    (session: AnySession) => session.destroy(),
    (session: AnySession) => {
      session.regenerate();
      session.set("user", "ada");
    },
    (session: AnySession) => session.set("user", "bob"),
  ]) {
    expect(await clears(act)).toBe('"prefetchCache", "prerenderCache"');
  }
});

test("5.5 a route's own Clear-Site-Data, which clears more, stays at a sign-out", async () => {
  const store = open("cookie");
  const cookie = await stored(store, { user: "ada" });
  const { response } = await request(store, cookie, (session) => {
    session.destroy();
    return page("", { headers: { "Clear-Site-Data": '"cache", "storage"' } });
  });
  expect(response.headers.get("Clear-Site-Data")).toContain('"storage"');
});
