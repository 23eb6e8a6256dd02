/// <reference types="@cloudflare/vitest-pool-workers/types" />
/**
 * The tests of the session folder share these stores on local workerd's real bindings, requests through handleFetch or
 * the test Worker, a browser, and bindings that fail.
 */
import { applyD1Migrations, type D1Migration, listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env as testEnv } from "cloudflare:workers";
import { createMemorySessionStorage, createSession as createRemixSession } from "@remix-run/cloudflare";
import { expect, onTestFinished, vi } from "vitest";
import {
  type CommitReport,
  getConfig,
  type HandleFetchOptions,
  handleFetch,
  type SessionConfig,
  type SessionEvent,
  SuperflareSession,
} from "~/lib/session";
import {
  createD1Store,
  createDurableObjectStore,
  createKvStore,
  createSessionStorage,
  type RecordStore,
  type StoreEnv,
  storeOf,
} from "~/lib/session/stores";
import { keyOf } from "~/lib/session/stores/record-store";
import { TIMEOUT } from "~/lib/session/stores/time-limit";
import { adaptStorage } from "~/lib/session-extras/foreign-storage";
import worker, { gates, observed } from "./test-worker";

// biome-ignore lint/suspicious/noExplicitAny: any key, any value
export type AnySession = SuperflareSession<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: a storage of any package
type AnyStorage = any;
// biome-ignore lint/suspicious/noExplicitAny: a storage of any package
type AnyStore = any;
export type Act = (session: AnySession) => unknown;

export interface Data {
  theme: "light" | "dark";
  profile: { name: string; roles: string[] };
  n: number;
}
export interface Flash {
  success: string;
  theme: string;
}

/** Wraps one of Remix's own sessions. */
export const wrap = (data: object = {}) => new SuperflareSession<Data, Flash>(createRemixSession(data as Data));

type Bindings = Omit<Required<StoreEnv>, "SESSION_OBJECT"> & {
  SESSION_OBJECT: DurableObjectNamespace;
  MIGRATIONS: D1Migration[];
};
export const env = testEnv as unknown as Bindings;

/** Makes the tables of the D1 store. */
export const migrate = () => applyD1Migrations(env.SESSION_DB, env.MIGRATIONS);

export const ALL = ["cookie", "kv", "d1", "durable-object"] as const;
export const WITH_RECORDS = ["kv", "d1", "durable-object"] as const;
/** In the consistent stores the next request reads every write, on any machine. */
export const CONSISTENT = ["d1", "durable-object"] as const;
export type Kind = (typeof ALL)[number];

/** `createVisitor` seals its cookies with this secret. */
export const SECRET = "a secret that is surely long enough";
export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The events of every session's life. The others are problems. */
const LIFE: SessionEvent[] = ["created", "renewed", "regenerated", "destroyed"];

/** Opens the store as the settings would, with a clock, a log and a config that the test can reach. */
export function open(kind: Kind, overrides: Partial<SessionConfig> = {}, vars: Partial<StoreEnv> = {}) {
  const clock = { now: Math.floor(Date.now() / 1000) };
  const events: SessionEvent[] = [];
  const details: unknown[] = [];
  const problems: SessionEvent[] = [];
  const config: SessionConfig = {
    ...getConfig({ request: new Request("https://example.com/"), env: { ...env, SESSION_STORE: kind, ...vars } }),
    now: () => clock.now,
    // A busy machine must not count as a store that hangs.
    storeTimeout: 60_000,
    log: (event, detail) => {
      events.push(event);
      details.push(detail);
      if (!LIFE.includes(event)) problems.push(event);
    },
    ...overrides,
  };
  return { config, clock, events, details, problems, storage: createSessionStorage<Record<string, unknown>>(config) };
}

export type Store = ReturnType<typeof open>;

export const pairOf = (line = "") => line.split(";")[0] as string;

/** Commits these values as a new session; returns the `Set-Cookie` line. */
export async function committed(
  { storage }: { storage: AnyStorage },
  data: Record<string, unknown>,
  options = {},
): Promise<string> {
  const session = await storage.getSession();
  for (const [key, value] of Object.entries(data)) session.set(key, value);
  return storage.commitSession(session, options);
}

