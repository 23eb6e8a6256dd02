/**
 * The production build, as deployed, called in workerd. `npm test` builds it first. The routes come from the build, so the
 * rules of caching and origin are tested for a new one as well. What only one room promises is in its own worker.test.ts.
 */
import { applyD1Migrations, createExecutionContext, createScheduledController } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { demonstrations } from "~/demonstrations";
import {
  actions,
  cookieWith,
  dataPath,
  down,
  paths,
  post,
  type Settings,
  settings,
  visit,
  worker,
} from "./tests/built-worker";

const logged = vi.spyOn(console, "error");
beforeEach(() => {
  // Silent: the session's own tests are about its log.
  for (const level of ["error", "warn", "log"] as const) vi.spyOn(console, level).mockReset().mockReturnValue();
});

test("the build has the routes", async () => {
  expect((await visit("/")).status).toBe(200);
  expect((await visit("/no/such/page")).status).toBe(404);
  expect(paths).toEqual(expect.arrayContaining(["/", "/no/such/page", ...demonstrations.map(({ path }) => path)]));
});

describe("an invalid secret", () => {
  test.each([
    [undefined, "missing"],
    ["short", "has 5 characters"],
    ["replace-me-with-32-or-more-random-characters", "the sample"],
  ])("%o is a plain 500 and no cookie, and the log says what is wrong", async (secret, problem) => {
    const response = await visit("/", {}, { SESSION_SECRET: secret });
    expect([response.status, response.headers.getSetCookie()]).toEqual([500, []]);
    expect(await response.text()).not.toContain("SECRET");
    expect(logged).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(problem));
  });
});

/** What holds for each route, whatever it is for: a page, a form, a redirect, a file. */
describe("every route", () => {
  for (const path of paths) {
    for (const [name, url, init] of [
      ["document", path, {}],
      ["HEAD", path, { method: "HEAD" }],
      ["data", dataPath(path), {}],
    ] as const) {
      test(`2.2 ${path} (${name}) sends an anonymous visitor no cookie`, async () => {
        const response = await visit(url, init);
        expect(response.status).toBeLessThan(500);
        expect(response.headers.getSetCookie()).toEqual([]);
      });

      test(`4.1 ${path} (${name}) is served, whatever the cookie contains`, async () => {
        const headers = {
          Cookie: "__Host-session=eyJhbGciOiJIUzI1NiJ9.e30.c2ln; __session=eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
        };
        expect((await visit(url, { ...init, headers })).status).toBeLessThan(500);
      });

      test(`5.1 5.4 ${path} (${name}) is private if it shows the session, no-store if it changes it`, async () => {
        const anonymous = await visit(url, init);
        const themed = await cookieWith((session) => session.set("theme", "dark"));
        const flashed = await cookieWith((session) => session.flash("success", "Your bag is packed"));
        for (const cookie of [themed, flashed]) {
          const response = await visit(url, { ...init, headers: { Cookie: cookie } });
          const { headers } = response;
          if (!headers.get("Vary")?.includes("Cookie")) {
            // It says that it is the same for everybody.
            expect(await response.text()).toBe(await anonymous.clone().text());
            continue;
          }
          const expected = headers.has("Set-Cookie") ? /^no-store$/ : /\b(private|no-store)\b/;
          expect(headers.get("Cache-Control")).toMatch(expected);
          expect(headers.get("Cache-Control")).not.toMatch(/public|s-maxage/);
        }
      });

      test(`${path} (${name}) has the security headers`, async () => {
        const { headers } = await visit(url, init);
        expect(headers.get("Content-Security-Policy")).toMatch(/script-src 'self' 'nonce-[\w+/=]{24}';/);
        expect(headers.get("Content-Security-Policy")).toMatch(/frame-ancestors 'none'/);
        expect(headers.get("Content-Security-Policy")).not.toContain("unsafe");
        expect(Object.fromEntries(headers)).toMatchObject({
          "x-content-type-options": "nosniff",
          "referrer-policy": "strict-origin-when-cross-origin",
          "permissions-policy": expect.stringContaining("camera=()"),
          "strict-transport-security": "max-age=31536000",
        });
      });
    }
  }
});

