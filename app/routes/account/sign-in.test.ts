/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Signing in over a session that somebody else has signed in to: nothing of theirs is left to the next user. */
import { applyD1Migrations } from "cloudflare:test";
import { createSession } from "@remix-run/cloudflare";
import { beforeAll, expect, test } from "vitest";
import { handleFetch, SuperflareSession } from "~/lib/session";
import type { SessionData, SessionFlashData } from "~/lib/session-data";
import { ALL, env, type Kind, open, pairOf, type Store, stored, WITH_RECORDS } from "../../../tests/session/harness";
import { signIn } from "./sign-in";

type AppSession = SuperflareSession<SessionData, SessionFlashData>;

beforeAll(() => applyD1Migrations(env.SESSION_DB, env.MIGRATIONS));

const DEVICE = "Firefox on Linux";

/** A request with this cookie. Resolves to the cookie that it answers with. */
async function visit({ storage, config }: Store, cookie: string, use: (session: AppSession) => unknown) {
  const session: AppSession = new SuperflareSession(await storage.getSession(cookie));
  const getSessionCookie = () => storage.commitSession(session.getSession());
  const response = await handleFetch({ config, session, getSessionCookie }, async () => {
    await use(session);
    return new Response();
  });
  return pairOf(response.headers.getSetCookie()[0]);
}

const signInAs = (user: string) => (session: AppSession) => signIn(session, user, DEVICE);
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
  test(`${kind}: whoever signs in next finds nothing of the user before`, async () => {
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
  test(`6.2 ${kind}: nor what a request of the user before still writes`, async () => {
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
  expect([session.getFlash("error"), session.getFlash("success")]).toEqual([undefined, "You are signed in as Bob."]);
});
