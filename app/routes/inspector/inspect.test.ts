import type { AppLoadContext } from "@remix-run/cloudflare";
import { expect, onTestFinished, test, vi } from "vitest";
import { getConfig, SuperflareSession } from "~/lib/session";
import { createSessionStorage } from "~/lib/session/stores";
import { bindToDevice, DEVICE_PATH, handleBoundFetch } from "~/lib/session-extras/device-binding";
import { createDevice } from "../../../tests/device";
import { clearInspector, type InspectedResponse, inspect, openInspector, shown } from "./inspect";

vi.spyOn(console, "log").mockImplementation(() => {});
vi.spyOn(console, "warn").mockImplementation(() => {});

const env = { SESSION_SECRET: "a secret of more than 32 characters", SESSION_INSPECTOR: "on" };
type Session = SuperflareSession<Record<string, string>>;

/** Sends a request through handleFetch, as worker.ts does. Returns the response and the browser's cookies from then on. */
async function visit(
  path: string,
  {
    cookies = "",
    run = (session: Session): unknown => session.set("visit", crypto.randomUUID()),
    response = new Response("page"),
    method = "GET",
    headers = {} as Record<string, string>,
    settings = {},
  } = {},
) {
  const init = { method, headers: { Cookie: cookies, ...headers } };
  const request = new Request(new URL(path, "https://example.com"), init);
  const waited: Promise<unknown>[] = [];
  const given = { ...env, ...settings };
  const config = getConfig({
    request,
    env: given,
    ctx: { waitUntil: (work: Promise<unknown>) => void waited.push(work) },
  });
  const storage = bindToDevice(createSessionStorage<Record<string, string>>(config), config);
  const session = new SuperflareSession(await storage.getSession(cookies));
  const report = inspect({ session, config, env } as unknown as AppLoadContext);
  const getSessionCookie = () => storage.commitSession(session.getSession());
  const answer = await handleBoundFetch({ config, session, getSessionCookie, report }, async () => {
    await run(session);
    return response;
  });
  await Promise.all(waited);
  const jar = new Map(cookies.split("; ").map((pair) => [pair.split("=")[0], pair]));
  for (const line of answer.headers.getSetCookie()) {
    const [name] = line.split("=");
    if (line.includes("Max-Age=0")) jar.delete(name);
    else jar.set(name, line.split(";")[0] ?? "");
  }
  return { answer, cookies: [...jar.values()].filter(Boolean).join("; ") };
}

const configOf = (cookies: string, url = "https://example.com/inspector") =>
  getConfig({ request: new Request(url, { headers: { Cookie: cookies } }), env });

/** A browser that has opened /inspector. */
const newInspector = () => openInspector(configOf("")).cookie?.split(";")[0] ?? "";
const responsesOf = (cookies: string): InspectedResponse[] => openInspector(configOf(cookies)).responses;
const pathsOf = (cookies: string) => responsesOf(cookies).map(({ path }) => path);

test("its cookie is random, ends with the browser, and is sent once", () => {
  const attributes = "Path=/; HttpOnly; SameSite=Lax";
  expect(openInspector(configOf("")).cookie).toMatch(RegExp(`^__Host-inspector=[\\w-]{36}; ${attributes}; Secure$`));
  expect(openInspector(configOf("", "http://localhost/")).cookie).toMatch(
    RegExp(`^inspector=[\\w-]{36}; ${attributes}$`),
  );
  expect(newInspector()).not.toBe(newInspector());
  expect(openInspector(configOf(newInspector())).cookie).toBeUndefined();
  expect(openInspector(configOf("__Host-inspector=anything")).cookie).toBeDefined();
});

