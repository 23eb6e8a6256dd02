import { type AppLoadContext, createSession } from "@remix-run/cloudflare";
import { expect, test } from "vitest";
import { createSession as createOwnSession, getConfig, SessionError, SuperflareSession } from "~/lib/session";
import type { UserSession } from "~/lib/session/stores";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import { listDevices, nameDevice, signOutDevices } from "./devices";

const now = Math.floor(Date.now() / 1000);
const device = (handle: string, isCurrent = false, more: Partial<SessionData> = {}): UserSession<SessionData> => ({
  handle,
  data: { user: "Ada", device: "Firefox on Linux", ...more },
  createdAt: now,
  lastSeenAt: now - 120,
  isCurrent,
});

/** The load context of a signed-in user whose store has these sessions. */
function contextOf(sessions: UserSession<SessionData>[], isComplete = true) {
  const session = new SuperflareSession(createSession<SessionData, SessionFlashData>({ user: "Ada" } as SessionData));
  const userSessions: AppLoadContext["userSessions"] = {
    list: async () => ({ sessions, isComplete }),
    revoke: async (_, isMeant) => ({ ended: sessions.filter(isMeant), isComplete }),
  };
  return { session, userSessions, config: configOf({}) };
}

const configOf = (settings: object) =>
  getConfig({
    request: new Request("https://example.com"),
    env: { SESSION_SECRET: "a secret of more than 32 characters", ...settings },
  });

/** The store of this context does not answer. */
function down() {
  const fail = async () => {
    throw new SessionError("store-error", "down");
  };
  return { ...contextOf([]), userSessions: { list: fail, revoke: fail } };
}

test("a device is listed with its name and when it was last seen", async () => {
  expect(await listDevices(contextOf([device("a", true)]))).toEqual({
    devices: [{ handle: "a", name: "Firefox on Linux", lastSeen: "2 minutes ago", isCurrent: true, isBound: false }],
    isComplete: true,
  });
});

test("9.14 a bound session is listed as bound, and as one that can be copied where the binding is switched off", async () => {
  const deviceBinding = { id: "id", key: {}, boundAt: now };
  const context = contextOf([device("a", true, { deviceBinding }), device("b")]);
  expect((await listDevices(context))?.devices.map(({ isBound }) => isBound)).toEqual([true, false]);
  const config = configOf({ SESSION_DEVICE_AGE: "0" });
  expect((await listDevices({ ...context, config }))?.devices.map(({ isBound }) => isBound)).toEqual([false, false]);
});

test("the device at which the user sits comes first, and the others stay in their order", async () => {
  const list = await listDevices(contextOf([device("a"), device("b"), device("c", true), device("d")]));
  expect(list?.devices.map(({ handle }) => handle)).toEqual(["c", "a", "b", "d"]);
});

test("8.5 an incomplete list says so", async () => {
  expect(await listDevices(contextOf([device("a")], false))).toMatchObject({ isComplete: false });
});

test("there is no list if the store cannot make one", async () => {
  expect(await listDevices({ ...contextOf([]), userSessions: undefined })).toBeUndefined();
});

test("other devices are signed out, and a message says how many", async () => {
  for (const [others, text] of [
    [[], "No devices were signed out."],
    [[device("b")], "One device was signed out."],
    [[device("b"), device("c")], "2 devices were signed out."],
  ] as const) {
    const context = contextOf([device("a", true), ...others]);
    await signOutDevices(context, ({ isCurrent }) => !isCurrent);
    expect(context.session.getFlash("success")).toBe(text);
    expect(context.session.get("user")).toBe("Ada");
  }
});

test("8.5 a message says so if some devices could not be signed out", async () => {
  const context = contextOf([device("b")], false);
  await signOutDevices(context, () => true);
  expect(context.session.getFlash("success")).toBe("One device was signed out.");
  expect(context.session.getFlash("error")).toContain("may still be signed in");
});

test("signing out this device ends its session", async () => {
  const context = contextOf([device("a", true)]);
  await signOutDevices(context, ({ handle }) => handle === "a");
  expect(context.session.get("user")).toBeUndefined();
  expect(context.session.getFlash("success")).toBe("You are signed out.");
});

test("4.6 a store that is down is a 503", async () => {
  const unavailable = { init: { status: 503 } };
  await expect(listDevices(down())).rejects.toMatchObject(unavailable);
  await expect(signOutDevices(down(), () => true)).rejects.toMatchObject(unavailable);
  const unread = createOwnSession<SessionData, SessionFlashData>({}, "id", { unread: "unavailable" });
  const context = { ...contextOf([]), session: new SuperflareSession<SessionData, SessionFlashData>(unread) };
  await expect(signOutDevices(context, () => true)).rejects.toMatchObject(unavailable);
});

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Chrome on Windows",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
    "Edge on Windows",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    "Safari on macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Mobile/15E148 Safari/604.1",
    "Chrome on iOS",
  ],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
    "Chrome on Android",
  ],
  ["curl/8.5.0", "Unknown device"],
  ["<script>alert(1)</script> Linux", "Linux"],
  [null, "Unknown device"],
])("a browser that sends %j is named %s", (userAgent, name) => {
  expect(nameDevice(userAgent)).toBe(name);
});
