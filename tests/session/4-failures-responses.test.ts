/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** The session after the response, and in a failed one (rules 4.4 and 4.5). */

import {
  type AppLoadContext,
  createCookieSessionStorage,
  createMemorySessionStorage,
  createRequestHandler,
  type LoaderFunctionArgs,
  type ServerBuild,
} from "@remix-run/cloudflare";
import { beforeAll, expect, test } from "vitest";
import { adaptStorage } from "~/lib/session-extras/foreign-storage";
import {
  ALL,
  type AnySession,
  CONSISTENT,
  createVisitor,
  dataOf,
  migrate,
  open,
  openForeign,
  page,
  pairOf,
  redirect,
  request,
  stored,
} from "./harness";

beforeAll(migrate);

/** A Remix app with one route, whose loader answers at once and defers the rest. */
const appWithDeferredLoader = {
  routes: {
    root: {
      id: "root",
      path: "",
      module: { default: () => null, loader: ({ context }: LoaderFunctionArgs) => ({ later: context.later }) },
    },
  },
  entry: { module: { default: () => new Response() } },
  assets: { entry: { module: "", imports: [] }, routes: {}, url: "", version: "1" },
  future: { v3_singleFetch: true },
  mode: "production",
} as unknown as ServerBuild;

const remixCookie = { name: "__Host-session", secure: true, secrets: ["not a secret"] };

test("4.4 after the response a write throws and says so, and reading continues", async () => {
  const { visit } = createVisitor();
  let late: AnySession | undefined;
  await visit((session) => {
    late = session;
    session.set("theme", "dark");
    session.flash("success", "Saved");
  });
  const session = late as AnySession;
  const writes = [
    () => session.set("theme", "light"),
    () => session.unset("theme"),
    () => session.flash("success", "x"),
    () => session.keepFlash(),
    () => session.regenerate(),
    () => session.destroy(),
    () => session.getFlash("success"),
    () => session.getSession().set("theme", "light"),
  ];
  for (const write of writes) expect(write).toThrow(/response has been sent/);
  expect(session.get("theme")).toBe("dark");
});

test("4.4 a first read after the response throws, since nothing has marked the response as personal", async () => {
  const { visit } = createVisitor();
  let late: AnySession | undefined;
  await visit((session) => session.set("user", "ada"));
  const response = await visit((session) => {
    late = session;
    return new Response("", { headers: { "Cache-Control": "public, s-maxage=600" } });
  });
  expect(response.headers.get("Cache-Control")).toBe("public, s-maxage=600");
  const session = late as AnySession;
  const reads = [
    () => session.get("user"),
    () => session.has("user"),
    () => session.data,
    () => session.id,
    () => session.getFlash("success"),
    () => session.getSession(),
  ];
  for (const read of reads) expect(read).toThrow(/cannot be read for the first time/);
});

test("4.4 the wrapped session is closed too, even after a regenerate", async () => {
  const { visit } = createVisitor();
  let raw: ReturnType<AnySession["getSession"]> | undefined;
  await visit((session) => {
    session.set("user", "ada");
    session.regenerate();
    raw = session.getSession();
  });
  expect(() => raw?.set("user", "eve")).toThrow(/response has been sent/);
});

test("4.4 a deferred loader that writes after the response gets the error, and may read", async () => {
  const { visit, held } = createVisitor();
  const sent = Promise.withResolvers<void>();
  const outcome: unknown[] = [];
  const response = await visit(async (session) => {
    session.set("theme", "dark");
    const handle = createRequestHandler(appWithDeferredLoader, "production");
    return handle(new Request("https://example.com/_root.data"), {
      later: sent.promise
        .then(() => {
          outcome.push(session.get("theme"));
          session.set("theme", "light");
        })
        .catch((error: unknown) => void outcome.push(error)),
    } as unknown as AppLoadContext);
  });
  sent.resolve();
  await response.text();
  expect(outcome).toEqual(["dark", expect.objectContaining({ name: "SessionError", code: "closed" })]);
  expect(await held()).toEqual({ theme: "dark" });
});

test.each([
  ["memory", createMemorySessionStorage({ cookie: remixCookie })],
  ["cookie", createCookieSessionStorage({ cookie: remixCookie })],
])("4.4 a write on the raw session after a regenerate throws with Remix's %s storage", async (_, storage) => {
  const store = { config: open("cookie").config, storage: adaptStorage(storage, { cookie: remixCookie.name }) };
  const first = await request(store, "", (session) => session.set("theme", "dark"));
  const { session } = await request(store, first.cookie, (session) => session.regenerate());
  expect(() => session.getSession().set("late", 1)).toThrow(/response has been sent/);
});

test("4.4 a pending flash cannot be read after the response through the raw session either", async () => {
  const store = open("cookie");
  const { cookie } = await request(store, "", (session) => session.flash("success", "Saved"));
  let late: AnySession | undefined;
  await request(store, cookie, (session) => {
    late = session;
    session.has("theme");
  });
  expect(() => late?.getFlash("success")).toThrow(/response has been sent/);
  expect(() => late?.getSession().get("success")).toThrow(/response has been sent/);
});

test.each([
  ["memory", createMemorySessionStorage({ cookie: { name: "__Host-session", secrets: ["not a secret"] } })],
  ["cookie", createCookieSessionStorage({ cookie: { name: "__Host-session", secrets: ["not a secret"] } })],
])(
  "4.4 after the response, a write on the raw session of Remix's %s storage throws, and a value can be read",
  async (_, storage) => {
    const store = { config: open("cookie").config, storage };
    const { session } = await request(store, "", (session) => {
      session.set("theme", "dark");
      session.flash("a", "Hello");
    });
    const raw = session.getSession();
    for (const late of [() => raw.set("b", 1), () => raw.unset("theme"), () => raw.flash("b", 1), () => raw.get("a")]) {
      expect(late).toThrow(/response has been sent/);
    }
    expect(raw.get("theme")).toBe("dark");
  },
);