test("Server-Timing stays small, whatever the session's values are called", async () => {
  const run = (session: Session) => session.set("k".repeat(100_000), "value");
  const { answer } = await visit("/", { run });
  expect(answer.headers.get("Server-Timing")).toMatch(/desc="failed: .*k{100}/);
  expect(answer.headers.get("Server-Timing")?.length).toBeLessThan(1_000);
});

test("Server-Timing can name any key, keeps the entries of the route, and is left out where headers cannot change", async () => {
  const run = (session: Session) => {
    for (const key of ['quo"te', "back\\slash", "日本"]) session.set(key, "value");
  };
  const response = new Response("page", { headers: { "Server-Timing": "db;dur=1" } });
  const { answer } = await visit("/", { run, response });
  expect(answer.headers.get("Server-Timing")).toMatch(
    /^db;dur=1, session-open;dur=\d+, session-commit;dur=\d+;desc="stored: quo\?te, back\?slash, \?\?"$/,
  );
  const redirect = Response.redirect("https://example.com/");
  expect((await visit("/", { run: () => {}, response: redirect })).answer).toBe(redirect);
});

test("notes the last forty responses of whoever has its cookie, without queries, tokens, its own views", async () => {
  let { cookies } = await visit("/1?token=secret", { cookies: newInspector() });
  const response = () => new Response(null, { status: 303, headers: { Location: "/next?token=secret" } });
  for (let number = 2; number <= 41; number++) {
    ({ cookies } = await visit(`/${number}?token=secret`, { cookies, response: response() }));
  }
  for (const path of ["/inspector", "/inspector.data", "/inspector/errors/404"]) {
    await visit(path, { cookies });
  }
  await visit("/by-somebody-else", { cookies: newInspector() });
  expect(pathsOf(cookies)).toEqual(Array.from({ length: 40 }, (_, index) => `/${index + 2}`));
  const [noted] = responsesOf(cookies);
  expect(noted?.headers[0]).toMatch(/^Set-Cookie: __Host-session=…; Max-Age=/);
  expect(noted?.redirectsTo).toBe("/next");
  expect(JSON.stringify(responsesOf(cookies))).not.toContain("secret");
  expect(JSON.stringify(responsesOf(cookies))).not.toContain(cookies.split("session=")[1]);
});

test("notes nothing without its cookie, and cuts what is long", async () => {
  const { cookies } = await visit("/before");
  const withInspector = `${newInspector()}; ${cookies}`;
  const run = (session: Session) => {
    session.set("a".repeat(300), "b".repeat(300));
    for (let number = 0; number < 100; number++) session.set(`key ${number}`, "value");
  };
  await visit(`/${"c".repeat(300)}`, { cookies: withInspector, run });
  const [noted, ...others] = responsesOf(withInspector);
  expect(others).toEqual([]);
  expect([noted?.path.length, noted?.calls.length, noted?.changes.length]).toEqual([200, 30, 30]);
  expect(noted?.changes[0]).toEqual({ name: `${"a".repeat(199)}…`, after: `"${"b".repeat(198)}…` });
});

test("the size of the cookie is told, and what was done in a session that is empty by now", async () => {
  const sent = await visit("/form", { cookies: newInspector(), run: (session) => session.flash("success", "Sent") });
  const shown = await visit("/page", { cookies: sent.cookies, run: (session) => session.getFlash("success") });
  expect(shown.cookies).not.toContain("session");
  const bytes = sent.answer.headers.getSetCookie()[0]?.length;
  expect(responsesOf(shown.cookies).map(({ path, cookieBytes }) => [path, cookieBytes])).toEqual([
    ["/form", bytes],
    ["/page", 0],
  ]);
  expect(responsesOf(shown.cookies)[1]?.changes).toEqual([{ name: "flash success", before: '"Sent"' }]);
});

test("a sign-out forgets the values so far, also under earlier ids and in requests that are on their way", async () => {
  const signedIn = await visit("/sign-in", {
    cookies: newInspector(),
    run: (session) => session.set("user", "Ada Lovelace"),
  });
  const { cookies } = await visit("/prove", { cookies: signedIn.cookies, run: (session) => session.regenerate() });
  let finish = () => {};
  const slow = visit("/note", {
    cookies,
    run: async (session) => {
      session.set("note", "Ada's note");
      await new Promise<void>((resolve) => (finish = resolve));
    },
  });
  const signedOut = await visit("/sign-out", {
    cookies,
    run: (session) => {
      session.destroy();
      session.flash("success", "You are signed out.");
    },
  });
  finish();
  await slow;
  await visit("/theme", { cookies: signedOut.cookies, run: (session) => session.set("theme", "dark") });
  const changes = Object.fromEntries(responsesOf(cookies).map(({ path, changes }) => [path, changes]));
  expect(JSON.stringify(changes)).not.toContain("Ada");
  expect(changes).toEqual({
    "/sign-in": [{ name: "user", after: "…" }],
    "/prove": [],
    "/note": [{ name: "note", after: "…" }],
    "/sign-out": [
      { name: "user", before: "…" },
      { name: "flash success", after: '"You are signed out."' },
    ],
    "/theme": expect.arrayContaining([{ name: "theme", after: '"dark"' }]),
  });
});

test("an isolate remembers a hundred inspectors, and forgets the one that was used longest ago", async () => {
  const [first, second] = [newInspector(), newInspector()];
  await visit("/", { cookies: first });
  await visit("/", { cookies: second });
  for (let other = 0; other < 98; other++) await visit("/", { cookies: newInspector() });
  await visit("/again", { cookies: first });
  await visit("/", { cookies: newInspector() });
  expect(pathsOf(first)).toEqual(["/", "/again"]);
  expect(pathsOf(second)).toEqual([]);
});

test("once a session was ended elsewhere, or has expired, its values are forgotten: in the list and for the next visitor", async () => {
  const valuesOf = (responses: InspectedResponse[]) =>
    responses.flatMap(({ changes }) => changes.flatMap(({ before, after }) => [before, after]));
  const inspector = newInspector();
  const note = (session: Session) => session.set("note", "my secret");

  await visit("/account/note", { cookies: inspector, run: note });
  expect(valuesOf(responsesOf(inspector))).toContain('"my secret"');
  // The session's cookie is gone, or names a session that is.
  expect(valuesOf(openInspector(configOf(inspector), { hasSession: false }).responses)).toEqual([undefined, "…"]);

  const other = newInspector();
  await visit("/account/note", { cookies: other, run: note });
  await visit("/account", { cookies: other, run: (session) => session.set("user", "Grace") });
  expect(valuesOf(responsesOf(other))).toEqual([undefined, "…", undefined, '"Grace"']);
});

test("a new id is noted by the session's names in the log, before and after", async () => {
  const first = await visit("/first", { cookies: newInspector() });
  const second = await visit("/prove", { cookies: first.cookies, run: (session) => session.regenerate() });
  const third = await visit("/prove", { cookies: second.cookies, run: (session) => session.regenerate() });
  const [, one, two] = responsesOf(third.cookies).map(({ names }) => names);
  expect(one).toEqual([expect.stringMatching(/^[0-9a-f]{12}$/), expect.not.stringMatching(one?.[0] ?? "")]);
  expect(two?.[0]).toBe(one?.[1]);
  expect(responsesOf(third.cookies)[0]?.names).toBeUndefined();
});

test("once cleared, nothing that was noted comes back, not even from another isolate: the browser gets a new cookie", async () => {
  const { cookies } = await visit("/before", { cookies: newInspector() });
  const cleared = clearInspector(configOf(cookies)).split(";")[0] ?? "";
  expect(cleared).toMatch(/^__Host-inspector=/);
  expect(cookies).not.toContain(cleared);
  expect([pathsOf(cookies), pathsOf(cleared)]).toEqual([[], []]);
  await visit("/after", { cookies: cleared });
  expect(pathsOf(cleared)).toEqual(["/after"]);
});

test("characters that turn the text around them, or are invisible, are spelt out", async () => {
  const inspector = newInspector();
  await visit("/", { cookies: inspector, run: (session) => session.set("user\u202E\u2066resu", "\u0085\u200F") });
  const [noted] = responsesOf(inspector);
  expect(noted?.calls).toEqual(['set("user\\u202e\\u2066resu")']);
  expect(noted?.changes).toEqual([{ name: "user\\u202e\\u2066resu", after: '"\\u0085\\u200f"' }]);
  expect(shown("שלום 👩‍💻\n\u061C", 400)).toBe("שלום 👩‍💻\n\\u061c");
});

test("a device that binds a session, proves itself and is refused is noted, without proofs and challenges", async () => {
  const device = await createDevice();
  const post = (cookies: string, headers: Record<string, string> = {}, settings = {}) =>
    visit(DEVICE_PATH, { method: "POST", cookies, headers, settings });
  const signedIn = await visit("/sign-in", { cookies: newInspector(), run: (session) => session.set("user", "Ada") });
  const proof = await device.register(signedIn.answer);
  const { answer, cookies } = await post(signedIn.cookies, { "Secure-Session-Response": proof });
  const { session_identifier: id } = await answer.json<{ session_identifier: string }>();
  const refresh = { "Sec-Secure-Session-Id": id };
  const asked = await post(cookies, refresh);
  const next = await device.prove(asked.answer);
  await post(cookies, { ...refresh, "Secure-Session-Response": next });
  await post(cookies, { ...refresh, "Secure-Session-Response": "not.a.proof" });
  await post(cookies, refresh, { SESSION_DEVICE_AGE: "0" });
  await visit(DEVICE_PATH, { cookies });

  const noted = responsesOf(cookies);
  expect(noted.map(({ status, device, sent }) => [status, device, ...sent])).toEqual([
    [200, undefined],
    [200, "registered", "Secure-Session-Response: …"],
    [403, "asked", "Sec-Secure-Session-Id: …"],
    [200, "proved", "Sec-Secure-Session-Id: …", "Secure-Session-Response: …"],
    [401, "refused", "Sec-Secure-Session-Id: …", "Secure-Session-Response: …"],
    [200, "released", "Sec-Secure-Session-Id: …"],
    [405, undefined],
  ]);
  expect(noted[2]?.headers).toContain("Secure-Session-Challenge: …");
  const challenge = /"([^"]+)"/.exec(asked.answer.headers.get("Secure-Session-Challenge") ?? "")?.[1] ?? "";
  for (const secret of [proof, challenge, next, cookies.split("-device=")[1]])
    expect(JSON.stringify(noted)).not.toContain(secret);
});

