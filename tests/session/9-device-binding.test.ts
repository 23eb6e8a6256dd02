/// <reference types="@cloudflare/vitest-pool-workers/types" />
/**
 * Sessions that are bound to a device (chapter 9): what a browser, its owner and a thief with a copy of all cookies can
 * do. Beside it, -answers has old device cookies, -faults has stores that fail, requests in parallel and other extras,
 * and -proofs has forged proofs.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { ConfigError, getConfig, handleFetch, type SessionConfig, SuperflareSession } from "~/lib/session";
import { createSessionStorage } from "~/lib/session/stores";
import { adopt } from "~/lib/session-extras/adopt";
import { bindToDevice, handleBoundFetch } from "~/lib/session-extras/device-binding";
import {
  type Act,
  type App,
  type Browser,
  CHALLENGE_AGE,
  challengeIn,
  copyOf,
  createApp,
  createBrowser,
  createOwner,
  DEVICE,
  DEVICE_AGE,
  IN_FLIGHT,
  namesOf,
  nothing,
  OFFER,
  ORIGIN,
  POST,
  regenerate,
  SESSION,
  setTheme,
  setUser,
  signOut,
  skipped,
} from "./device-browser";
import {
  ALL,
  CONSISTENT,
  DAY,
  env,
  HOUR,
  migrate,
  openForeign,
  page,
  redirect,
  watchContents,
  watchedStore,
} from "./harness";

beforeAll(migrate);

/** Returns what the last one returns. */
const inTurn =
  (...acts: Act[]): Act =>
  (...given) =>
    acts.map((act) => act(...given)).at(-1);
const unreadOf = async (browser: Browser, headers = {}) =>
  (await browser.visit((session) => session.unread, { headers })).seen;