test("a file of an older version is a short 404 in plain text, which nobody caches", async () => {
  for (const path of ["/build/root-OLDHASH.css", "/build/routes/account-OLDHASH.js", "/build/"]) {
    const response = await visit(path);
    const { headers } = response;
    expect([response.status, headers.get("Content-Type"), headers.get("Cache-Control")]).toEqual([
      404,
      "text/plain; charset=utf-8",
      "no-store",
    ]);
    expect((await response.text()).length).toBeLessThan(200);
  }
});

describe("every action", () => {
  /** Whether the visitor's POST was taken for that of another site. What the action makes of an empty form is its own affair. */
  async function isRefused(url: string, headers: HeadersInit): Promise<boolean> {
    const warned = vi.spyOn(console, "warn").mockReset().mockReturnValue();
    const response = await visit(url, post({}, headers));
    const refusals = warned.mock.calls.filter(([line]) => String(line).includes("session.cross-origin"));
    if (refusals.length > 0) expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
    return refusals.length > 0;
  }

  /** A form without an end, and how many bytes were read of it. */
  function endless(chunk: string, type: string) {
    let read = 0;
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      controller.enqueue(new TextEncoder().encode(chunk));
      read += chunk.length;
    };
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    const headers = { "Content-Type": type, Accept: "text/html", "Sec-Fetch-Site": "same-origin" };
    return { init: { method: "POST", body, headers }, read: () => read };
  }

  for (const { url: path } of actions) {
    test.each([
      ["one long field", "Eve".repeat(1_000), "application/x-www-form-urlencoded"],
      ["endless fields", "name=Eve&".repeat(100), "application/x-www-form-urlencoded"],
      [
        "endless parts",
        '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nEve\r\n',
        "multipart/form-data; boundary=b",
      ],
    ])(`${path} is answered %s before more than 100 kB were read, with nothing of it`, async (_, chunk, type) => {
      for (const url of [path, dataPath(path)]) {
        const { init, read } = endless(chunk, type);
        const response = await visit(url, init);
        expect([404, 405, 413]).toContain(response.status);
        expect(read()).toBeLessThan(110_000);
        expect(await response.text()).not.toContain("Eve");
      }
    });

    test(`${path} sends back nothing of fields that its form does not have`, async () => {
      for (const url of [path, dataPath(path)]) {
        const response = await visit(url, post({ nobody: "EveEve", __proto__x: "EveEve" }, { Accept: "text/html" }));
        expect(await response.text()).not.toMatch(/EveEve|nobody/);
      }
    });
  }

  for (const { id, url: path } of actions) {
    const legacy = `${path}${path.includes("?") ? "&" : "?"}_data=${encodeURIComponent(id)}`;
    for (const url of [path, dataPath(path), legacy]) {
      test(`7.1 ${url} refuses a POST from another origin and accepts one from its own, whatever a proxy says`, async () => {
        for (const headers of [
          { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" },
          { "Sec-Fetch-Site": "same-site", Origin: "https://blog.example.com" },
          { Origin: "https://evil.example", "X-Forwarded-Host": "evil.example" },
        ] as HeadersInit[]) {
          expect(await isRefused(url, headers), JSON.stringify(headers)).toBe(true);
        }
        for (const headers of [
          { "Sec-Fetch-Site": "same-origin", Origin: "https://example.com" },
          { "Sec-Fetch-Site": "same-origin", Origin: "null" },
          { Origin: "https://example.com", "X-Forwarded-Host": "proxy.example" },
        ] as HeadersInit[]) {
          expect(await isRefused(url, headers), JSON.stringify(headers)).toBe(false);
        }
      });
    }
  }
});

