/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Signing in, over another user's session too; how long it lasts; and how often somebody may try. */
import { applyD1Migrations } from "cloudflare:test";
import { createSession } from "@remix-run/cloudflare";
import { beforeAll, expect, test, vi } from "vitest";
import { handleFetch, SuperflareSession } from "~/lib/session";
import { keptAtSignOut, type SessionData, type SessionFlashData } from "~/lib/session-data";
import {
  ALL,
  DAY,
  env,
  type Kind,
  MINUTE,
  open,
  pairOf,
  type Store,
  stored,
  WITH_RECORDS,
} from "../../../tests/session/harness";
import { checkSignIn, mayTry, signIn, signOut, staySignedIn } from "./sign-in";

type AppSession = SuperflareSession<SessionData, SessionFlashData>;

// Hundreds of real writes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(() => applyD1Migrations(env.SESSION_DB, env.MIGRATIONS));

const DEVICE = "Firefox on Linux";

/** A request with this cookie. Resolves to the cookie that it answers with. */
async function visit({ storage, config }: Store, cookie: string, use: (session: AppSession) => unknown) {
  const session: AppSession = new SuperflareSession(await storage.getSession(cookie));
  const getSessionCookie = () => storage.commitSession(session.getSession());
  const ownConfig = { ...config, request: new Request(config.request) };
  const response = await handleFetch({ config: ownConfig, session, getSessionCookie }, async () => {
    await use(session);
    return new Response();
  });
  return pairOf(response.headers.getSetCookie()[0]);
}

const signInAs = (user: string) => (session: AppSession) => signIn(session, user, DEVICE);
/** The session of this cookie in the store, as its next request finds it. */
const dataIn = async (store: Store, cookie: string) => {
  const session: AppSession = new SuperflareSession(await store.storage.getSession(cookie));
  return session.data;
};

/** Ada has signed in, and has something that is nobody else's. */
const openForAda = async (kind: Kind) => {
  const store = open(kind);
  return { store, adas: await stored(store, { user: "Ada", note: "Ada's own" }) };
};

for (const kind of ALL) {
  test(`${kind}: the next user to sign in finds nothing of the user before`, async () => {
    const { store, adas } = await openForAda(kind);
    const bobs = await visit(store, adas, signInAs("Bob"));
    const provedAt = expect.any(Number);
    expect(await dataIn(store, bobs)).toEqual({ user: "Bob", device: DEVICE, provedAt });
  });

  test(`${kind}: the same user keeps what is theirs`, async () => {
    const { store, adas } = await openForAda(kind);
    expect(await dataIn(store, await visit(store, adas, signInAs("Ada")))).toMatchObject({ note: "Ada's own" });
  });
}

for (const kind of WITH_RECORDS) {
  test(`6.2 ${kind}: nor what a request of the user before is still writing`, async () => {
    const { store, adas } = await openForAda(kind);
    let bobs = "";
    await visit(store, adas, async (session) => {
      session.set("note", "Written late");
      bobs = await visit(store, adas, signInAs("Bob"));
    });
    expect(await dataIn(store, bobs)).not.toHaveProperty("note");
    expect(await dataIn(store, adas)).toEqual({});
  });
}

test("the next user is not shown a message for the user before", () => {
  const session: AppSession = new SuperflareSession(
    createSession<SessionData, SessionFlashData>({ user: "Ada" } as SessionData, "id"),
  );
  session.flash("error", "Ada's message");
  signIn(session, "Bob", DEVICE);
  expect([session.getFlash("error"), session.getFlash("success")]).toEqual([undefined, `You are signed in as Bob.`]);
});

test("a sign-out keeps what belongs to the browser, and nothing else", () => {
  const ofBrowser = Object.fromEntries(keptAtSignOut.map((key) => [key, "kept"]));
  const data = { user: "Ada", note: "Ada's own", ...ofBrowser } as SessionData;
  const session: AppSession = new SuperflareSession(createSession<SessionData, SessionFlashData>(data, "id"));
  signOut(session);
  expect(session.getFlash("success")).toBe("You are signed out.");
  expect(session.data).toEqual(ofBrowser);
});

test.each([
  ["", "Enter a name"],
  ["  ", "Enter a name"],
  ["a".repeat(41), "40 characters or fewer"],
])("the name %j is refused", (name, error) => {
  expect(checkSignIn({ name }).error).toContain(error);
});

/** A sign-in by the form, with the box checked or not. */
const signInFor = (isChecked: boolean) => (session: AppSession) =>
  signIn(session, "Ada", DEVICE, staySignedIn(isChecked));

/** A request that reads the session, after this long. Resolves to its user and the cookie from then on. */
async function visitAfter(seconds: number, store: Store, before: string) {
  store.clock.now += seconds;
  let user: string | undefined;
  const cookie = await visit(store, before, (session) => {
    user = session.get("user");
  });
  return { user, cookie: cookie || before };
}

/** Whether a user is still signed in who used the session `lastUse` seconds after the sign-in and then stayed `away`. */
async function lasts(store: Store, isChecked: boolean, lastUse: number, away: number) {
  const signedIn = await visit(store, "", signInFor(isChecked));
  const { cookie } = await visitAfter(lastUse, store, signedIn);
  return (await visitAfter(away, store, cookie)).user === "Ada";
}

for (const kind of ALL) {
  test(`${kind}: without "stay signed in" a session ends 30 to 60 minutes after its last use`, async () => {
    for (const lastUse of [0, 10 * MINUTE, 29 * MINUTE, 30 * MINUTE]) {
      expect([lastUse, await lasts(open(kind), false, lastUse, 30 * MINUTE)]).toEqual([lastUse, true]);
      expect([lastUse, await lasts(open(kind), false, lastUse, 60 * MINUTE)]).toEqual([lastUse, false]);
    }
  });

  test(`${kind}: with it, 29 to 30 days after, and at the absolute timeout however busy`, async () => {
    for (const lastUse of [0, DAY - MINUTE, DAY]) {
      expect([lastUse, await lasts(open(kind), true, lastUse, 29 * DAY)]).toEqual([lastUse, true]);
      expect([lastUse, await lasts(open(kind), true, lastUse, 30 * DAY)]).toEqual([lastUse, false]);
    }
    const store = open(kind);
    let cookie = await visit(store, "", signInFor(true));
    for (let day = 1; day < 90; day++) cookie = (await visitAfter(DAY, store, cookie)).cookie;
    expect((await visitAfter(DAY - 1, store, cookie)).user).toBe("Ada");
    expect((await visitAfter(1, store, cookie)).user).toBeUndefined();
  });
}

test("attempts are counted by name, however it is written", async () => {
  const limit = vi.fn(async (_: { key: string }) => ({ success: false }));
  for (const name of [" Ada\u0301 ", "AD\u00c1", "ａｄá"]) expect(await mayTry({ limit }, name)).toBe(false);
  expect(new Set(limit.mock.calls.flat().map(({ key }) => key))).toEqual(new Set(["sign-in ad\u00e1"]));
});

test("without the binding, or if it fails, everybody may try", async () => {
  expect(await mayTry(undefined, "Ada")).toBe(true);
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(await mayTry({ limit: () => Promise.reject(new Error("down")) }, "Ada")).toBe(true);
  expect(error).toHaveBeenCalledOnce();
  error.mockRestore();
});
