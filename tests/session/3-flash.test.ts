/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Messages that are shown once, by a response that can show them (chapter 3). */
import { beforeAll, expect, test } from "vitest";
import { SuperflareSession } from "~/lib/session";
import { isSpeculative, wasDelivered } from "~/lib/session/delivery";
import {
  type Act,
  ALL,
  type AnySession,
  askWorker,
  CONSISTENT,
  createVisitor,
  DAY,
  dataOf,
  migrate,
  open,
  openGate,
  page,
  redirect,
  request,
  stored,
  wrap,
} from "./harness";

beforeAll(migrate);

const showFlash: Act = (session) => page(String(session.getFlash("success")));

const setFlash: Act = (session) => {
  session.flash("success", "Saved");
  return redirect();
};

test.each(ALL)("3.1 3.2 %s: a flash is shown once, by the next page", async (kind) => {
  const first = await askWorker(kind, "flash.success=Saved");
  const second = await askWorker(kind, "getFlash.success&getFlash.success", first.cookie);
  const third = await askWorker(kind, "getFlash.success", second.cookie);
  expect([second.data, third.data]).toEqual([{ success: "Saved" }, {}]);
  expect(third.line).toBeUndefined();
});

test("3.1 a flash set before a redirect is shown by the next page and then gone, from the cookie too", async () => {
  const { visit, jar } = createVisitor();
  await visit(setFlash, "/", { method: "POST" });
  expect(await (await visit(showFlash)).text()).toBe("Saved");
  expect(await (await visit(showFlash)).text()).toBe("undefined");
  expect(jar.size).toBe(0);
});

test("3.1 a flash set by a loader is read by an action", async () => {
  const { visit, held } = createVisitor();
  await visit((session) => session.flash("success", "Saved"));
  expect(await (await visit(showFlash, "/", { method: "POST" })).text()).toBe("Saved");
  expect(await held()).toEqual({});
});

test("3.2 two loaders that read the same key both get it", () => {
  const session = wrap({ __flash_success__: "Saved" });
  expect([session.getFlash("success"), session.has("success"), session.getFlash("success")]).toEqual([
    "Saved",
    true,
    "Saved",
  ]);
});

test("3.2 a flash set after a read is what the next read returns", () => {
  const session = wrap({ __flash_success__: "old" });
  session.getFlash("success");
  session.flash("success", "new");
  expect(session.getFlash("success")).toBe("new");
});

test("3.3 a flash survives a chain of redirects, whether they read it or not", async () => {
  const { visit } = createVisitor();
  await visit(setFlash);
  for (const path of ["/a", "/b", "/c"])
    await visit((session) => {
      session.getFlash("success");
      return redirect(path);
    });
  expect(await (await visit(showFlash)).text()).toBe("Saved");
});

test("3.3 a flash survives a response that cannot show it, even if read on the raw session or set in that request", async () => {
  const { visit, held } = createVisitor();
  await visit(setFlash);
  await visit((session) => {
    session.getSession().get("success");
    session.getFlash("success");
    return redirect();
  });
  await visit((session) => {
    session.flash("info", "New");
    session.getFlash("info");
    return redirect();
  });
  expect(await held()).toEqual({ __flash_success__: "Saved", __flash_info__: "New" });
});

test("3.3 4.5 a flash that was read on the raw session survives an error that cannot show it", async () => {
  const store = open("cookie");
  const { cookie } = await request(store, "", setFlash);
  const readRaw: Act = (session) => {
    session.getSession().get("success");
    return page("", { status: 500 });
  };
  const failed = await request(store, cookie, readRaw, { method: "HEAD" });
  expect(await dataOf(store, failed.cookie)).toEqual({ __flash_success__: "Saved" });
});

test("3.3 a flash that a redirect sets and reads on the raw session stays pending", async () => {
  const store = open("cookie");
  const { cookie } = await request(store, "", (session) => {
    session.flash("success", "Saved");
    expect(session.getSession().get("success")).toBe("Saved");
    return redirect();
  });
  expect(await dataOf(store, cookie)).toEqual({ __flash_success__: "Saved" });
});