/** Like `committed`, but returns the cookie as a browser sends it. */
export const stored = async (...args: Parameters<typeof committed>) => pairOf(await committed(...args));

export const dataOf = async ({ storage }: { storage: AnyStorage }, cookie: string): Promise<Record<string, unknown>> =>
  (await storage.getSession(cookie)).data;

export const page = (body = "page", init: ResponseInit = {}) => new Response(body, init);
export const redirect = (to = "/", status = 303) => new Response(null, { status, headers: { Location: to } });

interface RequestOptions extends Omit<Partial<HandleFetchOptions>, "config" | "session" | "getSessionCookie"> {
  method?: string | undefined;
  path?: string | undefined;
  init?: RequestInit;
  /** The options of `commitSession`. */
  commit?: object | undefined;
  getSessionCookie?: ((session: AnySession) => Promise<string>) | undefined;
}

/**
 * Sends a request through handleFetch, with a cookie or with a session that was opened earlier. If `act` returns no
 * response, the answer is a page.
 */
export async function request(
  { config, storage }: { config: SessionConfig; storage: AnyStorage },
  from: string | AnySession,
  act: Act,
  { method = "POST", path = "/", init = {}, commit, getSessionCookie, ...options }: RequestOptions = {},
) {
  const headers = new Headers(init.headers);
  if (typeof from === "string" && from) headers.set("Cookie", from);
  const session: AnySession =
    typeof from === "string" ? new SuperflareSession(await storage.getSession(from || null)) : from;
  const commitSession = () => storage.commitSession(session.getSession(), ...(commit ? [commit] : []));
  let report: CommitReport | undefined;
  const response = await handleFetch(
    {
      config: { ...config, request: new Request(`https://example.com${path}`, { method, ...init, headers }) },
      session,
      getSessionCookie: () => (getSessionCookie ? getSessionCookie(session) : commitSession()),
      report: (facts) => {
        report = facts;
      },
      ...options,
    },
    async () => {
      const answer = await act(session);
      return answer instanceof Response ? answer : page();
    },
  );
  const lines = response.headers.getSetCookie();
  const line = lines.find((one) => one.startsWith(`${config.cookie.name}=`));
  const cookie = line ? pairOf(line) : typeof from === "string" ? from : "";
  const { status } = response;
  return { response, status, headers: response.headers, lines, line, cookie, session, report, result: report?.result };
}

