/** What a plan is played in: a browser, two other devices, a clock, and stores that can fail, on real bindings. */
import { runInDurableObject } from "cloudflare:test";
import { createCookieStorage, type SessionConfig, type SessionStorage, SuperflareSession } from "~/lib/session";
import { createRecordStorage, type RecordStore, type StoreEnv, type UserSessions } from "~/lib/session/stores";
import { adopt } from "~/lib/session-extras/adopt";
import { env, interposed, type Kind, open, pairOf, recordStoreOf, stored } from "../../harness";
import { ObjectPool } from "../interleaving";
import { type Data, type Fault, type FaultPlan, faultyStep, NOTICE, STARTS } from "./plan";

export type Storage = SessionStorage<Data> & { userSessions?: UserSessions<Data> };

/** A defect that was there once, put back from outside. */
export interface Defect {
  store?: (store: RecordStore) => RecordStore;
  /** The storage behind `adopt`. */
  own?: (storage: Storage) => Storage;
  /** The storage that the app uses. */
  storage?: (storage: Storage, former: Storage) => Storage;
  kv?: (namespace: Kv) => Kv;
}

export type Kv = Pick<KVNamespace, "delete"> & {
  get(key: string): Promise<string | null>;
  put(key: string, text: string, options: KVNamespacePutOptions): Promise<void>;
};

/** What a browser's cookies open. */
export interface View {
  data: Data;
  isKnown: boolean;
  /** Only the former storage has it as yet. */
  isFormer: boolean;
}

/** The fault as it has met a request. */
export interface MetFault {
  how: Fault["how"];
  /** The part of the world that has failed. */
  where: string;
}

/** The name of the former storage's cookie. */
const FORMER_COOKIE = "__Host-former";
export const isFormer = (pair: string) => pair.startsWith(`${FORMER_COOKIE}=`);
export const isRemoval = (line: string) => line.includes("; Max-Age=0");
export const FORMER_STORAGE = "the former storage";
const A_SESSION = "a session";

/** Decides each call to a binding. */
type Access = <T>(where: string, call: () => Promise<T>) => Promise<T>;

const directly: Access = (_, call) => call();

/** They are used again in later runs, because a new object costs a file. */
const objects = new ObjectPool(env.SESSION_OBJECT);

export class World {
  readonly events: string[] = [];
  /** The browser's cookies by name, as it sends them. */
  readonly jar = new Map<string, string>();
  /** What they open. */
  seen: View = { data: {}, isKnown: false, isFormer: false };
  /** The cookies of the visitor's other devices. */
  readonly devices: string[] = [];
  readonly #late: (() => Promise<unknown>)[] = [];
  readonly #copies = new KvCopies();
  /** What the Durable Objects hold, by their ids. */
  readonly #places = new Map<string, string>();
  #now = Math.floor(Date.now() / 1000);

  constructor(
    readonly kind: Kind,
    readonly plan: FaultPlan,
    readonly defect: Defect,
  ) {}

  async begin(): Promise<void> {
    const { start, steps } = this.plan;
    const { app, former } = this.#stores(directly);
    // Or the lists would have the sessions of other runs.
    if (this.kind === "d1") await env.SESSION_DB.exec("DELETE FROM session");
    if (steps.some(({ does }) => does.includes("revoke")))
      for (const device of ["one", "the other"]) await this.#addDevice(app, device);
    const user = start !== "visitor" && { user: "ada" };
    const session = { cart: start === "full" ? "x".repeat(2_870) : "begun", [NOTICE]: "begun", ...user };
    for (const place of STARTS[start]) this.take(await stored(place === "own" ? app : former, session));
    this.seen = await this.look(this.jar.values());
  }

