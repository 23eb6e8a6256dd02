import { type AppLoadContext, createSession } from "@remix-run/cloudflare";
import { expect, test } from "vitest";
import { getConfig, SuperflareSession } from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import { noteBrowser, requireBoundDevice } from "./bound-device";

const CHROME = chrome("Windows NT 10.0; Win64; x64", "145.0.0.0");
const submitted = { intent: "sign-out-others" };
const deviceBinding = { id: "id", key: {}, boundAt: 1 };

function chrome(system: string, version: string, more = "") {
  return `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36${more}`;
}

/** The load context of a session with this data. */
function contextOf(data: Partial<SessionData> = {}, settings: object = {}, url = "https://example.com") {
  const session = new SuperflareSession(createSession<SessionData, SessionFlashData>(data as SessionData, "id"));
  const env = { SESSION_SECRET: "a secret of more than 32 characters", REQUIRE_BOUND_DEVICE: "on", ...settings };
  const userSessions: AppLoadContext["userSessions"] = {
    list: async () => ({ sessions: [], isComplete: true }),
    revoke: async () => ({ ended: [], isComplete: true }),
  };
  return { session, userSessions, env, config: getConfig({ request: new Request(url), env }), submitted };
}

/** Whether a session whose browser sent this at the sign-in has to be bound. */
function isDemanded(userAgent: string | null, settings?: object, url?: string) {
  const context = contextOf({}, settings, url);
  noteBrowser(context, userAgent);
  return requireBoundDevice(context) !== undefined;
}

test.each([
  ["Chrome 145 on Windows", true, CHROME],
  ["Chrome 144 on Windows", false, chrome("Windows NT 10.0; Win64; x64", "144.0.0.0")],
  ["Chrome 200 on Windows", true, chrome("Windows NT 10.0; Win64; x64", "200.0.0.0")],
  ["Chrome 147 on macOS", true, chrome("Macintosh; Intel Mac OS X 10_15_7", "147.0.0.0")],
  ["Chrome 146 on macOS", false, chrome("Macintosh; Intel Mac OS X 10_15_7", "146.0.0.0")],
  ["Chrome on Linux", false, chrome("X11; Linux x86_64", "150.0.0.0")],
  ["Chrome on Android", false, chrome("Linux; Android 10; K", "150.0.0.0")],
  ["Edge", false, chrome("Windows NT 10.0; Win64; x64", "150.0.0.0", " Edg/150.0.0.0")],
  ["Opera", false, chrome("Windows NT 10.0; Win64; x64", "150.0.0.0", " OPR/130.0.0.0")],
  ["Firefox", false, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0"],
  ["a script", false, "curl/8.5.0"],
  ["a browser that says nothing", false, null],
])("whether a session has to be bound, after a sign-in by %s: %s", (_, expected, userAgent) => {
  expect(isDemanded(userAgent)).toBe(expected);
});

test("without a binding, a session that can have one has its form refused, which comes back with what to do", () => {
  const context = contextOf({ canBeBound: true });
  expect(requireBoundDevice(context)).toMatchObject({
    data: { values: submitted, errors: { "": expect.stringContaining("sign in again") } },
    init: { status: 403 },
  });
  expect(context.session.isDirty()).toBe(false);
});

test("a bound session may go on", () => {
  expect(requireBoundDevice(contextOf({ canBeBound: true, deviceBinding }))).toBeUndefined();
});

test("it is off unless the setting is on", () => {
  for (const REQUIRE_BOUND_DEVICE of [undefined, "", "off", "true"])
    expect(isDemanded(CHROME, { REQUIRE_BOUND_DEVICE })).toBe(false);
});

test("no binding is demanded of a store that may lose it", () => {
  const context = contextOf();
  noteBrowser({ ...context, userSessions: undefined }, CHROME);
  expect(requireBoundDevice(context)).toBeUndefined();
});

test("9.1 9.14 no binding is demanded that was not offered: over http, or where it is switched off", () => {
  expect(isDemanded(CHROME, {}, "http://localhost")).toBe(false);
  const context = contextOf({}, { SESSION_DEVICE_AGE: "0" });
  noteBrowser(context, CHROME);
  expect(context.session.has("canBeBound")).toBe(false);
  expect(requireBoundDevice(contextOf({ canBeBound: true }, { SESSION_DEVICE_AGE: "0" }))).toBeUndefined();
});