/** Makes a browser with a cookie jar, and an app with the cookie store that answers with the given handlers. */
export function createVisitor(settings: Partial<SessionConfig> = {}) {
  const jar = new Map<string, string>();
  /** Events of an ordinary life are left out. */
  const events: SessionEvent[] = [];
  const lines: { event: SessionEvent; details?: Record<string, unknown> | undefined }[] = [];
  const commits = { count: 0 };
  const log: SessionConfig["log"] = (event, details) => {
    lines.push({ event, details });
    if (!LIFE.includes(event)) events.push(event);
  };
  const store = open("cookie", { secrets: [SECRET], log, ...settings });
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");

  async function visit(handler: Act, path = "/", init: RequestInit = {}, options: RequestOptions = {}) {
    const getSessionCookie = (session: AnySession) => {
      commits.count++;
      return store.storage.commitSession(session.getSession() as never);
    };
    const all = { method: "GET", path, init, getSessionCookie, ...options };
    const { response } = await request(store, cookie(), handler, all);
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0/.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Reads the session's data with its flashes, and changes nothing. */
  const held = () => dataOf(store, cookie());

  return { visit, held, jar, clock: store.clock, events, lines, commits };
}

/** Opens a storage of another package, by default Remix's in memory. */
export const openForeign = (
  storage: AnyStorage = createMemorySessionStorage({ cookie: { name: "__session", secrets: ["s"] } }),
) => ({ ...open("cookie"), storage });

/** The same behind the adapter, which ends its sessions. */
export function openAdapted(storage?: AnyStorage, cookie = "__session") {
  const store = openForeign(storage);
  return { ...store, storage: adaptStorage<Record<string, unknown>>(store.storage, { cookie }) };
}

/** Sends a request with another package's session, and returns the data of the old session and the new one. */
export async function requestForeign(act: Act, options: RequestOptions = {}, store: AnyStore = openAdapted()) {
  const cookie = await stored(store, { theme: "dark" });
  const { status, lines } = await request(store, cookie, act, options);
  const [old, next] = [await dataOf(store, cookie), await dataOf(store, pairOf(lines[0]))];
  return { status, lines, events: store.events, old, next };
}

/** Sends a request to the test Worker, and returns the answer and the cookie from then on. */
export async function askWorker(kind: Kind, query: string, cookie = "") {
  const headers = { "X-Store": kind, Cookie: cookie };
  const response = await worker.fetch(new Request(`https://example.com/?${query}`, { headers }));
  const [line] = response.headers.getSetCookie();
  return {
    status: response.status,
    data: (response.ok ? await response.json() : {}) as Record<string, string>,
    line,
    cookie: line ? pairOf(line) : cookie,
  };
}

/** Requests with `wait=` and this gate's name wait until the test opens it. */
export function openGate() {
  const name = crypto.randomUUID();
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gate = { waiting: 0, opened };
  gates.set(name, gate);
  return {
    name,
    open,
    reachedBy: (count: number) => expect.poll(() => gate.waiting, { timeout: 10_000, interval: 5 }).toBe(count),
  };
}

/** Wraps the Durable Objects, so that `answer` decides each call. */
export function objectsThat(
  answer: (asked: { id: string; call: string }, go: () => Promise<Response>) => Promise<Response>,
) {
  const { SESSION_OBJECT } = env;
  return {
    idFromName: (name: string) => SESSION_OBJECT.idFromName(name),
    get: (id: DurableObjectId) => ({
      fetch: (url: string, init: { method: string; body: string }) =>
        answer({ id: id.toString(), ...JSON.parse(init.body) }, () => SESSION_OBJECT.get(id).fetch(url, init)),
    }),
  } as unknown as DurableObjectNamespace;
}

/** Runs the visits so that all of them read the session before the first one writes. */
export async function together(visits: ((wait: string) => Promise<unknown>)[]) {
  const gate = openGate();
  const running = visits.map((start) => start(`wait=${gate.name}`));
  await gate.reachedBy(visits.length);
  gate.open();
  await Promise.all(running);
}

/** Wraps the bindings, so that `access` decides each access. */
export function interposed(access: (call: () => Promise<unknown>) => unknown): Partial<StoreEnv> {
  const statement = (original: D1PreparedStatement): object => ({
    original,
    bind: (...values: unknown[]) => statement(original.bind(...values)),
    first: () => access(() => original.first()),
    all: () => access(() => original.all()),
    run: () => access(() => original.run()),
  });
  const { SESSION_KV, SESSION_DB } = env;
  return {
    SESSION_KV: {
      get: (key: string) => access(() => SESSION_KV.get(key)),
      put: (key: string, value: string, options: object) => access(() => SESSION_KV.put(key, value, options)),
      delete: (key: string) => access(() => SESSION_KV.delete(key)),
    },
    SESSION_DB: {
      prepare: (sql: string) => statement(SESSION_DB.prepare(sql)),
      batch: (statements: { original: D1PreparedStatement }[]) =>
        access(() => SESSION_DB.batch(statements.map(({ original }) => original))),
    },
    SESSION_OBJECT: objectsThat((_, go) => access(go) as Promise<Response>),
  } as unknown as Partial<StoreEnv>;
}

/** Makes bindings whose every call fails in this way. */
export function brokenBindings(fail: () => unknown): Partial<StoreEnv> {
  const statement: object = { bind: () => statement, first: fail, run: fail, all: fail };
  return {
    SESSION_KV: { get: fail, put: fail, delete: fail },
    SESSION_DB: { prepare: () => statement, batch: fail },
    SESSION_OBJECT: { idFromName: () => "id", get: () => ({ fetch: fail }) },
  } as unknown as Partial<StoreEnv>;
}

/** Opens a store whose every call is rejected. */
export const openDown = (kind: Kind) =>
  open(
    kind,
    {},
    brokenBindings(() => Promise.reject(new Error("down"))),
  );

/**
 * Returns a call that never answers, and whose time limit passes at once. A short limit would also end healthy calls, if the
 * machine is busy.
 */
export function hangingCall(): () => Promise<never> {
  const timers = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => timers.mockRestore());
  return () => {
    // The time limit begins just before its call.
    const [pass] = timers.mock.calls.findLast((given: unknown[]) => given[2] === TIMEOUT) ?? [];
    (pass as unknown as (reason: symbol) => void)(TIMEOUT);
    return new Promise(() => {});
  };
}