  async #addDevice(app: ReturnType<typeof open>, device: string): Promise<void> {
    const before = new Set(this.#places.keys());
    this.devices.push(await stored(app, { user: "ada", device }));
    for (const [id, place] of this.#places)
      if (!before.has(id) && place === A_SESSION) this.#places.set(id, `device ${device}`);
  }

  /** Gives the browser or the first device a cookie, or takes it away. */
  take(line: string, isOfDevice = false): void {
    const name = line.slice(0, line.indexOf("="));
    if (isOfDevice) this.devices[0] = pairOf(line);
    else if (isRemoval(line)) this.jar.delete(name);
    else this.jar.set(name, pairOf(line));
  }

  /** Opens these cookies as the app would if nothing failed. */
  async look(cookies: Iterable<string>): Promise<View> {
    const pairs = [...cookies];
    const { storage } = this.#storage(directly, new Request("https://example.com/"), {});
    const session = await storage.getSession(pairs.join("; "));
    const data = { ...session.data };
    const isRead = new SuperflareSession(session).unread === undefined;
    const isKnown = isRead && (session.id !== "" || Object.keys(data).length > 0);
    return { data, isKnown, isFormer: isKnown && pairs.every(isFormer) };
  }

  /** Opens the app for one request, which meets the plan's fault if this is its step. */
  open(step: number, request: Request) {
    const { fault, pace } = this.plan;
    const isFaulty = faultyStep(this.plan) === step;
    const met: { fault?: MetFault } = {};
    const meet = (where: string) => {
      met.fault = { how: fault.how, where };
    };
    let calls = 0;
    const access: Access = async (where, call) => {
      this.#now += pace;
      if (!isFaulty || ["the answer is lost", "an old copy"].includes(fault.how)) return call();
      if (fault.call !== calls++) return call();
      this.events.push(`  its call ${fault.call}, to ${where}, ${fault.how}`);
      meet(where);
      if (fault.how === "is done and fails") await call();
      if (fault.how === "is done too late") this.#late.push(call);
      throw new Error("The binding is down");
    };
    const isBehind = isFaulty && fault.how === "an old copy";
    if (isBehind) meet("KV");
    const storage = this.#storage(access, request, this.defect, isBehind ? fault.call + 1 : 0);
    return { ...storage, met };
  }

  /** Does what nobody waits for any more. */
  async finishLate(): Promise<void> {
    for (const call of this.#late.splice(0)) await call().catch(() => {});
  }

  end(): void {
    objects.release((stub) => runInDurableObject(stub, (_, { storage }) => storage.deleteAll()));
  }

  #storage(access: Access, request: Request, defect: Defect, writesBehind = 0) {
    const { app, former } = this.#stores(access, defect, writesBehind);
    const config: SessionConfig = { ...app.config, request };
    const records = recordStoreOf(config);
    const plain: Storage = records
      ? createRecordStorage<Data>(defect.store?.(records) ?? records, config)
      : createCookieStorage<Data>(config);
    const own = defect.own?.(plain) ?? plain;
    const places: string[] = STARTS[this.plan.start];
    const storage = places.includes("former")
      ? adopt(own, { config, from: former.storage, cookie: FORMER_COOKIE })
      : own;
    return { config, storage: defect.storage?.(storage, former.storage) ?? storage };
  }

  #stores(access: Access, defect: Defect = {}, writesBehind = 0) {
    const settings = { now: () => this.#now, log: () => {}, storeTimeout: 600_000 };
    const kv = this.#copies.namespace(access, "KV", writesBehind);
    const formerKv = new KvCopies().namespace(access, FORMER_STORAGE, 0);
    const vars = {
      SESSION_DB: interposed((call) => access("D1", call)).SESSION_DB,
      SESSION_OBJECT: this.#objects(access),
      SESSION_KV: (defect.kv?.(kv) ?? kv) as KVNamespace,
    } as Partial<StoreEnv>;
    const formerSettings = { ...settings, cookie: { name: FORMER_COOKIE, secure: true } };
    return {
      app: open(this.kind, settings, vars),
      former: open("kv", formerSettings, { SESSION_KV: formerKv as KVNamespace }),
    };
  }

  #objects(access: Access) {
    return {
      idFromName: (name: string) => {
        const id = objects.idFromName(name);
        const place = this.#places.get(id.toString()) ?? (name.startsWith("user") ? "the user's list" : A_SESSION);
        this.#places.set(id.toString(), place);
        return id;
      },
      get: (id: DurableObjectId) => ({
        fetch: (url: string, init: RequestInit) =>
          access(this.#places.get(id.toString()) ?? "", () => objects.get(id).fetch(url, init)),
      }),
    } as unknown as DurableObjectNamespace;
  }
}

/** KV as all places see it in the end, or as one place sees it that lacks the last writes. */
class KvCopies {
  readonly #writes: { by: object; key: string; text: string | null }[] = [];

  /** A place sees its own writes at once, and lacks so many of the others. */
  namespace(access: Access, where: string, writesBehind: number): Kv {
    const by = {};
    const write = (key: string, text: string | null, go: () => Promise<void>) =>
      access(where, async () => {
        await go();
        this.#writes.push({ by, key, text });
      });
    const read = async (key: string) => {
      if (writesBehind === 0) return env.SESSION_KV.get(key);
      const others = this.#writes.filter((one) => one.by !== by);
      const own = this.#writes.filter((one) => one.by === by);
      const seen = [...others.slice(0, Math.max(0, others.length - writesBehind)), ...own];
      return seen.filter((one) => one.key === key).at(-1)?.text ?? null;
    };
    return {
      get: (key) => access(where, () => read(key)),
      put: (key, text, options) => write(key, text, () => env.SESSION_KV.put(key, text, options)),
      delete: (key) => write(key, null, () => env.SESSION_KV.delete(key)),
    };
  }
}