test("3.3 a flash that a redirect unset or replaced does not come back", async () => {
  const { visit, held } = createVisitor();
  await visit((session) => {
    session.flash("success", "old");
    session.flash("info", "old");
    return redirect();
  });
  await visit((session) => {
    session.getFlash("success");
    session.unset("success");
    return redirect();
  });
  await visit((session) => {
    session.getFlash("info");
    session.flash("info", "new");
    return redirect();
  });
  expect(await held()).toEqual({ __flash_info__: "new" });
});

test("3.3 a prefetched page does not contain the message, which would then be seen twice", async () => {
  const { visit } = createVisitor();
  await visit(setFlash);
  const prefetched = await visit(showFlash, "/", { headers: { "Sec-Purpose": "prefetch;prerender" } });
  expect(await prefetched.text()).toBe("undefined");
  expect(prefetched.headers.getSetCookie()).toEqual([]);
  expect(await (await visit(showFlash)).text()).toBe("Saved");
});

test("3.3 an error page that shows the message delivers it; an error without a page leaves it pending", async () => {
  const { visit } = createVisitor();
  await visit(setFlash);
  await expect(
    visit((session) => {
      session.getFlash("success");
      throw new Error("boom");
    }),
  ).rejects.toThrow("boom");
  const shown = await visit((session) => new Response(String(session.getFlash("success")), { status: 500 }));
  expect([await shown.text(), await (await visit(showFlash)).text()]).toEqual(["Saved", "undefined"]);
});

test("3.3 a visitor who has left has not seen the message", async () => {
  const { visit } = createVisitor();
  await visit(setFlash);
  const leaving = new AbortController();
  await visit(
    (session) => {
      leaving.abort();
      return showFlash(session);
    },
    "/",
    { signal: leaving.signal },
  );
  expect(await (await visit(showFlash)).text()).toBe("Saved");
});

test("3.3 keepFlash shows what was read once more, one name or all", async () => {
  const { visit, held } = createVisitor();
  await visit((session) => {
    session.flash("success", "Saved");
    session.flash("info", "Mailed");
    return redirect();
  });
  const readBoth = (session: AnySession) => [session.getFlash("success"), session.getFlash("info")];
  await visit((session) => {
    readBoth(session);
    session.keepFlash();
  });
  expect(await held()).toEqual({ __flash_success__: "Saved", __flash_info__: "Mailed" });
  await visit((session) => {
    readBoth(session);
    session.keepFlash("info");
  });
  expect(await held()).toEqual({ __flash_info__: "Mailed" });
});

test("3.3 4.5 an error page delivers the message it has shown, even if the request set a new one of that name", async () => {
  const store = open("cookie");
  const { cookie } = await request(store, "", (session) => session.flash("success", "Saved"));
  const failed = await request(store, cookie, (session) => {
    const shown = session.getFlash("success");
    session.flash("success", "Second");
    return page(String(shown), { status: 500 });
  });
  expect(await failed.response.text()).toBe("Saved");
  const next = await request(store, failed.cookie, (session) => page(String(session.getFlash("success"))), {
    method: "GET",
  });
  // "Second" is not stored (4.5), and "Saved" was shown.
  const line = failed.line ?? "";
  expect([await next.response.text(), /Max-Age=0/.test(line)]).toEqual(["undefined", true]);
});

test("3.3 4.5 an error page delivers the message it has shown, even if the request then unset it", async () => {
  const store = open("cookie");
  const { cookie } = await request(store, "", (session) => session.flash("success", "Saved"));
  const failed = await request(store, cookie, (session) => {
    const shown = session.getFlash("success");
    session.unset("success");
    return page(String(shown), { status: 500 });
  });
  expect(failed.line).toMatch(/Max-Age=0/);
});

test.each(ALL)(
  "3.3 %s: keepFlash of a message that is not there costs neither a value nor the renewal",
  async (kind) => {
    const store = open(kind);
    const cookie = await stored(store, { user: "ada" });
    const write = await request(store, cookie, (session) => {
      session.keepFlash("success");
      session.set("theme", "dark");
      return redirect();
    });
    expect([write.status, await dataOf(store, write.cookie)]).toEqual([303, { user: "ada", theme: "dark" }]);
    store.clock.now += DAY;
    const { report } = await request(store, write.cookie, (session) => session.keepFlash("success"), { method: "GET" });
    expect([report?.change, report?.result]).toEqual(["renewal", "stored"]);
  },
);

