import { expect, test, vi } from "vitest";
import { isInspectorOn, responsesOf, startInspection } from "./inspector";
import { createSessionStorage, getConfig, handleFetch, inspectSession, SuperflareSession } from "./session";

vi.spyOn(console, "log").mockImplementation(() => {});
vi.spyOn(console, "warn").mockImplementation(() => {});

const env = { SESSION_SECRET: "a secret of more than 32 characters" };
type Data = Record<string, string>;

/** Sends a request through handleFetch, as worker.ts does. By default it changes the session. */
async function visit(
  path: string,
  { cookie = "", keys = ["visit"], response = new Response("page"), isOn = true } = {},
) {
  const request = new Request(`https://example.com${path}`, { headers: { Cookie: cookie } });
  const inspection = startInspection({ request, env }, isOn);
  const config = getConfig({ request, env });
  const storage = createSessionStorage<Data>(config);
  const session = new SuperflareSession(await storage.getSession(cookie));
  const handled = await handleFetch(
    {
      config,
      session,
      getSessionCookie: () => storage.commitSession(session.getSession()),
      report: inspection.report,
    },
    () => {
      for (const key of keys) session.set(key, crypto.randomUUID());
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

test("the last five responses of a session are stored, newest first, without values and without views of the inspector", async () => {
  let { cookie } = await visit("/1?token=secret");
  for (let number = 2; number <= 6; number++) ({ cookie } = await visit(`/${number}?token=secret`, { cookie }));
  for (const path of ["/inspector", "/inspector.data", "/inspector/errors/404"]) {
    ({ cookie } = await visit(path, { cookie }));
  }
  const stored = await responsesFor(cookie);
  expect(stored.map(({ path }) => path)).toEqual(["/6", "/5", "/4", "/3", "/2"]);
  expect(stored[0]?.headers).toContainEqual(["Set-Cookie", expect.stringMatching(/^__Host-session=…; Max-Age=/)]);
  expect(JSON.stringify(stored)).not.toContain("secret");
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