/** 7.2: whatever the address of a page says, the page leads to no other site because of it. */
describe("an address, however it is written,", () => {
  const prefixes = [
    ...[
      "//evil.example",
      "///evil.example",
      "/\\evil.example",
      "/\\/evil.example",
      "/.//evil.example",
      "/a/..//evil.example",
    ],
    ...["/%2e//evil.example", "/%2F/evil.example", "/%2f%2fevil.example", "/%5Cevil.example", "/%09/evil.example"],
    ...["/@evil.example", "/;//evil.example", "/https://evil.example", "/javascript:alert(1)/", "/evil.example//", "/"],
  ];
  const suffixes = [
    ...["", "/", "//evil.example", "/..//evil.example", "/%2e%2e//evil.example", "?index&_data=//evil.example"],
    "?redirectTo=//evil.example&returnTo=https://evil.example&next=/\\evil.example&url=javascript:alert(1)",
    '?"><a href="//evil.example">',
  ];
  const forged = { "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", Accept: "text/html" };
  const fields = { redirectTo: "//evil.example", theme: "dark", intent: "sign-in", name: "Eve" };
  const inits: RequestInit[] = [
    { headers: forged },
    ...[fields, { redirectTo: "https:evil.example" }].map((each) =>
      post(each, { ...forged, "Sec-Fetch-Site": "same-origin" }),
    ),
    post(fields, { ...forged, "Sec-Fetch-Site": "cross-site" }),
  ];

  // Every demonstration that a setting switches is on.
  const everything: Settings = Object.assign(
    { ...settings },
    ...demonstrations.map(({ setting }) => setting && { [setting]: "on" }),
  );

  for (const path of paths) {
    test(`7.2 leads from ${path} to no other site, by a link, a form or a redirect`, async () => {
      const cookie = await cookieWith((session) => session.set("user", "ada"), "d1");
      const signedIn = { headers: { ...forged, Cookie: cookie } };
      // What a page links to at its own address, such as documentation, it may link to at any.
      const own = await leadsTo(`https://example.com${path}`);
      const addresses = prefixes.map((prefix) => prefix + path).concat(suffixes.map((suffix) => path + suffix));
      for (const url of addresses.flatMap((each) => [each, asData(each)]).map((each) => `https://example.com${each}`)) {
        const found = [...(await leadsTo(url, signedIn, down))];
        for (const init of inits) found.push(...(await leadsTo(url, init, everything)));
        const away = found.filter((to) => new URL(to).origin !== "https://example.com" && !own.includes(to));
        expect(away, url).toEqual([]);
      }
    });
  }

  /** The addresses that a browser would go to, send a form to or load, as it resolves them. */
  async function leadsTo(url: string, init?: RequestInit, given = settings as Settings): Promise<string[]> {
    const response = await visit(url, init, given);
    const found = [response.headers.get("Location") ?? ""];
    const names = ["href", "src", "srcset", "action", "formaction", "ping", "poster", "data", "xlink:href"];
    const element = (tag: Element) => {
      expect(tag.tagName, url).not.toBe("base");
      found.push(...names.map((name) => tag.getAttribute(name) ?? ""));
    };
    if (response.headers.get("Content-Type")?.startsWith("text/html"))
      await new HTMLRewriter().on("*", { element }).transform(response).text();
    // Remix's script follows this one.
    else if (response.status === 202)
      found.push(/"redirect","([^"]*)"/.exec(await response.text())?.[1] ?? "https://none.example");
    return found.map((each) => new URL(unescaped(each), url).href);
  }

  const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'" };
  const unescaped = (text: string) => text.replace(/&(#?\w+);/g, (entity, name) => characters[name] ?? entity);
  const asData = (address: string) =>
    address.replace(/^([^?]*?)\/?(\?.*)?$/, (_, path, query = "") => dataPath(path || "/") + query);
});

test("7.2 an address that begins with two slashes leads to the one with a single slash", async () => {
  for (const init of [{}, post({ name: "Ada" })]) {
    const response = await visit("https://example.com//evil.example/login?cookie=sent", init);
    expect([response.status, response.headers.get("Location")]).toEqual([308, "/evil.example/login?cookie=sent"]);
  }
});

test("every page has a nonce of its own, and every inline script has it", async () => {
  const nonces: string[] = [];
  for (const path of paths) {
    const response = await visit(path);
    if (!response.headers.get("Content-Type")?.startsWith("text/html")) continue;
    const [, nonce] = /'nonce-([^']+)'/.exec(response.headers.get("Content-Security-Policy") ?? "") ?? [];
    const scripts = (await response.text()).match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length, path).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
    nonces.push(String(nonce));
  }
  expect(new Set(nonces).size).toBe(nonces.length);
});

