/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** Bound sessions (chapter 9) while stores fail, answers are lost and requests run in parallel, and with the other extras. */
import { beforeAll, describe, expect, test } from "vitest";
import { answerLiveSignOut, tagOf } from "~/lib/session-extras/live";
import {
  type Act,
  type Browser,
  copyOf,
  createApp,
  createBrowser,
  createKey,
  createOwner,
  DEVICE,
  DEVICE_AGE,
  IN_FLIGHT,
  namesOf,
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
  CONSISTENT,
  dataOf,
  HOUR,
  hangingCall,
  interposed,
  type Kind,
  migrate,
  objectOf,
  objectsThat,
  WITH_RECORDS,
  watchContents,
} from "./harness";

beforeAll(migrate);

/** Makes an app whose store's calls fail from now on, before or after they are done, and a switch. */
function createUnreliableApp(kind: Kind) {
  const store = { fails: "never" as "never" | "before" | "after" };
  const fail = () => {
    throw new Error("The store is down.");
  };
  const vars = interposed(async (call) => {
    if (store.fails === "before") fail();
    const result = await call();
    return store.fails === "after" ? fail() : result;
  });
  return { store, app: createApp(kind, { vars }) };
}

describe.each(WITH_RECORDS)("%s is down", (kind) => {
  test("9.8 a registration is answered 503 and stores nothing, and works later", async () => {
    const { store, app } = createUnreliableApp(kind);
    const browser = await createBrowser(app);
    await browser.signIn();
    store.fails = "before";
    const answer = await browser.register();
    expect([answer.status, answer.headers.has("Retry-After"), answer.lines]).toEqual([503, true, []]);
    store.fails = "never";
    app.clock.now += IN_FLIGHT;
    expect(await browser.read()).toEqual({ user: "ada" });
    expect((await browser.register()).status).toBe(200);
  });

  test("9.8 P1 a registration that could not be stored is not confirmed", async () => {
    const { store, app } = createUnreliableApp(kind);
    const browser = await createBrowser(app);
    await browser.signIn();
    const meanwhile = () => {
      store.fails = "before";
    };
    const answer = await browser.register({ meanwhile });
    expect([answer.status, answer.headers.has("Retry-After"), browser.binding]).toEqual([503, true, undefined]);
    expect([await answer.response.text(), answer.lines]).toEqual([expect.stringMatching(/^Not saved/), []]);
    store.fails = "never";
    app.clock.now += IN_FLIGHT;
    expect(await browser.read()).toEqual({ user: "ada" });
    expect((await browser.register()).status).toBe(200);
  });

  test("9.8 a refresh is answered 503, and the browser keeps its key", async () => {
    const { store, app } = createUnreliableApp(kind);
    const owner = await createOwner(app);
    app.clock.now += DEVICE_AGE;
    store.fails = "before";
    const answer = await owner.refresh();
    expect([answer.status, answer.headers.has("Retry-After"), answer.lines]).toEqual([503, true, []]);
    expect(await owner.read()).toEqual({});
    store.fails = "never";
    expect((await owner.refresh()).status).toBe(200);
    expect(await owner.read()).toEqual({ user: "ada" });
  });

  test("9.8 a sign-in that is not stored is offered no binding", async () => {
    const { store, app } = createUnreliableApp(kind);
    const browser = await createBrowser(app);
    await browser.visit(setTheme, POST);
    const late = await browser.begin(POST);
    store.fails = "before";
    const { status, headers } = await late(setUser("ada"));
    expect([status, headers.has(OFFER)]).toEqual([503, false]);
  });
});

test("9.8 P4 an object that does not answer costs its own session alone", async () => {
  const hanging = new Set<string>();
  const hang = hangingCall();
  const SESSION_OBJECT = objectsThat(({ id }, go) => (hanging.has(id) ? hang() : go()));
  const app = createApp("durable-object", { vars: { SESSION_OBJECT } });
  const [one, other] = [await createOwner(app), await createOwner(app)];
  hanging.add((await objectOf(app, one.cookie())).id.toString());
  app.clock.now += DEVICE_AGE;
  expect([(await one.refresh()).status, (await other.refresh()).status]).toEqual([503, 200]);
  expect(await other.read()).toEqual({ user: "ada" });
  await createOwner(app, "bob");
});

