/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** live.ts tells open tabs that their session has ended, and no socket survives it. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, test } from "vitest";
import { SuperflareSession } from "~/lib/session";
import { stateOf } from "~/lib/session/raw-session";
import { answerLiveSignOut, tagOf } from "~/lib/session-extras/live";
import {
  followClock,
  HOUR,
  type Kind,
  objectOf,
  objectsThat,
  open,
  pairOf,
  request,
  type Store,
  stored,
} from "./harness";

const ENDED = "ended";
const OTHER = "signed in as somebody else";

interface Options {
  upgrade?: boolean;
  headers?: Record<string, string>;
  shownFor?: string;
}

/** Asks as a page of this user would, with this cookie. */
async function ask(store: Store, cookie: string, { upgrade = true, shownFor = "ada" }: Options = {}) {
  const headers = { Cookie: cookie, ...(upgrade && { Upgrade: "websocket" }) };
  const url = `https://example.com/live?as=${await tagOf(shownFor, store.config)}`;
  const config = { ...store.config, request: new Request(url, { headers }) };
  const session = new SuperflareSession(await store.storage.getSession(cookie));
  const response = await answerLiveSignOut(session, config);
  return { response, session };
}

/** Opens the socket of a tab, and records what it hears. */
async function openTab(store: Store, cookie: string, options: Options = {}) {
  const { response } = await ask(store, cookie, options);
  expect(response.status).toBe(101);
  const socket = response.webSocket as WebSocket;
  const tab = { socket, heard: [] as unknown[], closedWith: undefined as number | undefined };
  socket.addEventListener("message", ({ data }) => {
    tab.heard.push(data);
  });
  socket.addEventListener("close", ({ code }) => {
    tab.closedWith = code;
  });
  socket.accept();
  return tab;
}

type Tab = Awaited<ReturnType<typeof openTab>>;
const isClosed = (...tabs: Tab[]) =>
  expect
    .poll(() => tabs.filter(({ closedWith }) => closedWith === undefined).length, { timeout: 10_000, interval: 5 })
    .toBe(0);

const opened = () => open("durable-object");

async function destroy({ storage }: Store, cookie: string) {
  await storage.destroySession(await storage.getSession(cookie));
}

/** Gives the session a new id, and perhaps another user. Returns the cookie. */
async function regenerate({ storage }: Store, cookie: string, user?: string) {
  const session = await storage.getSession(cookie);
  const state = stateOf(session);
  if (state) state.plan.ending = { kind: "regenerate", newLifetime: true };
  if (user) session.set("user", user);
  return pairOf(await storage.commitSession(session));
}

test("6.2 every tab is told of a sign-out once, and its socket closes", async () => {
  const store = opened();
  const cookie = await stored(store, { user: "ada" });
  const tabs = [await openTab(store, cookie), await openTab(store, cookie)];
  await destroy(store, cookie);
  await isClosed(...tabs);
  for (const { heard, closedWith } of tabs) expect([heard, closedWith]).toEqual([[ENDED], 1000]);
});

test("6.2 8.5 a device's tabs are told when another device signs it out, and no other tab is", async () => {
  const store = opened();
  const user = crypto.randomUUID();
  const [mine, other] = [await stored(store, { user }), await stored(store, { user })];
  const tabs = [
    await openTab(store, mine, { shownFor: user }),
    await openTab(store, other, { shownFor: user }),
  ] as const;
  await store.storage.userSessions?.revoke(await store.storage.getSession(mine), ({ isCurrent }) => !isCurrent);
  await isClosed(tabs[1]);
  expect(tabs[1].heard).toEqual([ENDED]);
  expect([tabs[0].heard, tabs[0].closedWith]).toEqual([[], undefined]);
  tabs[0].socket.close();
});

test("2.6 when the session expires, its tabs are told that it ended", async () => {
  const store = opened();
  followClock(store.clock);
  const cookie = await stored(store, { user: "ada" }, { maxAge: HOUR });
  const tab = await openTab(store, cookie);
  const object = await objectOf(store, cookie);
  store.clock.now += HOUR;
  await runDurableObjectAlarm(object);
  await isClosed(tab);
  expect(tab.heard).toEqual([ENDED]);
});

