/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** destroy ends a session for good (rule 6.2). */

import { createMemorySessionStorage } from "@remix-run/cloudflare";
import { beforeAll, expect, test } from "vitest";
import { getConfig, type HandleFetchOptions, handleFetch, type SessionEvent, SuperflareSession } from "~/lib/session";
import {
  ALL,
  type AnySession,
  askWorker,
  brokenBindings,
  CONSISTENT,
  createVisitor,
  dataOf,
  interposed,
  MINUTE,
  migrate,
  open,
  openGate,
  page,
  pairOf,
  redirect,
  request,
  SECRET,
  stored,
  WITH_RECORDS,
} from "./harness";

beforeAll(migrate);

/** A session of Remix's in memory, and what one request does to it. */
async function visitForeign(act: (session: AnySession) => void, options: Partial<HandleFetchOptions> = {}) {
  const storage = createMemorySessionStorage({ cookie: { name: "__session", secrets: ["s"] } });
  const begun = await storage.getSession();
  begun.set("theme", "dark");
  const cookie = pairOf(await storage.commitSession(begun));
  const request = new Request("https://example.com/", { method: "POST" });
  const events: SessionEvent[] = [];
  const config = {
    ...getConfig({ request, env: { SESSION_SECRET: SECRET } }),
    log: (event: SessionEvent) => void events.push(event),
  };
  const session: AnySession = new SuperflareSession(await storage.getSession(cookie));
  const response = await handleFetch(
    {
      config,
      session,
      getSessionCookie: () => storage.commitSession(session.getSession()),
      destroySession: (old) => storage.destroySession(old),
      ...options,
    },
    () => {
      act(session);
      return page();
    },
  );
  const lines = response.headers.getSetCookie();
  const dataAt = async (header: string) => (await storage.getSession(header)).data;
  return { status: response.status, lines, events, old: await dataAt(cookie), next: await dataAt(pairOf(lines[0])) };
}

test.each(ALL)("6.2 1.5 %s: a session set after destroy does not inherit the old one's lifetime", async (kind) => {
  const store = open(kind);
  const session = await store.storage.getSession();
  session.set("user", "ada");
  const cookie = pairOf(await store.storage.commitSession(session, { maxAge: 10 * MINUTE }));
  const answer = await request(store, cookie, (old) => {
    old.destroy();
    old.set("theme", "dark");
  });
  expect(answer.headers.get("Set-Cookie")).toContain("Max-Age=2592000;");
});

test.each(ALL)("6.2 %s: destroy clears the session, and a flash set after it is shown", async (kind) => {
  const first = await askWorker(kind, "set.user=ada");
  const second = await askWorker(kind, "destroy&flash.success=Bye", first.cookie);
  const third = await askWorker(kind, "getFlash.success", second.cookie);
  expect(third.data).toEqual({ success: "Bye" });
  for (const acts of ["destroy", "destroy&regenerate", "regenerate&destroy"]) {
    const emptied = await askWorker(kind, "set.user=ada");
    expect((await askWorker(kind, acts, emptied.cookie)).line).toMatch(/Max-Age=0/);
  }
});

test.each(WITH_RECORDS)("6.2 %s: a copy of the cookie is worthless after destroy", async (kind) => {
  const first = await askWorker(kind, "set.user=ada");
  await askWorker(kind, "destroy", first.cookie);
  expect(await dataOf(open(kind), first.cookie)).toEqual({});
});

test.each(WITH_RECORDS)(
  "6.2 %s: a sign-out is confirmed once the session has ended, even if the store fails after that",
  async (kind) => {
    const healthy = open(kind);
    const cookie = await stored(healthy, { user: "ada" });
    let calls = 0;
    // Ending is the first access of the commit. What is set after it comes next, and fails.
    const vars = interposed((call) => (++calls > 2 ? Promise.reject(new Error("down")) : call()));
    const failing = open(kind, {}, vars);
    const answer = await request(failing, cookie, (session) => {
      session.destroy();
      session.flash("success", "You are signed out");
    });
    expect([answer.status, answer.headers.get("Set-Cookie")]).toEqual([200, expect.stringMatching(/Max-Age=0/)]);
    expect(await dataOf(healthy, cookie)).toEqual({});
    expect(failing.events).toEqual(["destroyed", "store-error"]);
  },
);

test.each(WITH_RECORDS)("6.2 %s: a sign-out that the store did not take is not confirmed", async (kind) => {
  const healthy = open(kind);
  const cookie = await stored(healthy, { user: "ada" });
  const { storage: broken } = open(
    kind,
    {},
    brokenBindings(() => Promise.reject(new Error("down"))),
  );
  const during = { ...healthy, storage: { ...broken, getSession: healthy.storage.getSession } };
  for (const method of ["POST", "GET"]) {
    const answer = await request(during, cookie, (session) => session.destroy(), { method });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
  }
  expect(await dataOf(healthy, cookie)).toEqual({ user: "ada" });
});