test("3.4 get on a flash key uses it up, as getFlash does", () => {
  const session = wrap({ __flash_success__: "Saved" });
  expect([session.get("success"), session.get("success")]).toEqual(["Saved", "Saved"]);
  expect(session.isDirty()).toBe(true);
});

test("3.5 a flash and a value of the same name do not affect each other", () => {
  const session = wrap();
  session.flash("theme", "changed");
  session.set("theme", "dark");
  expect([session.get("theme"), session.getFlash("theme"), session.get("theme")]).toEqual(["dark", "changed", "dark"]);
});

test("3.5 unset also drops a pending flash", () => {
  const session = wrap({ theme: "dark", __flash_theme__: "changed" });
  session.unset("theme");
  expect([session.get("theme"), session.getFlash("theme"), session.has("theme")]).toEqual([
    undefined,
    undefined,
    false,
  ]);
});

test("3.5 unset also drops a flash that this request has read", () => {
  const session = wrap({ __flash_success__: "Saved" });
  expect(session.getFlash("success")).toBe("Saved");
  session.unset("success");
  expect([session.getFlash("success"), session.has("success")]).toEqual([undefined, false]);
});

test("3.5 data shows no flash, and app data cannot fake one", () => {
  const session = wrap({ n: 1, __flash_success__: "Saved" });
  expect(session.data).toEqual({ n: 1 });
  expect(() => session.set("__flash_success__" as "n", 1)).toThrow(/uses for flashes/);
  expect([session.get("__flash_success__" as "n"), session.has("__flash_success__" as "n")]).toEqual([
    undefined,
    false,
  ]);
  expect(session.getFlash("success")).toBe("Saved");
});

test.each(CONSISTENT)("3.5 8.5 %s: the data in a list shows no flashes", async (kind) => {
  const store = open(kind);
  const user = crypto.randomUUID();
  const cookie = await stored(store, { user });
  await request(store, cookie, (session) => session.flash("success", "Your code is 1234"));
  const list = await store.storage.userSessions?.list(await store.storage.getSession(cookie));
  expect(list?.sessions.map(({ data }) => data)).toEqual([{ user }]);
});

test("3.6 several messages in one response are all shown, and the same one twice in a row is shown twice", async () => {
  const { visit } = createVisitor();
  for (const _ of [1, 2]) {
    await visit((session) => {
      session.flash("success", "Saved");
      session.flash("info", "Mailed");
      return redirect();
    });
    const shown = await visit((session) => page(`${session.getFlash("success")} ${session.getFlash("info")}`));
    expect(await shown.text()).toBe("Saved Mailed");
  }
});

test("3.6 a message that is shown and set again in one request is shown again", async () => {
  const { visit } = createVisitor();
  await visit(setFlash);
  await visit((session) => {
    session.getFlash("success");
    setFlash(session);
  });
  expect(await (await visit(showFlash)).text()).toBe("Saved");
});

test("3.7 a flash that replaces one which the same request has set and read is shown by the next page", async () => {
  const store = open("cookie");
  const { cookie } = await request(store, "", (session) => {
    session.flash("success", "first");
    const shown = session.getFlash("success");
    session.flash("success", "second");
    return page(String(shown));
  });
  expect(await dataOf(store, cookie)).toEqual({ __flash_success__: "second" });
});

test("3.7 a flash set and read in the same request is shown once", async () => {
  const { visit, commits } = createVisitor();
  const response = await visit(
    (session) => {
      session.flash("success", "Saved");
      return showFlash(session);
    },
    "/",
    {
      method: "POST",
    },
  );
  expect([await response.text(), commits.count]).toEqual(["Saved", 0]);
  expect(await (await visit(showFlash)).text()).toBe("undefined");
});

test.each(ALL)("3.7 %s: so is one that the route committed before it was read", async (kind) => {
  const store = open(kind);
  const { cookie } = await request(store, await stored(store, { user: "ada" }), async (session) => {
    session.flash("success", "Saved");
    await store.storage.commitSession(session.getSession());
    return showFlash(session);
  });
  expect(await dataOf(store, cookie)).toEqual({ user: "ada" });
});

