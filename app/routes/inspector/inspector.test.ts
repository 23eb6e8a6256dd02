import type { AppLoadContext } from "@remix-run/cloudflare";
import { expect, test, vi } from "vitest";
import { createSessionStorage, getConfig, handleFetch, SuperflareSession } from "~/lib/session";
import { inspectSession } from "~/lib/session-extras/inspect";
import {
  type InspectedResponse,
  inspectForPage,
  inspectVisitor,
  isInspectorOn,
  responsesOf,
  startInspection,
} from "./inspector";
import { inspectorPath } from "./inspector-path";

vi.spyOn(console, "log").mockImplementation(() => {});
vi.spyOn(console, "warn").mockImplementation(() => {});

const env = { SESSION_SECRET: "a secret of more than 32 characters" };
type Data = Record<string, string>;
type Session = SuperflareSession<Data>;

/** Sends a request through handleFetch, as worker.ts does. By default it changes the session. */
async function visit(
  path: string,
  {
    cookie = "",
    keys = ["visit"],
    response = new Response("page"),
    isOn = true,
    method = "GET",
    run = (session: Session) => {
      for (const key of keys) session.set(key, crypto.randomUUID());
    },
  } = {},
) {
  const request = new Request(`https://example.com${path}`, { method, headers: { Cookie: cookie } });
  const inspection = startInspection({ request, env }, isOn);
  const config = getConfig({ request, env });
  const storage = createSessionStorage<Data>(config);
  const session = new SuperflareSession(await storage.getSession(cookie));
  inspection.watch(session, config);
  const handled = await handleFetch(
    {
      config,
      session,
      getSessionCookie: () => storage.commitSession(session.getSession()),
      report: inspection.report,
    },
    () => {
      run(session);
      return response;
    },
  );
  const finished = await inspection.finish(handled);
  return { handled, finished, cookie: finished.headers.getSetCookie().at(-1)?.split(";")[0] ?? cookie };
}

/** The stored responses of the session with this cookie. */
async function responsesFor(cookie: string) {
  const config = getConfig({ request: new Request("https://example.com/"), env });
  const session = new SuperflareSession(await createSessionStorage<Data>(config).getSession(cookie));
  return responsesOf((await inspectSession(session, config)).session);
}

/** What the loader of this page gets, for a visitor with this cookie. */
async function argumentsFor(path: string, cookie: string) {
  const request = new Request(`https://example.com${path}`, { headers: { Cookie: cookie } });
  const session = await createSessionStorage<Data>(getConfig({ request, env })).getSession(cookie);
  const context = { session: new SuperflareSession(session), env, isInspectorOn: true } as unknown as AppLoadContext;
  return { request, context, params: {} };
}

/** What /inspector shows a visitor with this cookie, at an address with these timelines. */
async function inspect(cookie: string, timelines: string[] = []) {
  return inspectVisitor(await argumentsFor(inspectorPath(timelines), cookie));
}

const pathsOf = (responses: InspectedResponse[]) => responses.map(({ path }) => path);

test.each([
  [undefined, true, true],
  [undefined, false, false],
  ["on", false, true],
  ["off", true, false],
  ["yes", false, false],
])("SESSION_INSPECTOR = %o, in development: %o, turns it on: %o", (setting, isDevelopment, isOn) => {
  expect(isInspectorOn(setting, isDevelopment)).toBe(isOn);
});

test("off, it asks for no report and leaves the response as it is", async () => {
  expect(startInspection({ request: new Request("https://example.com/"), env }, false).report).toBeUndefined();
  const { handled, finished, cookie } = await visit("/", { isOn: false });
  expect(finished).toBe(handled);
  expect(await responsesFor(cookie)).toEqual([]);
});

test("the Server-Timing header can name any key, and keeps the entries of the route", async () => {
  const response = new Response("page", { headers: { "Server-Timing": "db;dur=1" } });
  const { finished } = await visit("/", { keys: ['quo"te', "back\\slash", "日本"], response });
  expect(finished.headers.get("Server-Timing")).toMatch(
    /^db;dur=1, session-open;dur=\d+, session-commit;dur=\d+;desc="stored: quo\?te, back\?slash, \?\?"$/,
  );
});

test("the last thirty responses of a session are stored, newest first, without queries, tokens, views of the inspector and manifests", async () => {
  let { cookie } = await visit("/1?token=secret");
  for (let number = 2; number <= 31; number++) ({ cookie } = await visit(`/${number}?token=secret`, { cookie }));
  for (const path of ["/inspector", "/inspector.data", "/inspector/live", "/inspector/errors/404", "/__manifest"]) {
    ({ cookie } = await visit(path, { cookie }));
  }
  const stored = await responsesFor(cookie);
  expect(pathsOf(stored)).toEqual(Array.from({ length: 30 }, (_, index) => `/${31 - index}`));
  expect(stored[0]?.headers).toContainEqual(["Set-Cookie", expect.stringMatching(/^__Host-session=…; Max-Age=/)]);
  expect(JSON.stringify(stored)).not.toContain("secret");
  expect(JSON.stringify(stored)).not.toContain(cookie.split("=")[1]);
});