test("8.3 2.6 an alarm before the end of a renewed session closes nothing", async () => {
  const store = opened();
  const cookie = await stored(store, { user: "ada" }, { maxAge: HOUR });
  const tab = await openTab(store, cookie);
  expect(await runDurableObjectAlarm(await objectOf(store, cookie))).toBe(true);
  tab.socket.send("ping");
  await expect.poll(() => tab.heard, { timeout: 10_000, interval: 5 }).toEqual(["pong"]);
  expect(tab.closedWith).toBeUndefined();
  tab.socket.close();
});

test("6.1 no socket survives a new id, and a tab that reconnects is told of another user only if there is one", async () => {
  const store = opened();
  const cookie = await stored(store, { user: "ada" });
  const tab = await openTab(store, cookie);
  const same = await regenerate(store, cookie);
  await isClosed(tab);
  expect([tab.heard, tab.closedWith]).toEqual([[], 4000]);
  // While the response with the new cookie is on its way, the old cookie gets no news and must ask again.
  const { response } = await ask(store, cookie, { upgrade: false });
  expect([response.status, await response.text()]).toEqual([204, ""]);
  const early = await openTab(store, cookie);
  await isClosed(early);
  expect([early.heard, early.closedWith]).toEqual([[], 4000]);

  const again = await openTab(store, same);
  const bobs = await regenerate(store, same, "bob");
  await isClosed(again);
  const told = await openTab(store, bobs);
  await isClosed(told);
  expect(told.heard).toEqual([OTHER]);
});

test("4.6 a session that cannot be read is answered 503: nobody is told that it ended", async () => {
  const cookie = await stored(opened(), { user: "ada" });
  const SESSION_OBJECT = objectsThat(async () => {
    throw new Error("The store is down.");
  });
  const { response } = await ask(open("durable-object", {}, { SESSION_OBJECT }), cookie);
  expect([response.status, response.webSocket]).toEqual([503, null]);
});

test("6.1 a tab with the old id is told that its session ended, and nothing about the new one", async () => {
  const store = opened();
  const planted = await stored(store, { theme: "dark" });
  await regenerate(store, planted, "ada");
  store.clock.now += 16;
  const tab = await openTab(store, planted);
  await isClosed(tab);
  expect(tab.heard).toEqual([ENDED]);
});

test("6.1 a change of user without a new id closes the sockets too, and no other change does", async () => {
  const store = opened();
  const cookie = await stored(store, { user: "ada" });
  const tab = await openTab(store, cookie);
  const write = async (key: string, value: string) => {
    const session = await store.storage.getSession(cookie);
    session.set(key, value);
    await store.storage.commitSession(session);
  };
  await write("theme", "dark");
  tab.socket.send("ping");
  await expect.poll(() => tab.heard, { timeout: 10_000, interval: 5 }).toEqual(["pong"]);
  await write("user", "bob");
  await isClosed(tab);
  expect(tab.closedWith).toBe(4000);
});

test("6.1 8.2 a user whom a request in flight at a new id sets closes the sockets of that id", async () => {
  const store = opened();
  const cookie = await stored(store, { user: "ada" });
  const slow = new SuperflareSession(await store.storage.getSession(cookie));
  const tab = await openTab(store, await regenerate(store, cookie));
  await request(store, slow, (session) => session.set("user", "bob"));
  await isClosed(tab);
  expect([tab.heard, tab.closedWith]).toEqual([[], 4000]);
});

test("6.1 a user who is unset closes the sockets too, and a tab that reconnects is told that the session ended", async () => {
  const store = opened();
  const cookie = await stored(store, { user: "ada", theme: "dark" });
  const tab = await openTab(store, cookie);
  await request(store, cookie, (session) => session.unset("user"));
  await isClosed(tab);
  expect([tab.heard, tab.closedWith]).toEqual([[], 4000]);
  const again = await openTab(store, cookie);
  await isClosed(again);
  expect(again.heard).toEqual([ENDED]);
});

