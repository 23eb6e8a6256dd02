/** Plays a plan: a browser, the visitor's other device, and Workers that share a store. */

import { runInDurableObject } from "cloudflare:test";
import type { Scheduler } from "fast-check";
import { getConfig, handleFetch, type SessionConfig, SuperflareSession } from "~/lib/session";
import { cookieName, isRemoval } from "~/lib/session/cookie/line";
import { stateOf } from "~/lib/session/raw-session";
import type { StoreEnv } from "~/lib/session/stores";
import { storeOf } from "~/lib/session/stores";
import { createD1Store } from "~/lib/session/stores/d1";
import type { ObjectNamespace } from "~/lib/session/stores/durable-object";
import { createDurableObjectStore } from "~/lib/session/stores/durable-object";
import { createKvStore } from "~/lib/session/stores/kv";
import type { RecordStore } from "~/lib/session/stores/record-store";
import { createRecordStorage } from "~/lib/session/stores/records";
import { type Actor, Interleaving, ObjectPool, orderedBindings } from "./interleaving";
import { type ActionName, actions, type Notes, type Plan, type PlannedRequest, USER } from "./plan";

export type Kind = "d1" | "durable-object" | "kv";

/** One request and its response. Times are positions in the list of events. */
export interface Exchange extends Notes {
  name: string;
  does: ActionName;
  startedAt: number;
  finishedAt: number;
  /** The time at which the browser got the response, if it did. */
  deliveredAt?: number;
  cookie: string | undefined;
  /** The cookie opened a session. */
  isKnown: boolean;
  /** It opened one that has a new id by now, so the request can only end it (rule 8.2). */
  isTooLate: boolean;
  status: number;
  /** The session's cookie in the response. An empty text removes it. */
  issued?: string | undefined;
  /** One of its calls to a binding failed. */
  hasFailed: boolean;
}

/** The session that a cookie opens when all is over. The id is empty if there is none. */
export interface Outcome {
  id: string;
  data: Record<string, unknown>;
  /** The list of the user's sessions has it. */
  isListed?: boolean;
}

export interface History {
  kind: Kind;
  plan: Plan;
  events: string[];
  exchanges: Exchange[];
  firstCookie: string | undefined;
  /** The outcome of every cookie that was ever issued. */
  outcomes: Map<string, Outcome>;
  list?: { length: number; isComplete: boolean; accesses: number };
}

/** Makes the session folder worse, to test the explorer itself (defects.ts). */
export interface Defect {
  store?: (store: RecordStore) => RecordStore;
  objects?: (namespace: ObjectNamespace) => ObjectNamespace;
  getSessionCookie?: (commit: () => Promise<string>) => () => Promise<string>;
  /** The route's own line wins over that of handleFetch. */
  leftoverLineWins?: boolean;
}

const DAY = 86_400;
const pairOf = (line: string) => line.split(";")[0] as string;

export class Explorer {
  readonly #objects: ObjectPool;
  readonly #env: Required<StoreEnv>;

  constructor(
    readonly kind: Kind,
    env: Required<StoreEnv>,
    readonly defect: Defect = {},
  ) {
    this.#env = env;
    this.#objects = new ObjectPool(env.SESSION_OBJECT as DurableObjectNamespace);
  }

  async run(plan: Plan, scheduler: Scheduler): Promise<History> {
    // Clearing before the run also covers other tests, which share these stores.
    await this.#clear();
    const start = Math.floor(Date.now() / 1000);
    const firstCookie = await this.#begin(plan, start);
    const canRevoke = plan.requests.some(({ does }) => does === "revoke the others");
    const otherDevice = canRevoke ? await this.#store({ user: USER, device: "the other one" }, start - 2) : undefined;

    const jars = { browser: firstCookie, otherDevice };
    const exchanges: Exchange[] = [];
    const interleaving = new Interleaving(scheduler);
    plan.requests.forEach((request, index) => {
      const jar = request.does === "revoke the others" ? "otherDevice" : "browser";
      const name = `request ${index + 1} "${request.does}"`;
      interleaving.enter(name, request.failsAt, async (actor) => {
        const startedAt = await actor.turn("starts");
        const exchange = await this.#exchange(actor, request, { cookie: jars[jar], startedAt, now: start + index + 1 });
        exchanges.push(exchange);
        if (request.leaves) return;
        exchange.deliveredAt = await actor.turn(`the browser gets ${exchange.status}${cookieNote(exchange.issued)}`);
        if (exchange.issued !== undefined) jars[jar] = exchange.issued || undefined;
      });
    });
    await interleaving.play();

    const cookies = [firstCookie, otherDevice, ...exchanges.map(({ issued }) => issued)].filter((cookie) => !!cookie);
    // Minutes later, the time for requests in flight is over.
    const outcomes = await this.#outcomes(new Set(cookies as string[]), start + 300);
    return { kind: this.kind, plan, events: interleaving.events, exchanges, firstCookie, ...outcomes };
  }