/** Opens a store that never answers. A request waits `storeTimeout` milliseconds for it. */
export const openHanging = (kind: Kind, storeTimeout: number) =>
  open(
    kind,
    { storeTimeout },
    brokenBindings(() => new Promise(() => {})),
  );

/** Opens a store that counts the accesses to its binding. */
export function watchedStore(kind: Kind) {
  const calls: string[] = [];
  const watched = <T extends object>(binding: T) => observed(binding, (method) => calls.push(method));
  const vars = {
    SESSION_KV: watched(env.SESSION_KV),
    SESSION_DB: watched(env.SESSION_DB),
    SESSION_OBJECT: watched(env.SESSION_OBJECT),
  };
  // `idFromName` only prepares an access.
  return { ...open(kind, {}, vars), accesses: () => calls.filter((name) => name !== "idFromName") };
}

/** Lets the clock of the Durable Objects follow this one. */
export function followClock(clock: { now: number }) {
  const ahead = Date.now() / 1000 - clock.now;
  const time = vi.spyOn(Date, "now").mockImplementation(() => (clock.now + ahead) * 1000);
  onTestFinished(() => time.mockRestore());
}

/** Returns the Durable Object of the session with this cookie. */
export async function objectOf({ storage }: Pick<Store, "storage">, cookie: string) {
  const { id } = await storage.getSession(cookie);
  return env.SESSION_OBJECT.get(env.SESSION_OBJECT.idFromName(`session ${await keyOf(id)}`));
}

/** Wraps the Durable Objects, so that the one with this session never answers. */
export async function hangingObject(store: Pick<Store, "storage">, cookie: string) {
  const stub = await objectOf(store, cookie);
  const hang = hangingCall();
  return objectsThat(({ id }, go) => (id === stub.id.toString() ? hang() : go()));
}

/**
 * Resolves to a function that lists the Durable Objects made since. Reading those of other tests would take too long.
 */
export async function watchObjects() {
  const others = new Set((await listDurableObjectIds(env.SESSION_OBJECT)).map(String));
  return async () =>
    (await listDurableObjectIds(env.SESSION_OBJECT))
      .filter((id) => !others.has(String(id)))
      .map((id) => env.SESSION_OBJECT.get(id));
}

/** Resolves to a function that reads everything in the store, or in the Durable Objects made since. */
export async function watchContents(kind: Kind) {
  const objectsSince = await watchObjects();
  return async (): Promise<unknown> => {
    if (kind === "d1") return (await env.SESSION_DB.prepare("SELECT * FROM session").all()).results;
    if (kind === "kv") {
      const { keys } = await env.SESSION_KV.list();
      return Promise.all(keys.map(async ({ name }) => [name, await env.SESSION_KV.get(name)]));
    }
    const contentsOf = (stub: DurableObjectStub) =>
      runInDurableObject(stub, async (_, { storage }) => [...(await storage.list())]);
    return Promise.all((await objectsSince()).map(contentsOf));
  };
}

/** Returns the keys in the list of this user's sessions. */
export async function listOf(user: string): Promise<string[]> {
  const stub = env.SESSION_OBJECT.get(env.SESSION_OBJECT.idFromName(`user ${JSON.stringify(user)}`));
  return runInDurableObject(stub, async (_, { storage }) =>
    [...(await storage.list({ prefix: "listed " })).keys()].map((key) => key.slice(7)),
  );
}

/** Returns the store of the config without its time limit. The cookie store has none. */
export function recordStoreOf(config: SessionConfig): RecordStore | undefined {
  const store = storeOf(config);
  if (store.kind === "kv") return createKvStore(store.binding);
  if (store.kind === "d1") return createD1Store(store.binding);
  if (store.kind === "durable-object") return createDurableObjectStore(store.binding, config);
  return undefined;
}