describe.each(CONSISTENT)("%s: a lost answer", (kind) => {
  test("9.10 to the registration leaves 15 seconds, and the visitor signs in again", async () => {
    const app = createApp(kind);
    const browser = await createBrowser(app);
    await browser.signIn();
    const jar = new Map(browser.jar);
    await browser.register();
    Object.assign(browser, { jar, binding: undefined });
    app.clock.now += IN_FLIGHT - 1;
    expect(await browser.read()).toEqual({ user: "ada" });
    app.clock.now++;
    expect([await browser.read(), (await browser.register()).status]).toEqual([{}, 401]);
    await browser.signIn();
    expect((await browser.register()).status).toBe(200);
    app.clock.now += IN_FLIGHT;
    expect(await browser.read()).toEqual({ user: "ada" });
  });

  test("9.8 8.7 from the store to a registration that it has stored is no confirmation, and the visitor signs in again", async () => {
    const { store, app } = createUnreliableApp(kind);
    const browser = await createBrowser(app);
    await browser.signIn();
    const meanwhile = () => {
      store.fails = "after";
    };
    expect((await browser.register({ meanwhile })).status).toBe(503);
    store.fails = "never";
    expect((await browser.register()).status).toBe(401);
    app.clock.now += DEVICE_AGE;
    expect(await browser.read()).toEqual({});
    await browser.signIn();
    expect((await browser.register()).status).toBe(200);
  });

  test("9.10 to a refresh costs nothing", async () => {
    const app = createApp(kind);
    const owner = await createOwner(app);
    app.clock.now += DEVICE_AGE;
    const jar = new Map(owner.jar);
    await owner.refresh();
    owner.jar = jar;
    expect((await owner.refresh()).status).toBe(200);
    expect(await owner.read()).toEqual({ user: "ada" });
  });
});

describe.each(CONSISTENT)("%s: in parallel", (kind) => {
  test("9.10 two tabs that refresh both get a cookie", async () => {
    const app = createApp(kind);
    const owner = await createOwner(app);
    app.clock.now += DEVICE_AGE;
    const answers = await Promise.all([owner.refresh(), owner.refresh()]);
    for (const { status, lines } of answers) {
      expect([status, namesOf(lines)]).toEqual([200, [DEVICE]]);
      const tab = await copyOf(owner);
      lines.forEach((line) => void tab.take(line));
      expect(await tab.read()).toEqual({ user: "ada" });
    }
  });

  test("9.10 8.2 a write that was sent before the registration is stored, and the session is bound", async () => {
    const app = createApp(kind);
    const owner = await createBrowser(app);
    await owner.signIn();
    const late = await owner.begin(POST);
    await owner.register();
    expect((await late(setTheme)).status).toBe(200);
    app.clock.now += DEVICE_AGE;
    expect(await (await copyOf(owner)).read()).toEqual({});
    await owner.refresh();
    expect(await owner.read()).toEqual({ user: "ada", theme: "dark" });
  });

  test("9.3 of two registrations, one key is the session's", async () => {
    const app = createApp(kind);
    const [one, other] = [await createBrowser(app), await createKey()];
    await one.signIn();
    const two = Object.assign(await copyOf(one), { key: other });
    await one.register({ meanwhile: () => two.register() });
    app.clock.now += DEVICE_AGE;
    const statuses = [(await one.refresh()).status, (await two.refresh()).status];
    expect(statuses.sort()).toEqual([200, 401]);
  });

  test.each(["before", "after"])("9.11 a new id %s the registration leaves a bound session", async (order) => {
    const app = createApp(kind);
    const owner = await createBrowser(app);
    await owner.signIn();
    const planted = await copyOf(owner);
    if (order === "before") {
      expect((await owner.register({ meanwhile: () => owner.visit(regenerate, POST) })).status).toBe(200);
    } else {
      const late = await owner.begin(POST);
      const first = await owner.register();
      // The request does not know of the key, and offers to bind the session. That is refused.
      expect([first.status, (await late(regenerate)).status, (await owner.register()).status]).toEqual([200, 200, 401]);
    }
    app.clock.now += IN_FLIGHT;
    expect(await owner.read()).toEqual({ user: "ada" });
    app.clock.now += DEVICE_AGE;
    expect([await planted.read(), await (await copyOf(owner)).read()]).toEqual([{}, {}]);
    expect((await owner.refresh()).status).toBe(200);
    expect(await owner.read()).toEqual({ user: "ada" });
  });

  test("9.11 4.10 a refresh with the id that was replaced a moment ago costs no key", async () => {
    const app = createApp(kind);
    const owner = await createOwner(app);
    const late = await copyOf(owner);
    await owner.visit(regenerate, POST);
    expect([(await late.ask()).status, (await owner.refresh()).status]).toEqual([503, 200]);
  });

  test("9.11 6.2 P2 neither a registration nor a refresh revives a session that was signed out meanwhile", async () => {
    const contents = await watchContents(kind);
    const app = createApp(kind);
    const user = crypto.randomUUID();
    const [late, owner] = [await createBrowser(app), await createOwner(app, user)];
    await late.signIn(user);
    expect(JSON.stringify(await contents())).toContain(user);
    const registered = await late.register({ meanwhile: () => late.visit(signOut, POST) });
    const refreshed = await owner.refresh({ meanwhile: () => owner.visit(signOut, POST) });
    // The refresh has read the session before the sign-out. Its cookie opens nothing.
    expect([registered.status, refreshed.status]).toEqual([409, 200]);
    for (const browser of [late, owner])
      expect([await browser.read(), (await browser.ask()).status]).toEqual([{}, 401]);
    expect(JSON.stringify(await contents())).not.toContain(user);
  });

  test("9.11 6.2 P2 a sign-out that began before the registration ends the session", async () => {
    const app = createApp(kind);
    const owner = await createBrowser(app);
    await owner.signIn();
    const thief = await copyOf(owner);
    const late = await owner.begin(POST);
    await owner.register();
    expect((await late(signOut)).status).toBe(200);
    expect([await thief.read(), (await owner.refresh()).status]).toEqual([{}, 401]);
  });

  test("9.11 4.10 a session that goes to another user meanwhile is not bound", async () => {
    const app = createApp(kind);
    const browser = await createBrowser(app);
    await browser.signIn();
    const meanwhile = () => browser.visit(setUser("bob"), POST);
    expect((await browser.register({ meanwhile })).status).toBe(409);
    app.clock.now += IN_FLIGHT;
    expect(await browser.read()).toEqual({ user: "bob" });
    // The new sign-in has an offer of its own.
    expect((await browser.register()).status).toBe(200);
  });
});