  async #exchange(
    actor: Actor,
    { does, leaves }: PlannedRequest,
    { cookie, startedAt, now }: { cookie: string | undefined; startedAt: number; now: number },
  ): Promise<Exchange> {
    const controller = new AbortController();
    const request = new Request("https://example.com/", {
      method: does === "show" ? "GET" : "POST",
      headers: cookie ? { Cookie: cookie } : {},
      signal: controller.signal,
    });
    const config = this.#config(now, request, actor);
    const storage = this.#storage(config);
    const raw = await storage.getSession(cookie);
    const session = new SuperflareSession<Record<string, unknown>>(raw);
    const commit = () => storage.commitSession(session.getSession());
    const { getSessionCookie, leftoverLineWins } = this.defect;
    const notes: Notes = { wrote: {} };
    let ownLine: string | undefined;
    const response = await handleFetch(
      { config, session, getSessionCookie: getSessionCookie?.(commit) ?? commit },
      async () => {
        const response = await actions[does]({ session, storage, text: `${actor.name}'s`, notes });
        ownLine = response.headers.getSetCookie()[0];
        if (leaves) controller.abort();
        return response;
      },
    ).catch(() => new Response("worker.ts answers so when the app throws", { status: 500 }));
    const lines = response.headers.getSetCookie().filter((line) => cookieName(line) === config.cookie.name);
    if (lines.length > 1) throw new Error(`Two lines for one cookie: ${lines.join(" and ")}`);
    const line = leftoverLineWins && ownLine ? ownLine : lines[0];
    return {
      ...notes,
      name: actor.name,
      does,
      startedAt,
      finishedAt: actor.interleaving.events.length,
      cookie,
      isKnown: raw.id !== "",
      isTooLate: stateOf(raw)?.read.unread === "replaced",
      status: response.status,
      issued: line && (isRemoval(line) ? "" : pairOf(line)),
      hasFailed: actor.hasFailed,
    };
  }

  #config(now: number, request = new Request("https://example.com/"), actor?: Actor, onCall?: () => void) {
    const ordered = actor
      ? orderedBindings(actor, this.#env, this.#objects)
      : { SESSION_OBJECT: onCall ? counted(this.#objects, onCall) : this.#objects };
    const env = { ...this.#env, ...ordered, SESSION_STORE: this.kind };
    const settings = { now: () => now, storeTimeout: 600_000, log: () => {} };
    return { ...getConfig({ request, env }), ...settings };
  }

  #storage(config: SessionConfig) {
    const { store: worse = (store) => store } = this.defect;
    return createRecordStorage<Record<string, unknown>>(worse(this.#recordStore(config)), config);
  }

  #recordStore(config: SessionConfig): RecordStore {
    const { objects = (namespace) => namespace } = this.defect;
    const store = storeOf(config);
    switch (store.kind) {
      case "d1":
        return createD1Store(store.binding);
      case "durable-object":
        return createDurableObjectStore(objects(store.binding), config);
      case "kv":
        return createKvStore(store.binding);
      default:
        throw new Error("The cookie store has nothing that requests could share");
    }
  }

  /** Makes the session that exists when the requests begin. */
  async #begin({ start, isDayOld, hasFlash }: Plan, now: number): Promise<string | undefined> {
    if (start === "anonymous") return undefined;
    const data = { theme: "at first", cart: { last: "at first" }, ...(start === "signed in" && { user: USER }) };
    return this.#store(data, isDayOld ? now - DAY - 1 : now - 1, hasFlash ? "at first" : undefined);
  }

  async #store(data: Record<string, unknown>, now: number, flash?: string): Promise<string> {
    const storage = this.#storage(this.#config(now));
    const session = await storage.getSession();
    for (const [key, value] of Object.entries(data)) session.set(key, value);
    if (flash) session.flash("notice", flash);
    return pairOf(await storage.commitSession(session));
  }

  async #outcomes(cookies: Set<string>, now: number): Promise<Pick<History, "outcomes" | "list">> {
    let calls = 0;
    const storage = this.#storage(this.#config(now, undefined, undefined, () => calls++));
    const outcomes = new Map<string, Outcome>();
    let list: History["list"];
    for (const cookie of cookies) {
      const session = await storage.getSession(cookie);
      const outcome: Outcome = { id: session.id, data: session.data };
      outcomes.set(cookie, outcome);
      if (!storage.userSessions || !session.has("user")) continue;
      const { sessions, isComplete } = await storage.userSessions.list(session);
      outcome.isListed = sessions.some(({ isCurrent }) => isCurrent);
      if (list) continue;
      // The first listing drops the ended sessions that it meets, so the second one counts.
      calls = 0;
      await storage.userSessions.list(session);
      list = { length: sessions.length, isComplete, accesses: calls };
    }
    return { outcomes, list };
  }

  async #clear(): Promise<void> {
    if (this.kind === "d1") await this.#env.SESSION_DB.prepare("DELETE FROM session").run();
    if (this.kind === "durable-object") {
      this.#objects.release((stub) => runInDurableObject(stub, (_, { storage }) => storage.deleteAll()));
    }
    if (this.kind === "kv") {
      const { keys } = await this.#env.SESSION_KV.list();
      await Promise.all(keys.map(({ name }) => this.#env.SESSION_KV.delete(name)));
    }
  }
}

function counted(objects: ObjectPool, onCall: () => void): ObjectPool {
  return new Proxy(objects, {
    get(target, name) {
      if (name === "get") onCall();
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

function cookieNote(issued: string | undefined): string {
  if (issued === undefined) return "";
  return issued ? " with a cookie" : " and drops the cookie";
}