test.each(CONSISTENT)("3.8 %s: showing an older message does not remove a newer one", async (kind) => {
  for (const text of ["Saved", "Saved again"]) {
    const { cookie } = await askWorker(kind, "set.theme=dark&flash.success=Saved");
    const gate = openGate();
    const page = askWorker(kind, `getFlash.success&wait=${gate.name}`, cookie);
    await gate.reachedBy(1);
    await askWorker(kind, `flash.success=${text}`, cookie);
    gate.open();
    expect((await page).data).toEqual({ success: "Saved" });
    expect((await askWorker(kind, "getFlash.success", cookie)).data).toEqual({ success: text });
    expect((await askWorker(kind, "getFlash.success", cookie)).data).toEqual({});
  }
});

test("3.8 d1: a late redirect that read an older message does not bring it back after it was shown", async () => {
  const { cookie } = await askWorker("d1", "set.theme=dark&flash.success=Saved");
  const store = open("d1");
  const slow: AnySession = new SuperflareSession(await store.storage.getSession(cookie));
  expect((await askWorker("d1", "getFlash.success", cookie)).data).toEqual({ success: "Saved" });
  await request(store, slow, () => {
    slow.getFlash("success");
    slow.set("n", 1);
    return redirect();
  });
  expect((await askWorker("d1", "read&getFlash.success", cookie)).data).toEqual({ theme: "dark", n: 1 });
});

const requestWith = (headers: HeadersInit = {}, method = "GET", path = "/page") =>
  new Request(`https://example.com${path}`, { method, headers });
const responseWith = (status: number, headers: HeadersInit = {}) =>
  status === 101
    ? new Response(null, { status, webSocket: new WebSocketPair()[0] })
    : new Response(null, { status, headers });

/** Browsers have announced in these ways that a response may never be seen. */
const speculative: HeadersInit[] = [
  { "Sec-Purpose": "prefetch" },
  { "Sec-Purpose": "prefetch;prerender" },
  { "Sec-Purpose": "prefetch;anonymous-client-ip" },
  { "Sec-Purpose": "prefetch; prerender; anonymous-client-ip" },
  { "Sec-Purpose": "Prefetch" },
  { "Sec-Purpose": "other, prefetch;a=1" },
  { "Sec-Purpose": 'other;note="a, b", prefetch' },
  { "Sec-Purpose": "prerender" },
  { Purpose: "prefetch" },
  { "X-Purpose": "preview" },
  { "X-Moz": "prefetch" },
];
const ordinary: HeadersInit[] = [
  {},
  { "Sec-Purpose": "" },
  { "Sec-Purpose": "navigate;prefetch" },
  { "Sec-Purpose": 'other;note="a, prefetch"' },
  { "Sec-Purpose": "no-prefetch" },
  { "X-Purpose": "reload" },
];

test.each(speculative)("3.3 %o is speculative", (headers) => {
  expect(isSpeculative(requestWith(headers))).toBe(true);
});

test.each(ordinary)("3.3 %o is not speculative", (headers) => {
  expect(isSpeculative(requestWith(headers))).toBe(false);
});

const shows = [200, 201, 203, 206, 400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 501, 502, 503, 504];
const showsNothing = [101, 204, 205, 300, 301, 302, 303, 304, 307, 308];

for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
  test(`3.3 ${method}: delivered by ${shows.join(", ")}, and by none of ${showsNothing.join(", ")}`, () => {
    for (const path of ["/page", "/page.data", "/page?_data=routes%2Fpage"]) {
      const delivered = [...shows, ...showsNothing].filter((status) =>
        wasDelivered(requestWith({}, method, path), responseWith(status)),
      );
      expect(delivered).toEqual(shows);
    }
  });
}

test.each(["HEAD", "OPTIONS"])("3.3 no response to %s delivers", (method) => {
  for (const status of [...shows, ...showsNothing]) {
    expect(wasDelivered(requestWith({}, method), responseWith(status))).toBe(false);
  }
});