describe.each([
  ["d1", "durable-object"],
  ["durable-object", "d1"],
] as const)("1.6 adopt, from %s to %s", (before, kind) => {
  const moved = async () => {
    const former = createApp(before);
    const owner = await createOwner(former);
    const app = former.deployed({ kind, from: { kind: before } });
    app.clock.now += DEVICE_AGE;
    const thief = await copyOf(owner);
    for (const browser of [owner, thief]) browser.app = app;
    return { former, app, owner, thief };
  };

  test("9.2 a copy of the former cookie opens and binds nothing, before and after the session is adopted", async () => {
    const { owner, thief } = await moved();
    const isNobody = async () => expect([await thief.read(), (await thief.ask("")).status]).toEqual([{}, 401]);
    await isNobody();
    await owner.refresh();
    const { lines, seen } = await owner.visit((session) => session.get("user"));
    expect([namesOf(lines), seen]).toEqual([[SESSION], "ada"]);
    await isNobody();
  });

  test("9.2 9.11 an adopted session stays bound", async () => {
    const { app, owner } = await moved();
    await owner.refresh();
    await owner.read();
    app.clock.now += DEVICE_AGE;
    const thief = await copyOf(owner);
    expect([await thief.read(), (await thief.refresh()).status]).toEqual([{}, 401]);
    expect((await owner.refresh()).status).toBe(200);
    expect(await owner.read()).toEqual({ user: "ada" });
  });

  test("9.4 a refresh adopts nothing", async () => {
    const { former, owner } = await moved();
    await owner.refresh();
    expect(await dataOf(former, owner.cookie())).toMatchObject({ user: "ada" });
  });

  test.each([
    ["a copy", true],
    ["a browser that could not prove itself", false],
  ])("9.2 9.7 6.2 a sign-out by %s ends the session in both", async (_, isCopy) => {
    const { former, owner, thief } = await moved();
    const headers = skipped(owner.binding, "unreachable");
    const cookie = owner.cookie();
    const answer = isCopy ? await thief.visit(signOut, POST) : await owner.visit(signOut, { ...POST, headers });
    expect(answer.status).toBe(200);
    expect([await dataOf(former, cookie), (await owner.ask()).status]).toEqual([{}, 401]);
  });

  test("9.7 4.6 nothing is adopted, and nothing replaces the session, while the browser could not prove itself", async () => {
    const { former, owner } = await moved();
    const headers = skipped(owner.binding, "unreachable");
    const cookie = owner.cookie();
    expect((await owner.visit(setTheme, { ...POST, headers })).status).toBe(503);
    expect([owner.cookie(), await dataOf(former, cookie)]).toEqual([cookie, expect.objectContaining({ user: "ada" })]);
    await owner.refresh();
    expect(await owner.read()).toEqual({ user: "ada" });
  });
});

