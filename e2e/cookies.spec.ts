/** What the session sends over HTTP, as a plain client sees it. */
import { expect, test } from "./fixtures";
import { contact, cookiePair, post, setCookies } from "./http";

const everyPath = [
  "/",
  "/?from=a%20mail",
  "/theme-toggle",
  "/form-flash",
  "/nowhere",
  "/_root.data",
  "/form-flash.data",
  "/nowhere.data",
  "/__manifest?p=%2F&version=0",
  "/robots.txt",
  "/favicon.svg",
  "/build/nothing.js",
];

for (const method of ["GET", "HEAD"]) {
  for (const path of everyPath) {
    test(`2.2 an anonymous ${method} ${path} gets no cookie and is no server error`, async ({ request }) => {
      const response = await request.fetch(path, { method, maxRedirects: 0 });
      expect(setCookies(response)).toEqual([]);
      expect(response.status()).toBeLessThan(500);
    });
  }
}

test("2.1 setting the theme that is already set sends no cookie", async ({ request }) => {
  expect(setCookies(await post(request, "/theme-toggle", { theme: "dark" }))).toHaveLength(1);
  expect(setCookies(await post(request, "/theme-toggle", { theme: "dark" }))).toEqual([]);
  expect(setCookies(await request.get("/"))).toEqual([]);
});

test("2.4, 2.6, 6.5 a session is one cookie with a Max-Age, hidden from scripts and other sites", async ({
  request,
}) => {
  const lines = setCookies(await post(request, "/theme-toggle", { theme: "dark" }));
  expect(lines).toHaveLength(1);
  const [pair, ...attributes] = (lines[0] ?? "").split("; ");
  expect(pair).not.toMatch(/^__Host-/); // over http on localhost, where browsers may refuse the prefix
  expect(attributes.sort()).toEqual(["HttpOnly", expect.stringMatching(/^Max-Age=\d{5,}$/), "Path=/", "SameSite=Lax"]);
});

test("5.1 a page that shows the session is private, a response that changes it is no-store", async ({ request }) => {
  const read = (await request.get("/")).headers();
  expect(read["cache-control"]).toContain("private");
  expect(read.vary).toMatch(/\bcookie\b/i);
  const written = (await post(request, "/theme-toggle", { theme: "dark" })).headers();
  expect(written["cache-control"]).toContain("no-store");
  expect(written.vary).toMatch(/\bcookie\b/i);
});

test.describe("an invalid choice", () => {
  for (const form of <Record<string, string>[]>[
    { theme: "blue" },
    { theme: "" },
    { theme: "DARK" },
    {},
    { theme: "__proto__" },
  ]) {
    test(`${JSON.stringify(form)} is answered 400 with the page, and the session does not change`, async ({
      request,
    }) => {
      await post(request, "/theme-toggle", { theme: "dark" });
      const response = await post(request, "/theme-toggle", form);
      expect(response.status()).toBe(400);
      expect(setCookies(response)).toEqual([]);
      const html = await response.text();
      expect(html).toMatch(/<html[^>]* data-theme="dark"/);
      expect(html).toContain('aria-label="Choose a theme"');
    });
  }
});

test("7.2 redirectTo leads to a page of this site, with its query", async ({ request }) => {
  await post(request, "/theme-toggle", { theme: "light" });
  const response = await post(request, "/theme-toggle", { theme: "dark", redirectTo: "/?from=menu" });
  expect([response.status(), response.headers().location]).toEqual([303, "/?from=menu"]);
});

for (const redirectTo of [
  "https://evil.example/",
  "//evil.example/",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/.//evil.example",
  "javascript:alert(1)",
  " //evil.example",
  "evil.example",
  "/\r\nSet-Cookie: a=b",
]) {
  test(`7.2 redirectTo ${JSON.stringify(redirectTo)} is not followed`, async ({ request, baseURL }) => {
    const response = await post(request, "/theme-toggle", { theme: "dark", redirectTo });
    expect(response.status()).toBe(303);
    const { location } = response.headers();
    // A first write: app/lib/cookie-check.ts.
    expect(new URL(location ?? "", baseURL).href).toBe(`${baseURL}/theme-toggle?cookie=sent`);
    expect(setCookies(response)).toHaveLength(1);
  });
}

test("4.1 a visitor with an unreadable cookie is anonymous, and never gets an error", async ({
  request,
  playwright,
  baseURL,
}) => {
  const [name = "", sealed = ""] = cookiePair(
    setCookies(await post(request, "/theme-toggle", { theme: "dark" }))[0],
  ).split("=");
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
  const parts = sealed.split(".");
  const spoilt = parts.flatMap((part, index) => {
    const flipped = part.startsWith("A") ? `B${part.slice(1)}` : `A${part.slice(1)}`;
    return part ? [parts.with(index, flipped).join("."), parts.with(index, "").join(".")] : [];
  });
  const values = [
    ...[
      "",
      "x",
      "%",
      "%E0%A4%A",
      "%00",
      '"quoted"',
      "....",
      "=",
      "a=b=c",
      "null",
      "{}",
      "e30",
      "e30=.",
      "\u00ff\u00fe",
    ],
    ...[jwt, "A".repeat(4000), `${sealed}x`, sealed.slice(0, -1), sealed.slice(5), parts.toReversed().join(".")],
    ...spoilt,
  ];
  const headers = [
    ...values.flatMap((value) => [`${name}=${value}`, `__session=${value}`, `__Host-session=${value}`]),
    ...[name, ";", ";;;=;", "=", `${name}`, `; ${name}`, `=${sealed}`],
  ];

  // Without a cookie jar, the client sends the header unchanged.
  const bare = await playwright.request.newContext({ baseURL });
  for (const cookie of headers) {
    for (const path of ["/", "/_root.data"]) {
      const response = await bare.get(path, { headers: { Cookie: cookie } });
      expect([response.status(), setCookies(response)], `${path} with Cookie: ${cookie}`).toEqual([200, []]);
      expect(await response.text(), `${path} with Cookie: ${cookie}`).not.toContain('data-theme="dark"');
    }
  }
  const second = await bare.get("/", { headers: { Cookie: `${name}=garbage; ${name}=${sealed}` } });
  expect(await second.text(), "the first readable one of several counts").toContain('data-theme="dark"');
  await bare.dispose();
});

test("3.1 the page that shows the message removes it from the session, and the cookie if nothing else is in it", async ({
  request,
  store,
}) => {
  const [set] = setCookies(await post(request, "/form-flash", contact));
  expect(cookiePair(set)).toMatch(/^\w+=.{20,}/);
  const shown = await request.get("/form-flash");
  expect(await shown.text()).toContain(`Thank you, ${contact.name}`);
  // The other stores keep the session's id.
  expect(setCookies(shown)).toEqual(store === "cookie" ? [expect.stringMatching(/^\w+=; Max-Age=0;/)] : []);
  expect(await (await request.get("/form-flash")).text()).not.toContain(`Thank you, ${contact.name}`);
});
