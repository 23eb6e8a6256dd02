/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Changes that were not stored are not confirmed (rules 4.6, 4.9 and 4.10). */

import { createCookieSessionStorage } from "@remix-run/cloudflare";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { getConfig, handleFetch, SuperflareSession } from "~/lib/session";
import { answerFor } from "~/lib/session/handle-fetch";
import {
  type Act,
  type AnySession,
  askWorker,
  brokenBindings,
  CONSISTENT,
  createVisitor,
  DAY,
  dataOf,
  HOUR,
  migrate,
  open,
  openDown,
  page,
  redirect,
  request,
  SECRET,
  stored,
  WITH_RECORDS,
  watchContents,
} from "./harness";

beforeAll(migrate);

const changes = ["none", "renewal", "flash", "values", "identity"] as const;

const results = ["stored", "gone", "moved", "failed"] as const;

const failures: [string, () => unknown][] = [
  ["throws", () => { throw new Error("down"); }], // biome-ignore format: one line each
  ["rejects", () => Promise.reject(new Error("down"))],
];

test('4.6 4.10 only a failed change is answered "not saved": values for POST, identity for every method', () => {
  const notSaved = changes.flatMap((change) =>
    results.flatMap((result) =>
      [true, false].flatMap((isSafe) =>
        answerFor(change, result, isSafe) === "not-saved" ? [`${change} ${result} ${isSafe ? "GET" : "POST"}`] : [],
      ),
    ),
  );
  expect(notSaved).toEqual(["values failed POST", "identity failed GET", "identity failed POST"]);
});

describe.each(WITH_RECORDS)("%s", (kind) => {
  test.each(failures)(
    "4.6 a store that %s makes reads anonymous and a POST that writes 503, and loses nothing",
    async (_, fail) => {
      const cookie = await stored(open(kind), { theme: "dark" });
      const broken = open(kind, {}, brokenBindings(fail));
      const post = await request(broken, cookie, (session) => session.set("cart", 1));
      expect([post.status, post.headers.get("Retry-After"), post.headers.get("Cache-Control")]).toEqual([
        503,
        "10",
        "no-store",
      ]);
      expect(post.headers.getSetCookie()).toEqual([]);

      const page = await request(broken, cookie, (session) => expect(session.data).toEqual({}), { method: "GET" });
      expect([page.status, page.headers.getSetCookie()]).toEqual([200, []]);
      expect(new Set(broken.events)).toEqual(new Set(["store-error"]));
      expect(await dataOf(open(kind), cookie)).toEqual({ theme: "dark" });
    },
  );
});

test.each(WITH_RECORDS)("4.6 %s: visitors without a session do not wait for a store that hangs", async (kind) => {
  const cookie = await stored(open(kind), { theme: "dark" });
  const answer = Promise.withResolvers<never>();
  const hanging = open(
    kind,
    {},
    brokenBindings(() => answer.promise),
  );
  let isWaiting = true;
  const known = Promise.all(
    Array.from({ length: 20 }, () => request(hanging, cookie, (s) => s.data, { method: "GET" })),
  ).then((answers) => {
    isWaiting = false;
    return answers;
  });
  const strangers = Array.from({ length: 100 }, () => request(hanging, "", () => {}, { method: "GET" }));
  for (const { status } of await Promise.all(strangers)) expect(status).toBe(200);
  expect(isWaiting).toBe(true);
  answer.reject(new Error("down"));
  for (const { status } of await known) expect(status).toBe(200);
});

test.each(WITH_RECORDS)(
  "4.6 %s: a session that could not be read is not replaced by a sign-in, and a sign-out ends it",
  async (kind) => {
    const healthy = open(kind);
    const cookie = await stored(healthy, { theme: "dark" });
    const broken = open(
      kind,
      {},
      brokenBindings(() => Promise.reject(new Error("down"))),
    );
    const during = { ...healthy, storage: { ...healthy.storage, getSession: broken.storage.getSession } };
    const signIn = await request(during, cookie, (session) => {
      session.regenerate();
      session.set("user", "ada");
    });
    expect([signIn.status, signIn.headers.getSetCookie()]).toEqual([503, []]);
    expect(await dataOf(healthy, cookie)).toEqual({ theme: "dark" });

    const signOut = await request(during, cookie, (session) => session.destroy());
    expect([signOut.status, signOut.headers.get("Set-Cookie")]).toEqual([200, expect.stringMatching(/Max-Age=0/)]);
    expect(await dataOf(healthy, cookie)).toEqual({});
  },
);