test("every inline picture of a page has its size, so that it stays small without the style sheet", async () => {
  const flashed = await cookieWith((session) => session.flash("success", "Your bag is packed"));
  let count = 0;
  for (const path of paths) {
    const response = await visit(path, { headers: { Cookie: flashed } });
    if (!response.headers.get("Content-Type")?.startsWith("text/html")) continue;
    for (const picture of (await response.text()).match(/<svg\b[^>]*>/g) ?? []) {
      count++;
      expect(picture, path).toMatch(/ width="\d+" height="\d+"/);
    }
  }
  expect(count).toBeGreaterThan(0);
});

describe("a form of another site", () => {
  const foreign = (accept: string) => post({ name: "Eve" }, { "Sec-Fetch-Site": "cross-site", Accept: accept });

  test.each(actions.map(({ url }) => [url]))(
    "7.1 is answered by %s with a static page for a person, and with a line of text for a script",
    async (url) => {
      const page = await visit(url, foreign("text/html,*/*"));
      expect([page.status, page.headers.get("Cache-Control"), page.headers.getSetCookie()]).toEqual([
        403,
        "no-store",
        [],
      ]);
      const html = await page.text();
      expect(html).toMatch(/<h1>This request was refused/);
      expect(html).not.toContain("<script");
      const [, nonce] = /'nonce-([^']+)'/.exec(page.headers.get("Content-Security-Policy") ?? "") ?? [];
      expect(html).toContain(`<style nonce="${nonce}">`);
      for (const [path, accept] of [
        [url, "*/*"],
        [dataPath(url), "text/html"],
      ] as const) {
        const text = await visit(path, foreign(accept));
        expect([text.status, text.headers.get("Content-Type")]).toEqual([403, "text/plain; charset=utf-8"]);
      }
    },
  );
});

test("4.6 a store that is down takes no page with it: a visitor with a cookie is served like one without", async () => {
  const cookie = await cookieWith((session) => session.set("theme", "dark"), "d1");
  for (const path of paths) {
    const { status: expected, headers } = await visit(path);
    expect((await visit(path, {}, down)).status).toBe(expected);
    // Not a page: such a route may say that it does not know.
    if (!headers.get("Content-Type")?.startsWith("text/html")) continue;
    expect([path, (await visit(path, { headers: { Cookie: cookie } }, down)).status]).toEqual([path, expected]);
  }
});

test("8.3 the cron deletes expired sessions, and no others", async () => {
  await applyD1Migrations(settings.SESSION_DB, settings.MIGRATIONS);
  const now = Math.floor(Date.now() / 1000);
  const insert = settings.SESSION_DB.prepare(
    "INSERT INTO session (key, data, created_at, renewed_at, expires_at) VALUES (?, '{}', 0, 0, ?)",
  );
  await settings.SESSION_DB.batch([
    ...Array.from({ length: 1_500 }, (_, index) => insert.bind(`expired ${index}`, now - 1)),
    insert.bind("alive", now + 60),
  ]);
  await worker.scheduled(createScheduledController(), settings, createExecutionContext());
  const { results } = await settings.SESSION_DB.prepare(
    "SELECT key FROM session WHERE key LIKE 'expired %' OR key = 'alive'",
  ).all();
  expect(results).toEqual([{ key: "alive" }]);
  await worker.scheduled(createScheduledController(), { ...settings, SESSION_DB: undefined }, createExecutionContext());
});
