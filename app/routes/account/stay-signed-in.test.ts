/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** How long a sign-in lasts: what the checkbox and docs/accounts.md say. */
import { applyD1Migrations } from "cloudflare:test";
import { beforeAll, expect, test, vi } from "vitest";
import { type CommitOptions, handleFetch, SuperflareSession } from "~/lib/session";
import { ALL, DAY, env, MINUTE, open, pairOf, type Store, stored } from "../../../tests/session/harness";
import { staySignedIn } from "./stay-signed-in";

// Hundreds of real writes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(() => applyD1Migrations(env.SESSION_DB, env.MIGRATIONS));

function lifetimeFor(isChecked: boolean): CommitOptions | undefined {
  const context: { lifetime?: CommitOptions } = {};
  staySignedIn(context, isChecked);
  return context.lifetime;
}

/** A page that reads the session, so many seconds later. Resolves to its user and the cookie from then on. */
async function visit({ storage, config, clock }: Store, cookie: string, seconds: number) {
  clock.now += seconds;
  const session = new SuperflareSession(await storage.getSession(cookie));
  const getSessionCookie = () => storage.commitSession(session.getSession());
  const response = await handleFetch({ config, session, getSessionCookie }, () => {
    session.get("user");
    return new Response();
  });
  const [line] = response.headers.getSetCookie();
  return { user: session.get("user"), cookie: line ? pairOf(line) : cookie };
}

/** Whether somebody is still signed in who was away for so long, after a last use so long after the sign-in. */
async function lasts(store: Store, isChecked: boolean, lastUse: number, away: number) {
  const signedIn = await stored(store, { user: "ada" }, lifetimeFor(isChecked));
  const { cookie } = await visit(store, signedIn, lastUse);
  return (await visit(store, cookie, away)).user === "ada";
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
    let cookie = await stored(store, { user: "ada" }, lifetimeFor(true));
    for (let day = 1; day < 90; day++) cookie = (await visit(store, cookie, DAY)).cookie;
    expect((await visit(store, cookie, DAY - 1)).user).toBe("ada");
    expect((await visit(store, cookie, 1)).user).toBeUndefined();
  });
}