test.each(WITH_RECORDS)(
  '4.6 %s: if the commit fails, a GET that signs in is "not saved", but a renewal or a message costs no page',
  async (kind) => {
    const healthy = open(kind);
    const { storage: broken } = open(
      kind,
      {},
      brokenBindings(() => Promise.reject(new Error("down"))),
    );
    const during = { ...healthy, storage: { ...broken, getSession: healthy.storage.getSession } };
    const cookie = await stored(healthy, { theme: "dark" });
    const signIn = (session: SuperflareSession<Record<string, unknown>>) => {
      session.regenerate({ newLifetime: true });
      session.set("user", "ada");
    };
    for (const from of [cookie, ""]) {
      const answer = await request(during, from, signIn, { method: "GET" });
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
    }
    healthy.clock.now += DAY;
    const order = await request(during, cookie, (session) => session.get("theme"));
    const message = await request(during, cookie, (session) => session.flash("success", "Sent"));
    const page = await request(during, cookie, (session) => session.set("theme", "light"), { method: "GET" });
    expect([order, message, page].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await dataOf(healthy, cookie)).toEqual({ theme: "dark" });
  },
);

test.each(WITH_RECORDS)(
  "4.6 %s: while the store is down, visitors without a cookie see every page and the store is not asked",
  async (kind) => {
    const broken = open(
      kind,
      {},
      brokenBindings(() => Promise.reject(new Error("down"))),
    );
    const page = await request(broken, "", (session) => session.get("theme"), { method: "GET" });
    expect([page.status, broken.events]).toEqual([200, []]);
  },
);

test("4.6 4.3 what does not fit is not confirmed: a POST says so, a GET is delivered, and the old session stays", async () => {
  const { visit, held, events } = createVisitor();
  await visit((session) => session.set("theme", "dark"));
  const writeTooMuch: Act = (session) => {
    session.set("note", "x".repeat(4000));
    session.flash("success", "Saved");
    return new Response("done", { headers: { "Set-Cookie": "cart=7" } });
  };
  const post = await visit(writeTooMuch, "/", { method: "POST" });
  expect([post.status, await post.text()]).toEqual([500, expect.stringContaining("Not saved")]);
  expect([post.headers.getSetCookie(), post.headers.get("Cache-Control")]).toEqual([["cart=7"], "no-store"]);

  const get = await visit(writeTooMuch);
  expect([get.status, await get.text(), get.headers.getSetCookie()]).toEqual([200, "done", ["cart=7"]]);
  expect(events).toEqual(["flash-dropped", "too-large", "flash-dropped", "too-large"]);
  expect(await held()).toEqual({ theme: "dark" });
});

test("4.6 a message that is too large by itself costs the visitor only the message", async () => {
  const { visit, events } = createVisitor();
  const response = await visit(
    (session) => {
      session.flash("success", "y".repeat(4000));
      return redirect();
    },
    "/",
    { method: "POST" },
  );
  expect([response.status, response.headers.getSetCookie(), events]).toEqual([303, [], ["flash-dropped"]]);
});

test('4.6 the app\'s own "not saved" page shows the session as it was, and replaces everything but other cookies', async () => {
  const { visit } = createVisitor();
  await visit((session) => {
    session.set("theme", "dark");
    session.flash("info", "Hello");
    return redirect();
  });
  const cancel = vi.fn();
  const response = await visit(
    (session) => {
      session.set("theme", "light");
      session.set("note", "x".repeat(5000));
      const headers: [string, string][] = [
        ["Set-Cookie", "cart=7"],
        ["Set-Cookie", "__Host-session=theirs; Path=/; Secure"],
      ];
      return new Response(new ReadableStream({ cancel }), { headers });
    },
    "/",
    { method: "POST" },
    // The message comes with the next page, so this one does not have it.
    { notSaved: ({ status, session }) => page(`${status} ${session.get("theme")} ${session.getFlash("info")}`) },
  );
  expect([response.status, await response.text()]).toEqual([500, "500 dark undefined"]);
  expect([response.headers.getSetCookie(), response.headers.get("Cache-Control")]).toEqual([["cart=7"], "no-store"]);
  expect(cancel).toHaveBeenCalledOnce();
});

test('4.6 development answers "not saved" just as production does', async () => {
  const { visit } = createVisitor({ isDevelopment: true });
  const post = await visit((session) => session.set("note", "x".repeat(5000)), "/", { method: "POST" });
  expect(post.status).toBe(500);
});

test("4.6 a failing storage of another package follows the same table, and its error is not shown", async () => {
  const broken = createCookieSessionStorage({ cookie: { secrets: ["s"] } });
  const answers = await Promise.all(
    (["GET", "POST"] as const).map(async (method) => {
      const request = new Request("https://example.com/", { method });
      const log = vi.fn();
      const config = { ...getConfig({ request, env: { SESSION_SECRET: SECRET } }), log };
      const session: AnySession = new SuperflareSession(await broken.getSession());
      const getSessionCookie = () => Promise.reject(new Error("the database is away"));
      const response = await handleFetch({ config, session, getSessionCookie }, () => {
        session.set("theme", "dark");
        return page();
      });
      return [response.status, response.headers.get("Retry-After"), log.mock.calls[0]?.[0]];
    }),
  );
  expect(answers).toEqual([
    [200, null, "store-error"],
    [503, "10", "store-error"],
  ]);
});