test("3.3 a single-fetch redirect delivers nothing, but a resource route's own 202 does", () => {
  const remix = { "X-Remix-Response": "yes" };
  for (const method of ["GET", "POST"]) {
    expect(wasDelivered(requestWith({}, method, "/page.data"), responseWith(202, remix))).toBe(false);
    expect(wasDelivered(requestWith({}, method, "/_root.data?index"), responseWith(202, remix))).toBe(false);
    const reactRouter = { "Content-Type": "text/x-script; charset=utf-8" };
    expect(wasDelivered(requestWith({}, method, "/page.data"), responseWith(202, reactRouter))).toBe(false);
    expect(wasDelivered(requestWith({}, method, "/page.data"), responseWith(200, remix))).toBe(true);
    for (const headers of [{}, remix, reactRouter]) {
      expect(wasDelivered(requestWith({}, method, "/jobs"), responseWith(202, headers))).toBe(true);
    }
  }
});

test("3.3 a 404 page for an image, a script or a style sheet delivers nothing", () => {
  for (const destination of ["image", "script", "style", "font", "manifest", "serviceworker"]) {
    expect(wasDelivered(requestWith({ "Sec-Fetch-Dest": destination }), responseWith(404))).toBe(false);
  }
  for (const destination of ["document", "iframe", "empty"]) {
    expect(wasDelivered(requestWith({ "Sec-Fetch-Dest": destination }), responseWith(404))).toBe(true);
  }
});

test.each(ALL)("3.3 4.5 %s: an error page that shows a message and sets another shows neither again", async (kind) => {
  const store = open(kind);
  const { cookie } = await request(store, "", (session) => session.flash("success", "first"));
  const failed = await request(store, cookie, (session) => {
    const shown = [session.getFlash("success")];
    session.flash("success", "second");
    shown.push(session.getFlash("success"));
    return page(String(shown), { status: 500 });
  });
  expect(await failed.response.text()).toBe("first,second");
  const next = await request(store, failed.cookie, (session) => page(String(session.getFlash("success"))), {
    method: "GET",
  });
  expect(await next.response.text()).toBe("undefined");
});

test("3.3 speculation is an open list: X-Sec-Purpose, and what an app adds", async () => {
  const { visit, held } = createVisitor();
  await visit((session) => session.flash("success", "Saved"), "/", { method: "POST" });
  const show = (session: AnySession) => page(String(session.getFlash("success")));
  const ahead = await visit(show, "/", { headers: { "X-Sec-Purpose": "prefetch" } });
  expect(await ahead.text()).toBe("undefined");
  const isSpeculative = ({ headers }: Request) => headers.has("X-Hover");
  expect(await (await visit(show, "/", { headers: { "X-Hover": "1" } }, { isSpeculative })).text()).toBe("undefined");
  expect(await held()).toEqual({ __flash_success__: "Saved" });
  expect(await (await visit(show)).text()).toBe("Saved");
});

test("3.3 so is an answer that leads elsewhere: .rsc redirects, and what an app adds", async () => {
  const { visit, held } = createVisitor();
  await visit((session) => session.flash("success", "Saved"), "/", { method: "POST" });
  const answer = (headers: HeadersInit) => (session: AnySession) => {
    session.getFlash("success");
    return page("", { status: 202, headers });
  };
  await visit(answer({ "Content-Type": "text/x-component" }), "/page.rsc");
  const leadsElsewhere = (_: Request, { headers }: Response) => headers.has("HX-Redirect");
  await visit(answer({ "HX-Redirect": "/next" }), "/", {}, { leadsElsewhere });
  expect(await held()).toEqual({ __flash_success__: "Saved" });
});

test("3.1 a kept message stays, whether it is read before or after", async () => {
  const store = open("cookie");
  for (const order of [
    ["keepFlash", "getFlash"],
    ["getFlash", "keepFlash"],
  ] as const) {
    const { cookie } = await request(store, "", (session) => session.flash("success", "Saved"));
    const kept = await request(store, cookie, (session) => void order.map((call) => session[call]("success")));
    expect(await dataOf(store, kept.cookie)).toEqual({ __flash_success__: "Saved" });
  }
});

test("3.1 a message that was set on the raw session is not shown by a page that does not read it", async () => {
  const store = open("cookie");
  const { cookie } = await request(store, "", (session) => {
    session.getSession().flash("success", "Saved");
    return page("without it");
  });
  expect(await dataOf(store, cookie)).toEqual({ __flash_success__: "Saved" });
});