test("4.4 the first read of a flash after the response throws and names the flash", async () => {
  const { session } = await request(open("cookie"), "", (session) => {
    session.flash("a", "Hello");
    return redirect();
  });
  expect(() => session.getFlash("a")).toThrow(/the flash "a" cannot be read/);
});

test("4.4 3.2 a flash that was read and kept can be read after the response", async () => {
  const store = open("cookie");
  const { cookie } = await request(store, "", (session) => {
    session.flash("a", "Hello");
    return redirect();
  });
  const { session } = await request(store, cookie, (session) => {
    session.keepFlash("a");
    expect(session.getFlash("a")).toBe("Hello");
  });
  expect(session.getFlash("a")).toBe("Hello");
});

test("4.4 the wrapper is closed after the response, even if the app threw", async () => {
  let late: AnySession | undefined;
  await request(open("cookie"), "", (session) => {
    late = session;
    session.get("theme");
    throw new Error("boom");
  }).catch(() => {});
  for (const door of [
    () => late?.set("a", 1),
    () => late?.flash("a", 1),
    () => late?.unset("a"),
    () => late?.destroy(),
    () => late?.regenerate(),
    () => late?.getSession().set("a", 1),
    () => late?.getSession().flash("a", 1),
    () => late?.getSession().unset("a"),
  ]) {
    expect(door).toThrow(/response has been sent/);
  }
});

test("4.5 if the app throws, handleFetch rejects with its error and nothing is stored", async () => {
  const { visit, commits } = createVisitor();
  const failure = new Error("boom");
  await expect(
    visit((session) => {
      session.set("theme", "dark");
      return Promise.reject(failure);
    }),
  ).rejects.toBe(failure);
  expect(commits.count).toBe(0);
});

test("4.5 a 5xx stores no values, no message and no new id, and the log says so", async () => {
  const { visit, held, events } = createVisitor();
  await visit((session) => session.set("cart", { items: 1 }));
  const id = await (await visit((session) => page(session.id))).text();
  const response = await visit((session) => {
    session.get("cart").items = 2;
    session.set("user", "ada");
    session.flash("success", "You are signed in");
    session.regenerate();
    return new Response("sorry", { status: 500 });
  });
  expect([response.status, response.headers.getSetCookie(), events]).toEqual([500, [], ["change-dropped"]]);
  expect(await held()).toEqual({ cart: { items: 1 } });
  expect(await (await visit((session) => page(session.id))).text()).toBe(id);
});

test("4.5 a route's own session line in a 5xx is removed and logged, since it would store the dropped change", async () => {
  const { visit, events } = createVisitor();
  const response = await visit((session) => {
    session.set("theme", "dark");
    const headers: [string, string][] = [
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "__Host-session=theirs; Path=/; Secure"],
    ];
    return new Response("sorry", { status: 500, headers });
  });
  expect([response.headers.getSetCookie(), events]).toEqual([["a=1"], ["change-dropped", "superseded"]]);
});

test("4.5 a 5xx does end a session, and keeps nothing that was set after it", async () => {
  const { visit, jar } = createVisitor();
  await visit((session) => session.set("user", "ada"));
  await visit((session) => {
    session.destroy();
    session.set("theme", "dark");
    return new Response("sorry", { status: 503 });
  });
  expect(jar.size).toBe(0);
});

test.each(CONSISTENT)("4.5 3.8 %s: a failed request leaves an older message of that name as it was", async (kind) => {
  const store = open(kind);
  const { cookie } = await request(store, "", (session) => {
    session.flash("a", "older");
    return redirect();
  });
  const { report } = await request(store, cookie, (session) => {
    session.flash("a", "newer");
    return page("failed", { status: 500 });
  });
  expect(report?.result).toBe("nothing");
});

test("4.5 1.1 a 5xx changes nothing in another package's storage, even if its data is not JSON", async () => {
  const store = openForeign();
  const cookie = await stored(store, { user: "ada", balance: 10n });
  await request(store, cookie, (session) => page(session.get("user"), { status: 500 }));
  expect(await dataOf(store, cookie)).toEqual({ user: "ada", balance: 10n });
});

test("4.5 1.1 a 5xx that shows a message leaves a Date in another package's storage as it was", async () => {
  const store = openForeign();
  const begun = await store.storage.getSession();
  begun.set("since", new Date(0));
  begun.flash("success", "Saved");
  const cookie = pairOf(await store.storage.commitSession(begun));
  await request(store, cookie, (session) => page(session.getFlash("success"), { status: 500 }));
  expect(await dataOf(store, cookie)).toEqual({ since: new Date(0) });
});

test("4.5 a 5xx after destroy, with values set before it, ends the session in every store", async () => {
  for (const kind of ALL) {
    const store = open(kind);
    const cookie = await stored(store, { user: "ada" });
    const { line } = await request(store, cookie, (session) => {
      session.set("a", 1);
      session.destroy();
      session.getSession().flash("x", "y");
      return page("", { status: 500 });
    });
    expect(line).toMatch(/Max-Age=0/);
    if (kind !== "cookie") expect(await dataOf(store, cookie)).toEqual({});
  }
});