test.each(CONSISTENT)(
  "4.6 6.1 %s: a write with the old cookie just after a regenerate is not confirmed, and does not replace the new cookie",
  async (kind) => {
    const { cookie } = await askWorker(kind, "set.theme=dark");
    const regenerated = await askWorker(kind, "regenerate&set.user=ada", cookie);
    const late = await request(open(kind), cookie, (session) => session.set("cart", 1));
    expect([late.response.status, late.response.headers.get("Retry-After"), late.line]).toEqual([503, "10", undefined]);
    const message = await request(open(kind), cookie, (session) => session.flash("success", "Hello"));
    expect([message.response.status, message.line]).toEqual([200, undefined]);
    const signIn = await request(open(kind), cookie, (session) => {
      session.regenerate();
      session.set("user", "ada");
    });
    expect([signIn.response.status, signIn.line]).toEqual([200, undefined]);
    expect(await dataOf(open(kind), regenerated.cookie)).toEqual({ theme: "dark", user: "ada" });
  },
);

test("4.6 5.5 destroy and then set is a new identity for a visitor without a session: a GET is not confirmed", async () => {
  const { response } = await request(
    openDown("d1"),
    "",
    (session) => {
      session.destroy(); // "begin from nothing", then the sign-in
      session.set("user", "ada");
      return page("Welcome, Ada");
    },
    { method: "GET" },
  );
  expect(response.status).toBe(503);
});

test("4.6 P1 a set after destroy that does not fit is not confirmed, for a visitor without a session", async () => {
  const { response, report } = await request(open("cookie"), "", (session) => {
    session.destroy();
    session.set("user", "x".repeat(5000));
    return page("Welcome, Ada");
  });
  expect([response.status, report?.result]).toEqual([500, "failed"]);
});

test.each(WITH_RECORDS)(
  "4.10 6.1 6.2 %s: a session that ends while a request runs stays ended, even if that request regenerates",
  async (kind) => {
    const store = open(kind);
    const user = crypto.randomUUID();
    const contents = await watchContents(kind);
    for (const act of ["set", "regenerate"]) {
      const cookie = await stored(store, { user: "ada" });
      const old = await store.storage.getSession(cookie);
      const slow = { ...store, storage: { ...store.storage, getSession: async () => old } };
      await store.storage.destroySession(await store.storage.getSession(cookie));
      const answer = await request(slow, cookie, (session) => {
        session.set("user", user);
        if (act === "regenerate") session.regenerate();
      });
      expect([answer.status, answer.headers.getSetCookie(), store.events.at(-1)]).toEqual([200, [], "gone"]);
      // Rule 5.5: after a failed sign-in the visitor is anonymous.
      expect(answer.headers.has("Clear-Site-Data")).toBe(act === "regenerate");
      expect(await dataOf(store, cookie)).toEqual({});
    }
    expect(JSON.stringify(await contents())).not.toContain(user);
  },
);

test.each(CONSISTENT)(
  "4.10 2.6 %s: neither a write nor a new id revives a session that expires while the request runs",
  async (kind) => {
    for (const act of [
      (session: AnySession) => session.set("theme", "dark"),
      (session: AnySession) => session.regenerate(),
    ]) {
      const store = open(kind, { idleTimeout: HOUR });
      const cookie = await stored(store, { user: "ada" });
      const { line } = await request(store, cookie, (session) => {
        store.clock.now += HOUR;
        act(session);
      });
      expect([line, store.events.at(-1)]).toEqual([undefined, "gone"]);
    }
  },
);

test.each(WITH_RECORDS)("4.10 2.6 %s: a request that outlasts its session does not revive it", async (kind) => {
  const store = open(kind, { idleTimeout: 10 });
  for (const regenerates of [false, true]) {
    const cookie = await stored(store, { theme: "dark" });
    const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
    store.clock.now += 12;
    const { response, report } = await request(store, slow, (session) => {
      session.set("late", 1);
      if (regenerates) session.regenerate();
    });
    expect([response.status, report?.result, response.headers.get("Set-Cookie")]).toEqual([200, "gone", null]);
  }
});

test("4.10 durable-object: a request whose session was moved and then signed out is `gone`, not `moved`", async () => {
  const store = open("durable-object");
  const cookie = await stored(store, { theme: "dark" });
  const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
  const next = await request(store, cookie, (session) => session.regenerate());
  await request(store, next.cookie, (session) => session.destroy());
  slow.set("a", 1);
  await expect(store.storage.commitSession(slow.getSession())).rejects.toMatchObject({ code: "gone" });
});

test.each([
  ...CONSISTENT.map((kind) => [kind, "moved", (other: AnySession) => other.regenerate()] as const),
  ...WITH_RECORDS.map((kind) => [kind, "gone", (other: AnySession) => other.destroy()] as const),
])("4.10 8.2 %s: a route's own line is not sent if the session was %s meanwhile", async (kind, result, end) => {
  const store = open(kind);
  const cookie = await stored(store, { theme: "dark" });
  const { line, report } = await request(store, cookie, async (session) => {
    session.set("theme", "light");
    const own = await store.storage.commitSession(session.getSession());
    await request(store, cookie, end);
    return page("", { headers: { "Set-Cookie": own } });
  });
  expect([report?.result, line]).toEqual([result, undefined]);
});
