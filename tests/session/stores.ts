/// <reference types="@cloudflare/vitest-pool-workers/types" />
/** For the tests of the stores: each store on the real bindings of local workerd, and requests that go through it. */
import type { D1Migration } from "cloudflare:test";
import { env as testEnv } from "cloudflare:workers";
import { expect } from "vitest";
import { createSessionStorage, getConfig, type SessionConfig, type SessionEnv, type SessionEvent } from "~/lib/session";
import worker, { gates } from "./test-worker";

type Bindings = Omit<Required<SessionEnv>, "SESSION_OBJECT"> & {
  SESSION_OBJECT: DurableObjectNamespace;
  MIGRATIONS: D1Migration[];
};
export const env = testEnv as unknown as Bindings;

export const ALL = ["cookie", "kv", "d1", "durable-object"] as const;
export const WITH_RECORDS = ["kv", "d1", "durable-object"] as const;
/** Those that keep one truth: what was written is there for the next request, wherever that is. */
export const CONSISTENT = ["d1", "durable-object"] as const;
export type Kind = (typeof ALL)[number];

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The store as the settings would make it, with a clock, a log and settings that the test can reach. */
export function open(kind: Kind, overrides: Partial<SessionConfig> = {}, vars: Partial<SessionEnv> = {}) {
  const clock = { now: Math.floor(Date.now() / 1000) };
  const events: SessionEvent[] = [];
  const details: unknown[] = [];
  const config: SessionConfig = {
    ...getConfig({ request: new Request("https://example.com/"), env: { ...env, SESSION_STORE: kind, ...vars } }),
    now: () => clock.now,
    log: (event, detail) => {
      events.push(event);
      details.push(detail);
    },
    ...overrides,
  };
  return { config, clock, events, details, storage: createSessionStorage<Record<string, unknown>>(config) };
}

export type Store = ReturnType<typeof open>;

export const pairOf = (line = "") => line.split(";")[0] as string;

export async function stored({ storage }: Store, data: Record<string, unknown>, options = {}): Promise<string> {
  const session = await storage.getSession();
  for (const [key, value] of Object.entries(data)) session.set(key, value);
  return pairOf(await storage.commitSession(session, options));
}

export const dataOf = async ({ storage }: Store, cookie: string) => (await storage.getSession(cookie)).data;

/** One request of the test's Worker, with a store and a cookie; what it answers, and the cookie from then on. */
export async function visit(kind: Kind, query: string, cookie = "") {
  const request = new Request(`https://example.com/?${query}`, { headers: { "X-Store": kind, Cookie: cookie } });
  const response = await worker.fetch(request);
  const [line] = response.headers.getSetCookie();
  return {
    status: response.status,
    data: (await response.json()) as Record<string, string>,
    line,
    cookie: line ? pairOf(line) : cookie,
  };
}

/** Where requests with `wait=` and its name stand still, until the test opens it. */
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

/** The Durable Objects, with something in between at each call to one of them. */
export function objectsThat(
  answer: (asked: { id: string; call: string; isMoved?: boolean }, go: () => Promise<Response>) => Promise<Response>,
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

/** A store in which a session that gets a new id stands still between its two Durable Objects, until it may go on. */
export function openWithPausedMove() {
  const paused = Promise.withResolvers<void>();
  const goingOn = Promise.withResolvers<void>();
  const SESSION_OBJECT = objectsThat(async ({ call, isMoved }, go) => {
    if (call === "create" && isMoved) {
      paused.resolve();
      await goingOn.promise;
    }
    return go();
  });
  return { ...open("durable-object", {}, { SESSION_OBJECT }), isPaused: paused.promise, goOn: goingOn.resolve };
}