test("1.6 9.1 a sign-in that adopts an unbound session of another cookie binds the new one", async () => {
  const cookie = { name: "__Host-old", secure: true };
  const former = createApp("d1", { settings: { cookie } });
  const browser = await createBrowser(former);
  await browser.visit(setTheme, POST);
  const { clock } = former;
  const app = createApp("durable-object", { clock, from: { kind: "d1", cookie: cookie.name } });
  browser.app = app;
  await browser.signIn();
  expect((await browser.register()).status).toBe(200);
  app.clock.now += DEVICE_AGE;
  expect(await (await copyOf(browser)).read()).toEqual({});
  await browser.refresh();
  expect(await browser.read()).toEqual({ user: "ada", theme: "dark" });
});

describe("9.13 a WebSocket that tells of a sign-out", () => {
  const live: Act = (session, _, config) => answerLiveSignOut(session, config);
  const upgrade = { Upgrade: "websocket", Origin: ORIGIN, "Sec-Fetch-Site": "same-origin" };
  const askLive = async (browser: Browser, headers: Record<string, string> = upgrade) =>
    browser.visit(live, { path: `/live?as=${await tagOf("ada", browser.app.config)}`, headers });

  function listen(response: Response) {
    const tab = { socket: response.webSocket, heard: [] as unknown[], closedWith: undefined as number | undefined };
    tab.socket?.addEventListener("message", ({ data }) => void tab.heard.push(data));
    tab.socket?.addEventListener("close", ({ code }) => {
      tab.closedWith = code;
    });
    tab.socket?.accept();
    return tab;
  }
  const becomes = (ask: () => unknown, value: unknown) =>
    expect.poll(ask, { timeout: 10_000, interval: 5 }).toEqual(value);

  test("opens with the device cookie, outlives it, and closes at the owner's sign-out", async () => {
    const app = createApp("durable-object");
    const owner = await createOwner(app);
    const { response, status } = await askLive(owner);
    const tab = listen(response);
    app.clock.now += DEVICE_AGE;
    tab.socket?.send("ping");
    await becomes(() => tab.heard, ["pong"]);
    await owner.refresh();
    await owner.visit(signOut, POST);
    await becomes(() => [tab.heard, tab.closedWith], [["pong", "ended"], 1000]);
    expect(status).toBe(101);
  });

  test("tells a copy of all cookies that the session has ended, and the owner's stays open", async () => {
    const app = createApp("durable-object");
    const owner = await createOwner(app);
    const tab = listen((await askLive(owner)).response);
    app.clock.now += DEVICE_AGE;
    const thief = await copyOf(owner);
    const told = listen((await askLive(thief)).response);
    await becomes(() => [told.heard, told.closedWith], [["ended"], 1000]);
    expect(await (await askLive(thief, {})).response.text()).toBe("ended");
    tab.socket?.send("ping");
    await becomes(() => tab.heard, ["pong"]);
    tab.socket?.close();
  });

  test("is answered 503 with a device cookie that is not valid any more, or from a browser that could not prove itself", async () => {
    const app = createApp("durable-object");
    const owner = await createOwner(app);
    owner.ahead = -HOUR;
    app.clock.now += DEVICE_AGE;
    const stale = await askLive(owner);
    owner.ahead = 0;
    const unproved = await askLive(owner, { ...upgrade, ...skipped(owner.binding) });
    for (const { status, response } of [stale, unproved]) expect([status, response.webSocket]).toEqual([503, null]);
  });
});