test("a response has the calls in their order, the values before and after, and the bytes of the cookie", async () => {
  const first = await visit("/", { run: (session) => session.set("theme", "light") });
  const second = await visit("/", {
    cookie: first.cookie,
    run: (session) => {
      session.get("theme");
      session.set("theme", "dark");
      session.flash("success", "Saved");
    },
  });
  const third = await visit("/", { cookie: second.cookie, run: (session) => session.getFlash("success") });
  const [shown, changed] = await responsesFor(third.cookie);
  expect(changed?.calls).toEqual(['get("theme")', 'set("theme")', 'flash("success")']);
  expect(changed?.changes).toEqual([
    { name: "theme", before: '"light"', after: '"dark"' },
    { name: "flash success", after: '"Saved"' },
  ]);
  expect(changed?.cookieBytes).toBe(second.finished.headers.getSetCookie()[0]?.length);
  expect(shown?.changes).toEqual([{ name: "flash success", before: '"Saved"' }]);
});

test("after the session's end, its timeline is shown to whoever knows the key, which only its own pages did", async () => {
  const { cookie } = await visit("/form", { run: (session) => session.flash("success", "Sent") });
  const { timelines } = await inspect(cookie);
  await visit("/page", { cookie, run: (session) => session.getFlash("success") });
  expect(pathsOf((await inspect("", timelines)).responses)).toEqual(["/page", "/form"]);
  expect((await inspect("")).responses).toEqual([]);
  expect((await inspect("", [crypto.randomUUID()])).responses).toEqual([]);
  const other = await visit("/other");
  expect(pathsOf((await inspect(other.cookie)).responses)).toEqual(["/other"]);
  const [name = ""] = (await responsesFor(cookie)).map(({ outcome }) => outcome.session);
  expect((await inspect("", [name])).responses, "its name in the log is no key").toEqual([]);
});

test("a page is told what it follows: a write and its redirects, but no form that was refused", async () => {
  const awaited = async (cookie: string) =>
    pathsOf((await inspectForPage(await argumentsFor("/form", cookie)))?.awaited ?? []);
  const redirect = () => new Response(null, { status: 303, headers: { Location: "/form" } });
  const sent = await visit("/form", { method: "POST", response: redirect() });
  const again = await visit("/form", { cookie: sent.cookie, response: redirect() });
  expect(await awaited(again.cookie)).toEqual(["/form", "/form"]);
  const shown = await visit("/form", { cookie: again.cookie });
  expect(await awaited(shown.cookie)).toEqual([]);
  const refused = await visit("/form", {
    cookie: shown.cookie,
    method: "POST",
    response: new Response("page", { status: 422 }),
  });
  expect(await awaited(refused.cookie)).toEqual([]);
});

test("a new id keeps what came before it, and the old cookie sees nothing of what comes after", async () => {
  const before = await visit("/before");
  const after = await visit("/sign-in", {
    cookie: before.cookie,
    run: (session) => {
      session.regenerate();
      session.set("user", "Ada");
    },
  });
  expect(pathsOf((await inspect(after.cookie)).responses)).toEqual(["/sign-in", "/before"]);
  const planted = await inspect(before.cookie);
  expect(pathsOf(planted.responses)).toEqual(["/before"]);
  expect((await inspect("", planted.timelines)).responses).toHaveLength(1);
});

test("a sign-out forgets the values of the timeline: the next visitor may be somebody else", async () => {
  const signedIn = await visit("/sign-in", { run: (session) => session.set("user", "Ada Lovelace") });
  const signedOut = await visit("/sign-out", {
    cookie: signedIn.cookie,
    run: (session) => {
      session.destroy();
      session.flash("success", "You are signed out.");
    },
  });
  const { responses } = await inspect(signedOut.cookie);
  expect(pathsOf(responses)).toEqual(["/sign-out", "/sign-in"]);
  expect(JSON.stringify(responses)).not.toContain("Ada");
  expect(responses[1]?.changes).toEqual([{ name: "user", after: "…" }]);
  expect(responses[0]?.changes).toContainEqual({ name: "flash success", after: '"You are signed out."' });
  expect((await inspect(signedIn.cookie)).responses).toEqual([]);
});

test("a sign-out forgets the values from before a new id too", async () => {
  const noted = await visit("/note", { run: (session) => session.set("note", "Buy milk") });
  const { timelines } = await inspect(noted.cookie);
  let { cookie } = await visit("/prove", { cookie: noted.cookie, run: (session) => session.regenerate() });
  // Until it is no longer in the timeline of the new id.
  for (let time = 0; time < 31; time++) cookie = (await visit("/", { cookie })).cookie;
  await visit("/sign-out", { cookie, run: (session) => session.destroy() });
  const { responses } = await inspect("", timelines);
  expect(responses.at(-1)?.changes).toEqual([{ name: "note", after: "…" }]);
});

test("an isolate stores the responses of two hundred sessions, and drops the one whose last response is oldest", async () => {
  const first = await visit("/");
  const second = await visit("/");
  for (let other = 0; other < 198; other++) await visit("/");
  const again = await visit("/", first);
  await visit("/");
  expect((await responsesFor(again.cookie)).length).toBe(2);
  expect(await responsesFor(second.cookie)).toEqual([]);
});

test("nothing is stored for a visitor without a session", async () => {
  const { finished } = await visit("/", { keys: [] });
  expect(finished.headers.getSetCookie()).toEqual([]);
  expect(responsesOf(undefined)).toEqual([]);
});