test.each([
  ["ends", destroy],
  [
    "gets another user",
    (store: Store, cookie: string) => request(store, cookie, (session) => session.set("user", "bob")),
  ],
])("6.2 a session that %s between the Worker's check and the socket leaves no socket", async (_, change) => {
  const store = opened();
  const cookie = await stored(store, { user: "ada" });
  const session = new SuperflareSession(await store.storage.getSession(cookie));
  await change(store, cookie);
  const url = `https://example.com/live?as=${await tagOf("ada", store.config)}`;
  const config = { ...store.config, request: new Request(url, { headers: { Upgrade: "websocket" } }) };
  const { webSocket } = await answerLiveSignOut(session, config);
  const code = new Promise((resolve) => webSocket?.addEventListener("close", ({ code }) => resolve(code)));
  webSocket?.accept();
  expect(await code).toBe(4000);
});

test("P4 a message from a page closes its socket, except for a ping", async () => {
  const store = opened();
  const tab = await openTab(store, await stored(store, { user: "ada" }));
  tab.socket.send("hello");
  await isClosed(tab);
  expect([tab.heard, tab.closedWith]).toEqual([[], 1003]);
});

test("8.2 1,000 sockets of one user's sessions are all told, and a hundred simultaneous sign-outs tell each of them once", async () => {
  const store = opened();
  const user = crypto.randomUUID();
  const cookies = await Promise.all(Array.from({ length: 10 }, () => stored(store, { user })));
  const tabs: Tab[] = [];
  for (const cookie of cookies) {
    tabs.push(...(await Promise.all(Array.from({ length: 100 }, () => openTab(store, cookie, { shownFor: user })))));
  }
  expect(tabs).toHaveLength(1_000);
  // Ten sign-outs for each session.
  await Promise.all(cookies.flatMap((cookie) => Array.from({ length: 10 }, () => destroy(store, cookie))));
  await isClosed(...tabs);
  expect(tabs.filter(({ heard }) => heard.length !== 1 || heard[0] !== ENDED)).toEqual([]);
});

for (const kind of ["cookie", "kv", "durable-object"] as Kind[]) {
  test(`2.6 ${kind}: a page that asks is answered, and renews nothing`, async () => {
    const store = open(kind, { idleTimeout: HOUR });
    const cookie = await stored(store, { user: "ada" });
    store.clock.now += HOUR - 60;
    const { response, session } = await ask(store, cookie, { upgrade: false });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(stateOf(session.getSession())?.read.isRenewalDue).toBe(true);
    const as = async (shownFor: string, jar = cookie) =>
      (await ask(store, jar, { upgrade: false, shownFor })).response.text();
    expect([await as("bob"), await as("ada", "")]).toEqual([OTHER, ENDED]);
    store.clock.now += 60;
    expect(await as("ada")).toBe(ENDED);
  });
}

test("6.4 a store without sockets says so, and a page from before a new secret is not told of another user", async () => {
  const store = open("cookie");
  const cookie = await stored(store, { user: "ada" });
  expect((await ask(store, cookie)).response.status).toBe(501);
  const [secret = ""] = store.config.secrets;
  const rotated = {
    ...store,
    config: { ...store.config, secrets: ["a new secret that is surely long enough", secret] },
  };
  const url = `https://example.com/live?as=${await tagOf("ada", store.config)}`;
  const session = new SuperflareSession(await store.storage.getSession(cookie));
  const response = await answerLiveSignOut(session, { ...rotated.config, request: new Request(url) });
  expect(await response.text()).toBe("");
});

test("P5 a user's name in an address is keyed", async () => {
  const { config } = open("cookie");
  expect(await tagOf("ada", config)).toMatch(/^[0-9a-f]{12}$/);
  expect(await tagOf("ada", config)).not.toBe(await tagOf("ada", { ...config, secrets: ["another secret"] }));
});