test("a request that a device has to prove itself for is noted with the page that it leads to, and costs the list no value", async () => {
  const device = await createDevice();
  const signedIn = await visit("/sign-in", { cookies: newInspector(), run: (session) => session.set("user", "Ada") });
  const proof = await device.register(signedIn.answer);
  const bound = await visit(DEVICE_PATH, {
    ...signedIn,
    method: "POST",
    headers: { "Secure-Session-Response": proof },
  });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  const stale = bound.cookies.replace(/(-device=).*/, "$1stale");
  await visit("/account/note?token=secret", { cookies: stale });
  await visit("/account/note", { cookies: stale, method: "POST" });
  const link = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" };
  await visit("/", { cookies: stale, headers: { "Secure-Session-Skipped": 'quota_exceeded;session_identifier="id"' } });
  await visit("/account", { cookies: stale.replace(/; \S+-device=.*/, ""), headers: link });

  const noted = responsesOf(bound.cookies).slice(2);
  expect(noted.map(({ status, device, redirectsTo, sent }) => [status, device, redirectsTo, ...sent])).toEqual([
    [307, "resent", "/account/note"],
    [307, "resent", "/account/note"],
    [307, "resent", "/", "Secure-Session-Skipped: quota_exceeded"],
    [200, "resent", "/account"],
  ]);
  expect(noted[3]?.headers).toContain("Refresh: 0");
  expect(JSON.stringify(responsesOf(bound.cookies))).toContain("Ada");
  // One that has not proved itself, and cannot, is shown nothing.
  expect(JSON.stringify(openInspector(configOf(bound.cookies), { hasSession: false }))).not.toContain("Ada");
});