test.each(CONSISTENT)(
  "6.2 %s: requests in flight at a sign-out cannot revive the session and get no cookie, even if they regenerate",
  async (kind) => {
    const { cookie } = await askWorker(kind, "set.user=ada");
    const gate = openGate();
    const acts = [
      ...Array.from({ length: 20 }, (_, index) => `set.key${index}=late`),
      "regenerate",
      "regenerate&set.user=eve",
    ];
    const inFlight = acts.map((act) => askWorker(kind, `wait=${gate.name}&${act}`, cookie));
    await gate.reachedBy(acts.length);
    await askWorker(kind, "destroy", cookie);
    gate.open();
    const answers = await Promise.all(inFlight);
    expect(answers.map(({ status, line }) => [status, line])).toEqual(answers.map(() => [200, undefined]));
    expect(await dataOf(open(kind), cookie)).toEqual({});
  },
);

test.each(CONSISTENT)("6.2 %s: a sign-out in flight ends a session that got a new id meanwhile", async (kind) => {
  const { cookie } = await askWorker(kind, "set.user=ada");
  const gate = openGate();
  const signOut = askWorker(kind, `wait=${gate.name}&destroy`, cookie);
  await gate.reachedBy(1);
  const regenerated = await askWorker(kind, "regenerate", cookie);
  gate.open();
  expect((await signOut).line).toMatch(/Max-Age=0/);
  expect(await dataOf(open(kind), regenerated.cookie)).toEqual({});
});

test("6.2 a sign-out survives whatever is set after it, even if it does not fit", async () => {
  const { visit, jar } = createVisitor();
  await visit((session) => {
    session.set("user", "ada");
    session.set("cart", "x".repeat(2400));
  });
  const response = await visit(
    (session) => {
      const cart = session.get("cart");
      session.destroy();
      session.set("cart", `${cart}${cart}`);
      session.flash("success", "You are signed out");
      return redirect();
    },
    "/",
    { method: "POST" },
  );
  expect([response.status, response.headers.getSetCookie()]).toEqual([303, [expect.stringContaining("Max-Age=0")]]);
  expect(jar.size).toBe(0);
});

test("6.2 destroy clears the session and removes the cookie, with a flash that was pending", async () => {
  const { visit, jar } = createVisitor();
  await visit((session) => {
    session.set("user", "ada");
    session.flash("success", "Saved");
    return redirect();
  });
  const response = await visit((session) => {
    session.getFlash("success");
    session.destroy();
    return redirect();
  });
  expect([response.headers.getSetCookie(), jar.size]).toEqual([[expect.stringContaining("=; Max-Age=0;")], 0]);
});

test("6.2 a flash set after destroy is shown by a session with another id", async () => {
  const { visit } = createVisitor();
  await visit((session) => session.set("user", "ada"));
  const before = await (await visit((session) => page(session.id))).text();
  await visit((session) => {
    session.destroy();
    session.flash("success", "Signed out");
    return redirect();
  });
  const after = await (
    await visit((session) => page(`${session.id} ${session.get("user")} ${session.getFlash("success")}`))
  ).text();
  expect(after).toMatch(/^[\w-]{22} undefined Signed out$/);
  expect(after).not.toContain(before);
});

test.each(CONSISTENT)(
  "6.2 8.6 %s: a sign-out with the old cookie ends the session even before the browser has its new id",
  async (kind) => {
    const { cookie } = await askWorker(kind, "set.user=ada");
    // Committed on the server; its response is still on the way, so the browser sends its old cookie once more.
    const regenerated = await askWorker(kind, "regenerate", cookie);
    const signOut = await askWorker(kind, "destroy", cookie);
    expect(signOut.status).toBe(200);
    expect(await dataOf(open(kind), regenerated.cookie)).toEqual({});
  },
);

test("6.2 1.1 another package's storage: destroy ends the session and removes the cookie, and a later set starts a new one", async () => {
  const ended = await visitForeign((session) => session.destroy());
  expect([ended.lines, ended.old]).toEqual([[expect.stringContaining("Expires=Thu, 01 Jan 1970")], {}]);
  const { old, next } = await visitForeign((session) => {
    session.destroy();
    session.flash("success", "You are signed out");
  });
  expect([old, next]).toEqual([{}, { __flash_success__: "You are signed out" }]);
});

test("6.2 1.1 another package's storage: the removal is sent even if a set after destroy cannot be stored", async () => {
  const { status, lines, old, events } = await visitForeign(
    (session) => {
      session.destroy();
      session.set("theme", "dark");
    },
    { getSessionCookie: () => Promise.reject(new Error("down")) },
  );
  expect([status, lines, old]).toEqual([200, [expect.stringContaining("Expires=Thu, 01 Jan 1970")], {}]);
  expect(events).toEqual(["store-error"]);
});