describe.each(ALL)("%s", (kind) => {
  test("9.1 9.2 a browser registers its key at the sign-in, and stays signed in for as long as it proves that it has it", async () => {
    const app = createApp(kind);
    const browser = await createBrowser(app);
    await browser.signIn();
    const { lines, response } = await browser.register();
    expect(lines.filter((line) => line.startsWith(`${DEVICE}=`))).toEqual([
      expect.stringMatching(/=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
    ]);
    expect(await response.json()).toEqual({
      session_identifier: browser.binding,
      scope: { include_site: false },
      credentials: [{ type: "cookie", name: DEVICE, attributes: "Path=/; HttpOnly; SameSite=Lax; Secure" }],
    });
    for (let times = 0; times < 3; times++) {
      app.clock.now += DEVICE_AGE;
      expect(browser.cookie()).not.toContain(DEVICE);
      expect((await browser.refresh()).status).toBe(200);
      expect(await browser.read()).toEqual({ user: "ada" });
    }
    expect(app.problems).toEqual([]);
  });

  test("9.1 a browser without it gets nothing but the offer, and its session stays as it is", async () => {
    const app = createApp(kind);
    const [bound, plain] = [await createBrowser(app), await createBrowser(app)];
    const { headers } = await bound.signIn();
    const config = { ...app.config, request: new Request(`${ORIGIN}/`, POST) };
    const storage = createSessionStorage<Record<string, unknown>>(config);
    const session = new SuperflareSession(await storage.getSession());
    const getSessionCookie = () => storage.commitSession(session.getSession());
    const without = await handleFetch({ config, session, getSessionCookie }, () => {
      session.regenerate({ newLifetime: true });
      session.set("user", "ada");
      return page();
    });
    const namesIn = (all: Headers) => [...all.keys()].filter((name) => name !== OFFER.toLowerCase()).sort();
    expect(namesIn(headers)).toEqual(namesIn(without.headers));
    plain.take(without.headers.getSetCookie()[0] ?? "");
    app.clock.now += HOUR;
    for (const browser of [bound, plain]) {
      const { seen, lines, headers } = await browser.visit((session) => session.data);
      expect([seen, lines, headers.has(OFFER)]).toEqual([{ user: "ada" }, [], false]);
    }
  });

  test("9.7 4.6 a browser that could not prove itself sees nobody, and nothing that it writes is confirmed or replaces the session", async () => {
    const app = createApp(kind);
    const owner = await createOwner(app);
    app.clock.now += DEVICE_AGE;
    const cookie = owner.cookie();
    const headers = { ...skipped(owner.binding), "Sec-Fetch-Site": "same-origin" };
    expect([await owner.read({ headers }), await unreadOf(owner, headers)]).toEqual([{}, "unavailable"]);
    const acts: [act: Act, method: string, status: number][] = [
      [setTheme, "POST", 503],
      [setTheme, "GET", 200],
      [setUser("bob"), "POST", 503],
      [regenerate, "GET", 503],
      [nothing, "POST", 200],
    ];
    for (const [act, method, status] of acts) {
      const answer = await owner.visit(act, { method, headers });
      expect([answer.status, answer.lines, answer.headers.has(OFFER)]).toEqual([status, [], false]);
    }
    expect(owner.cookie()).toBe(cookie);
    await owner.refresh();
    expect(await owner.read()).toEqual({ user: "ada" });
  });

  test.each([
    ["another host's page", "same-site", "no-cors"],
    ["an extension", "none", "cors"],
  ])("9.9 4.6 a request of %s, for which the browser does not refresh, replaces nothing", async (_, site, mode) => {
    const app = createApp(kind);
    const owner = await createOwner(app);
    app.clock.now += DEVICE_AGE;
    const cookie = owner.cookie();
    const headers = { "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode };
    expect([await owner.read({ headers }), await unreadOf(owner, headers)]).toEqual([{}, "unavailable"]);
    const written = await owner.visit(setTheme, { headers });
    const posted = await owner.visit(setTheme, { ...POST, headers, allowCrossOrigin: () => true });
    expect([written.status, posted.status, written.lines, posted.lines]).toEqual([200, 503, [], []]);
    expect([owner.cookie(), app.problems.includes("unproved")]).toEqual([cookie, false]);
    await owner.refresh();
    expect(await owner.read()).toEqual({ user: "ada" });
  });

  test("9.7 a sign-out of a browser that could not prove itself works", async () => {
    const app = createApp(kind);
    const owner = await createOwner(app);
    app.clock.now += DEVICE_AGE;
    const { status, lines } = await owner.visit(signOut, { ...POST, headers: skipped(owner.binding, "unreachable") });
    expect([status, namesOf(lines), owner.jar.has(SESSION)]).toEqual([200, [SESSION], false]);
  });

  test("9.14 switched off, nothing is offered, bound sessions open without a device cookie, and a refresh removes the key", async () => {
    const app = createApp(kind);
    const owner = await createOwner(app);
    app.clock.now += DEVICE_AGE;
    const off = app.deployed({ vars: { SESSION_DEVICE_AGE: "0" } });
    owner.app = off;
    // Whoever does not know the binding does not remove it.
    expect([await owner.read(), (await owner.ask("")).status, (await owner.tell({})).status]).toEqual([
      { user: "ada" },
      401,
      401,
    ]);
    expect(await owner.visit((session) => session.has("deviceBinding"))).toMatchObject({ seen: true });
    const answer = await owner.refresh();
    expect([answer.status, await answer.response.json()]).toEqual([
      200,
      { session_identifier: owner.binding, continue: false },
    ]);
    const other = await createBrowser(off);
    expect((await other.signIn()).headers.has(OFFER)).toBe(false);
    app.clock.now += DAY;
    expect((await other.ask()).lines).toEqual([]);
    // Switched on again, the session is an unbound one.
    owner.app = app.deployed({});
    app.clock.now += DEVICE_AGE;
    expect(await owner.read()).toEqual({ user: "ada" });
    expect((await owner.visit(regenerate, POST)).headers.has(OFFER)).toBe(true);
  });
});

describe("9.1 an offer", () => {
  test.each<[name: string, act: Act, before: Act]>([
    ["a sign-in with a new id", inTurn(regenerate, setUser("ada")), setTheme],
    ["a sign-in without one", setUser("ada"), setTheme],
    ["a sign-in of a visitor who has no session", setUser(7), nothing],
    ["a sign-in of the user 0", setUser(0), nothing],
    ["another user", setUser("bob"), setUser("ada")],
    ["a sign-out and a sign-in at once", inTurn(signOut, setUser("bob")), setUser("ada")],
    ["a new id of an unbound session", regenerate, setUser("ada")],
    ["a new id of a visitor who is not signed in", regenerate, setTheme],
    ["a redirect", inTurn(setUser("ada"), () => redirect("/account")), nothing],
  ])("comes with %s", async (_, act, before) => {
    const browser = await createBrowser(createApp("durable-object"));
    await browser.visit(before, POST);
    const { headers } = await browser.visit(act, POST);
    expect(headers.get(OFFER)).toMatch(/^\(ES256\);path="\/session\/device";challenge="[\w.-]+"$/);
    expect((await browser.register()).status).toBe(200);
  });

  test.each<[name: string, act: Act, before: Act]>([
    ["a page", (session) => page(String(session.get("theme"))), setTheme],
    ["a first write of a visitor who is not signed in", setTheme, nothing],
    ["a new id for a visitor who has no session", regenerate, nothing],
    ["a write of a visitor who is signed in", setTheme, setUser("ada")],
    ["the same user again", setUser("ada"), setUser("ada")],
    ["a sign-out", signOut, setUser("ada")],
    ["a sign-out that keeps the theme", inTurn(signOut, setTheme), setUser("ada")],
    ["a user who is unset", (session) => session.unset("user"), setUser("ada")],
    ["an error page", inTurn(setUser("ada"), () => page("", { status: 500 })), nothing],
  ])("does not come with %s", async (_, act, before) => {
    const browser = await createBrowser(createApp("durable-object"));
    await browser.visit(before, POST);
    expect((await browser.visit(act, POST)).headers.has(OFFER)).toBe(false);
  });

  test("does not come with a sign-in that was not stored", async () => {
    const app = createApp("durable-object");
    const browser = await createBrowser(app);
    await browser.visit(setTheme, POST);
    const late = await browser.begin(POST);
    await browser.signIn();
    const answer = await late(inTurn(regenerate, setUser("bob")));
    expect([answer.status, answer.headers.has(OFFER)]).toEqual([409, false]);
  });

  test("does not come over http on this machine", async () => {
    const { cookie } = getConfig({
      request: new Request("http://localhost:8788/"),
      env: createApp("cookie").config.env,
    });
    const browser = await createBrowser(createApp("cookie", { settings: { cookie } }));
    const { status, headers } = await browser.signIn();
    expect([status, headers.has(OFFER)]).toEqual([200, false]);
  });
});

describe("9.1 a sign-in on a link from elsewhere, after which the browser would register without the session's cookie", () => {
  const link = (site: string) => ({ headers: { "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate" } });
  const readUser: Act = (session) => session.get("user");

  test.each(["cross-site", "same-site"])("from a %s page is bound by the next request of this site", async (site) => {
    const app = createApp("durable-object");
    const browser = await createBrowser(app);
    const signedIn = await browser.visit(inTurn(regenerate, setUser("ada")), link(site));
    expect([signedIn.headers.has(OFFER), namesOf(signedIn.lines)]).toEqual([false, [SESSION, DEVICE]]);
    expect(signedIn.lines[1]).toMatch(/=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/);

    // The page that it leads to is still from elsewhere, and these others would not take it.
    const socket: Act = (session) => {
      session.get("user");
      return new Response(null, { status: 101, webSocket: new WebSocketPair()[0] });
    };
    const notFound: Act = (session) => page(session.get("user") as string, { status: 404 });
    const others = [
      await browser.visit(readUser, link(site)),
      await browser.visit(nothing),
      await browser.visit(socket, { headers: { Upgrade: "websocket" } }),
      await browser.visit(notFound),
    ];
    expect(others.map(({ headers, lines }) => [headers.has(OFFER), lines])).toEqual(Array(4).fill([false, []]));

    app.clock.now += HOUR;
    const { headers, lines, seen } = await browser.visit(readUser);
    expect([seen, headers.has(OFFER), lines.join()]).toEqual([
      "ada",
      true,
      expect.stringContaining(`${DEVICE}=; Max-Age=0;`),
    ]);
    expect((await browser.register()).status).toBe(200);
    app.clock.now += DEVICE_AGE;
    expect(await (await copyOf(browser)).read()).toEqual({});
    expect([(await browser.refresh()).status, (await browser.visit(readUser)).headers.has(OFFER)]).toEqual([
      200,
      false,
    ]);
  });

  test("is offered once, and a browser without device binding keeps its session", async () => {
    const app = createApp("durable-object");
    const browser = await createBrowser(app);
    await browser.visit(setUser("ada"), link("cross-site"));
    const offers = [await browser.visit(readUser), await browser.visit(readUser)].map(({ headers }) =>
      headers.has(OFFER),
    );
    app.clock.now += HOUR;
    expect([offers, await browser.read()]).toEqual([[true, false], { user: "ada" }]);
  });

  test("is not offered to another session, nor for a cookie that is not ours", async () => {
    const app = createApp("durable-object");
    const [browser, other] = [await createBrowser(app), await createBrowser(app)];
    await browser.visit(setUser("ada"), link("cross-site"));
    await other.visit(setUser("bob"), link("cross-site"));
    for (const value of [other.jar.get(DEVICE)?.value ?? "", browser.jar.get(SESSION)?.value ?? "", "offer"]) {
      browser.jar.set(DEVICE, { value, endsAt: Number.POSITIVE_INFINITY });
      expect((await browser.visit(readUser)).headers.has(OFFER)).toBe(false);
    }
  });

  test("by a script of another host, for which the browser never refreshes, locks nobody out", async () => {
    const app = createApp("durable-object");
    const browser = await createBrowser(app);
    const headers = { Origin: "https://app.example.com", "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors" };
    const script = { headers, allowCrossOrigin: () => true };
    expect((await browser.visit(setUser("ada"), { ...POST, ...script })).headers.has(OFFER)).toBe(false);
    app.clock.now += DEVICE_AGE;
    expect(await browser.read(script)).toEqual({ user: "ada" });
  });
});

describe("4.13 a wrong wiring", () => {
  const send = async (
    request: Request,
    app: App,
    wire: (config: SessionConfig) => ReturnType<typeof createSessionStorage>,
  ) => {
    const config = { ...app.config, request };
    const storage = wire(config);
    const session = new SuperflareSession(await storage.getSession(request.headers.get("Cookie")));
    const getSessionCookie = () => storage.commitSession(session.getSession());
    return handleBoundFetch({ config, session, getSessionCookie }, () => page());
  };

  test("without bindToDevice is an error at the first request", async () => {
    const request = new Request(ORIGIN);
    await expect(send(request, createApp("cookie"), createSessionStorage)).rejects.toThrow(ConfigError);
  });

  test("with another package's storage is an error at the first request", async () => {
    const remixs = (config: SessionConfig) => bindToDevice(openForeign().storage, config);
    await expect(send(new Request(ORIGIN), createApp("cookie"), remixs)).rejects.toThrow(ConfigError);
  });

  test("with adopt over it, a former cookie opens nothing without the device", async () => {
    const former = createApp("d1");
    const owner = await createOwner(former);
    const request = new Request(ORIGIN, { headers: { Cookie: owner.cookie() } });
    const adopted = (config: SessionConfig) => {
      const storage = createSessionStorage({ ...config, env: { ...config.env, SESSION_STORE: "durable-object" } });
      const from = createSessionStorage(config);
      return adopt(bindToDevice(storage, config), { config, from, cookie: config.cookie.name });
    };
    await expect(send(request, former, adopted)).rejects.toThrow(ConfigError);
  });
});

describe.each(CONSISTENT)("%s: a copy of all cookies", (kind) => {
  const stolen = async () => {
    const app = createApp(kind);
    const user = crypto.randomUUID();
    const owner = await createOwner(app, user);
    return { app, owner, user, thief: await copyOf(owner) };
  };

  test("9.2 is the visitor until the device cookie ends, then nobody, and its owner notices nothing", async () => {
    const { app, owner, user, thief } = await stolen();
    app.clock.now += DEVICE_AGE - IN_FLIGHT - 1;
    expect(await thief.read()).toEqual({ user });
    app.clock.now++;
    // The device cookie goes first, as from the owner's browser.
    expect((await thief.visit(nothing)).status).toBe(307);
    expect([await thief.read(), await unreadOf(thief)]).toEqual([{}, undefined]);
    await owner.refresh();
    expect([await owner.read(), await thief.read()]).toEqual([{ user }, {}]);
  });

  test("9.2 is logged once it is nobody, and its owner's refresh and link are not", async () => {
    const { app, owner, thief } = await stolen();
    app.clock.now += DEVICE_AGE;
    await owner.visit(nothing, { headers: { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" } });
    await owner.refresh();
    expect(app.problems).toEqual([]);
    thief.jar.delete(DEVICE);
    await thief.read();
    expect(app.problems).toEqual(["unproved"]);
  });

  test("9.2 cannot write or get a new id: it starts a session of its own", async () => {
    const { app, owner, user, thief } = await stolen();
    app.clock.now += DEVICE_AGE;
    thief.jar.delete(DEVICE);
    const renewed = await thief.visit(regenerate, POST);
    expect([renewed.status, renewed.lines, renewed.headers.has(OFFER)]).toEqual([200, [], false]);
    const written = await thief.visit(setTheme, POST);
    expect([written.status, namesOf(written.lines)]).toEqual([200, [SESSION]]);
    expect(await thief.read()).toEqual({ theme: "dark" });
    const signedIn = await (await copyOf(owner)).signIn("mallory");
    expect(signedIn.status).toBe(200);
    await owner.refresh();
    expect(await owner.read()).toEqual({ user });
  });

  test("9.2 cannot refresh or bind", async () => {
    const { app, owner, user, thief } = await stolen();
    for (const wait of [0, DEVICE_AGE]) {
      app.clock.now += wait;
      const refreshed = await (await copyOf(thief)).refresh();
      // Neither with the challenge of the owner's offer, nor with a new one.
      const bound = await (await copyOf(thief)).register();
      const { headers } = await thief.ask();
      const again = await (await copyOf(thief)).register({ challenge: challengeIn(headers) });
      expect([refreshed.status, bound.status, again.status]).toEqual([401, 401, 401]);
      expect([refreshed, bound, again].flatMap(({ lines }) => lines)).toEqual([]);
    }
    await owner.refresh();
    expect(await owner.read()).toEqual({ user });
  });

  test("9.2 lists and ends no other session", async () => {
    const { app, owner, thief } = await stolen();
    app.clock.now += DEVICE_AGE;
    thief.jar.delete(DEVICE);
    const { seen } = await thief.visit(async (session, { userSessions }) => [
      await userSessions?.list(session.getSession()),
      await userSessions?.revoke(session.getSession(), () => true),
    ]);
    expect(seen).toEqual([
      { sessions: [], isComplete: true },
      { ended: [], isComplete: true },
    ]);
    expect((await owner.refresh()).status).toBe(200);
  });

  test("9.2 6.2 can end the session", async () => {
    for (const hasNewId of [false, true]) {
      const { app, owner } = await stolen();
      if (hasNewId) await owner.visit(regenerate, POST);
      const thief = await copyOf(owner);
      app.clock.now += DEVICE_AGE;
      thief.jar.delete(DEVICE);
      expect((await thief.visit(signOut, POST)).status).toBe(200);
      expect((await owner.refresh()).status).toBe(401);
      expect(await owner.read()).toEqual({});
    }
  });

  test("9.2 9.11 opens nothing after the owner's sign-out", async () => {
    const { owner, thief } = await stolen();
    await owner.visit(signOut, POST);
    expect([await thief.read(), (await thief.refresh()).status]).toEqual([{}, 401]);
  });

  test("9.2 opens nothing with the device cookie of another session, or with another sealed value in its place", async () => {
    const { owner, user, app } = await stolen();
    const other = await createOwner(app, "mallory");
    await other.refresh();
    const late = await createBrowser(app);
    await late.signIn("mallory");
    const valueIn = (browser: Browser, name: string) => browser.jar.get(name)?.value ?? "";
    const challenge = challengeIn((await owner.ask()).headers);
    for (const value of [valueIn(other, DEVICE), valueIn(owner, SESSION), challenge, owner.challenge, late.challenge]) {
      const thief = await copyOf(owner);
      thief.jar.set(DEVICE, { value, endsAt: Number.POSITIVE_INFINITY });
      expect((await thief.visit(nothing)).status).toBe(307);
    }
    expect(await owner.read()).toEqual({ user });
  });

  test("9.3 from before the registration has 15 seconds left", async () => {
    const app = createApp(kind);
    const owner = await createBrowser(app);
    await owner.signIn();
    const thief = await copyOf(owner);
    // However late the browser registers.
    app.clock.now += CHALLENGE_AGE - 1;
    await owner.register();
    app.clock.now += IN_FLIGHT - 1;
    expect(await thief.read()).toEqual({ user: "ada" });
    app.clock.now++;
    expect([await thief.read(), (await thief.register()).status]).toEqual([{}, 401]);
    expect(await owner.read()).toEqual({ user: "ada" });
  });
});

describe.each(CONSISTENT)("%s", (kind) => {
  test("9.3 a session takes one key, once, with the challenge of its own offer", async () => {
    const app = createApp(kind);
    const [owner, other] = [await createBrowser(app), await createBrowser(app)];
    await owner.signIn();
    const former = owner.challenge;
    await other.signIn();
    await owner.visit(regenerate, POST);
    // Neither another session's offer, nor one for an id that the session had before.
    for (const challenge of [other.challenge, former, ""])
      expect((await owner.register({ challenge })).status).toBe(401);
    expect((await owner.register()).status).toBe(200);
    const { key, binding } = owner;
    owner.key = other.key;
    expect((await owner.register()).status).toBe(401);
    expect((await owner.refresh()).status).toBe(401);
    Object.assign(owner, { key, binding });
    expect((await owner.refresh()).status).toBe(200);
  });

  test("9.3 9.5 an offer is good for two minutes", async () => {
    for (const [wait, status] of [
      [CHALLENGE_AGE - 1, 200],
      [CHALLENGE_AGE, 401],
    ] as const) {
      const app = createApp(kind);
      const browser = await createBrowser(app);
      await browser.signIn();
      app.clock.now += wait;
      expect((await browser.register()).status).toBe(status);
    }
  });

  test.each([
    ["early", 60],
    ["after the device cookie's end", 0],
  ])("9.4 a refresh %s writes nothing, sends no session cookie, and is no use of the session", async (_, early) => {
    const watched = watchedStore(kind);
    const app = createApp(kind, { vars: watched.config.env, settings: { idleTimeout: HOUR } });
    const owner = await createOwner(app);
    const contents = await watchContents(kind);
    const before = await contents();
    const end = app.clock.now - IN_FLIGHT + HOUR;
    while (app.clock.now + DEVICE_AGE < end) {
      app.clock.now += DEVICE_AGE - early;
      const calls = watched.accesses().length;
      const answer = await owner.refresh();
      expect([answer.status, namesOf(answer.lines)]).toEqual([200, [DEVICE]]);
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
      // Each of the two requests reads the session.
      expect(watched.accesses().length - calls).toBe(2);
    }
    expect(await contents()).toEqual(before);
    app.clock.now = end;
    expect((await owner.refresh()).status).toBe(401);
  });

  test("9.6 a browser that has lost its key is nobody, and signs in again", async () => {
    const app = createApp(kind);
    const user = crypto.randomUUID();
    const owner = await createOwner(app, user);
    const old = await copyOf(owner);
    app.clock.now += DEVICE_AGE;
    expect(await owner.read()).toEqual({});
    Object.assign(owner, { key: (await createBrowser(app)).key, binding: undefined });
    expect((await owner.signIn(user)).headers.has(OFFER)).toBe(true);
    expect((await owner.register()).status).toBe(200);
    // The list has its old session, which the new one can end.
    const end: Act = (session, { userSessions }) =>
      userSessions?.revoke(session.getSession(), ({ isCurrent }) => !isCurrent);
    expect((await owner.visit(end, POST)).seen).toMatchObject({ ended: [{ data: { user } }] });
    expect((await old.ask()).status).toBe(401);
    app.clock.now += DEVICE_AGE;
    await owner.refresh();
    expect(await owner.read()).toEqual({ user });
  });

  test("9.7 9.6 a browser that could not prove another binding is nobody here, and can sign in", async () => {
    const app = createApp(kind);
    const owner = await createOwner(app);
    app.clock.now += DEVICE_AGE;
    const headers = skipped("another");
    expect([await owner.read({ headers }), await unreadOf(owner, headers)]).toEqual([{}, undefined]);
    const { status, lines } = await owner.visit(setUser("ada"), { ...POST, headers });
    expect([status, namesOf(lines)]).toEqual([200, [SESSION]]);
  });

  test("9.11 a new id keeps the binding and offers none", async () => {
    const app = createApp(kind);
    const owner = await createOwner(app);
    const { status, headers } = await owner.visit((session) => {
      session.regenerate();
      session.set("proved", true);
    }, POST);
    expect([status, headers.has(OFFER)]).toEqual([200, false]);
    app.clock.now += DEVICE_AGE;
    expect(await (await copyOf(owner)).read()).toEqual({});
    expect((await owner.refresh()).status).toBe(200);
    expect(await owner.read()).toEqual({ user: "ada", proved: true });
  });

  test("9.11 after a sign-out, here or from another device, the next refresh is refused", async () => {
    const app = createApp(kind);
    const user = crypto.randomUUID();
    const [owner, other] = [await createOwner(app, user), await createOwner(app, user)];
    const revoke: Act = (session, { userSessions }) =>
      userSessions?.revoke(session.getSession(), ({ isCurrent }) => !isCurrent);
    await owner.visit(revoke, POST);
    expect([await other.read(), (await other.refresh()).status, other.binding]).toEqual([{}, 401, undefined]);
    await owner.visit(signOut, POST);
    expect([await owner.read(), (await owner.refresh()).status, owner.binding]).toEqual([{}, 401, undefined]);
  });

  test("9.12 after a secret is rotated, all secrets open challenges and device cookies", async () => {
    const [old, fresh] = ["o".repeat(32), "n".repeat(32)];
    const app = createApp(kind, { settings: { secrets: [old] } });
    const rotated = app.deployed({ settings: { secrets: [fresh, old] } });
    const late = await createBrowser(app);
    await late.signIn("bob");
    const owner = await createOwner(app);
    const { headers } = await owner.ask();
    for (const browser of [owner, late]) browser.app = rotated;
    expect(await owner.read()).toEqual({ user: "ada" });
    expect((await owner.sendProof(await owner.prove(challengeIn(headers)))).status).toBe(200);
    expect((await late.register()).status).toBe(200);
  });

  test("9.15 an offer that never arrives leaves a session that can be copied, which the app can tell", async () => {
    const app = createApp(kind);
    const [victim, owner] = [await createBrowser(app), await createOwner(app)];
    await victim.signIn();
    const isBound: Act = (session) => session.has("deviceBinding");
    const thief = await copyOf(victim);
    app.clock.now += HOUR;
    await owner.refresh();
    expect([await thief.read(), (await thief.visit(isBound)).seen]).toEqual([{ user: "ada" }, false]);
    expect((await owner.visit(isBound)).seen).toBe(true);
  });
});

describe("9.2 9.3 the documented limits", () => {
  test("cookie: a copy from before the registration stays unbound", async () => {
    const app = createApp("cookie");
    const owner = await createBrowser(app);
    await owner.signIn();
    const thief = await copyOf(owner);
    await owner.register();
    app.clock.now += HOUR;
    expect(await thief.read()).toEqual({ user: "ada" });
  });

  test("cookie: a parallel response drops the key, and the visitor stays signed in without it", async () => {
    const app = createApp("cookie");
    const owner = await createBrowser(app);
    await owner.signIn();
    const late = await owner.begin(POST);
    await owner.register();
    await late(setTheme);
    app.clock.now += DEVICE_AGE;
    expect([(await owner.refresh()).status, await owner.read()]).toEqual([401, { user: "ada", theme: "dark" }]);
  });

  test("kv: a parallel write drops the key, and the visitor stays signed in without it", async () => {
    const put = { before: async () => {} };
    const SESSION_KV = {
      get: (key: string) => env.SESSION_KV.get(key),
      put: async (key: string, value: string, options: KVNamespacePutOptions) => {
        const { before } = put;
        put.before = async () => {};
        await before();
        return env.SESSION_KV.put(key, value, options);
      },
    } as KVNamespace;
    const app = createApp("kv", { vars: { SESSION_KV } });
    const owner = await createBrowser(app);
    await owner.signIn();
    // KV has no merge: the write puts back the record that it has read.
    put.before = async () => expect((await owner.register()).status).toBe(200);
    await owner.visit(setTheme, POST);
    app.clock.now += DEVICE_AGE;
    expect([(await owner.refresh()).status, await owner.read()]).toEqual([401, { user: "ada", theme: "dark" }]);
  });
});

describe("9.5 9.14 the setting SESSION_DEVICE_AGE", () => {
  test.each([
    [undefined, 600],
    ["", 600],
    ["5", 5],
    [5, 5],
    [600, 600],
    ["9999", 9999],
  ])("%j makes device cookies of %i seconds, and challenges of half of that at most", async (setting, age) => {
    const app = createApp("durable-object", { vars: { SESSION_DEVICE_AGE: setting } });
    const browser = await createBrowser(app);
    await browser.signIn();
    const { lines } = await browser.register();
    expect(lines.join()).toContain(`Max-Age=${age};`);
    const half = Math.min(CHALLENGE_AGE, Math.ceil(age / 2));
    for (const [wait, status] of [
      [half - 1, 200],
      [half, 403],
    ] as const) {
      const { headers } = await browser.ask();
      app.clock.now += wait;
      const answer = await browser.sendProof(await browser.prove(challengeIn(headers)));
      expect(answer.status).toBe(status);
      if (status === 200) expect(answer.lines.join()).toContain(`Max-Age=${age - wait};`);
    }
  });

  test.each(["4", "1", "-5", "0.5", "1e3", "10000", "ten", " 600", "00", 4, -0.1, true, {}])(
    "%j is an error at the first request",
    async (setting) => {
      const app = createApp("cookie", { vars: { SESSION_DEVICE_AGE: setting } });
      await expect((await createBrowser(app)).visit(nothing)).rejects.toThrow(ConfigError);
    },
  );

  test("0 as a number switches it off as well", async () => {
    const browser = await createBrowser(createApp("cookie", { vars: { SESSION_DEVICE_AGE: 0 } }));
    expect((await browser.signIn()).headers.has(OFFER)).toBe(false);
  });
});
