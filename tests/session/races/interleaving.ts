/**
 * Makes concurrency repeatable. Each call to a binding, each request's start and each response's arrival waits for
 * fast-check's scheduler, and nothing moves until the last actor to move waits again. The bindings are local workerd's
 * real ones; the seed decides only the order of the calls.
 */
import type { Scheduler } from "fast-check";
import type { StoreEnv } from "~/lib/session/stores";
import type { ObjectNamespace } from "~/lib/session/stores/durable-object";

export class Interleaving {
  /** All events so far, in order, which a failure prints. Its length is the time. */
  readonly events: string[] = [];
  readonly #scheduler: Scheduler;
  readonly #actors: Actor[] = [];
  readonly #inFlight = new Set<Promise<unknown>>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Adds an actor. `play` lets it begin. */
  enter(name: string, failsAt: number | undefined, act: (actor: Actor) => Promise<void>): void {
    const actor = new Actor(this, name, failsAt);
    this.#actors.push(actor);
    act(actor).then(
      () => {
        actor.isDone = true;
      },
      (error: unknown) => {
        actor.isDone = true;
        this.events.push(`${name}: the explorer itself failed: ${error instanceof Error ? error.stack : error}`);
      },
    );
  }

  /** Resolves when all actors are done. */
  play(): Promise<void> {
    return this.#scheduler.waitIdle(async (release) => {
      await release();
      await this.#standstill();
    });
  }

  schedule(label: string): Promise<unknown> {
    return this.#scheduler.schedule(Promise.resolve(), label);
  }

  async track<T>(call: Promise<T>): Promise<T> {
    this.#inFlight.add(call);
    try {
      return await call;
    } finally {
      this.#inFlight.delete(call);
    }
  }

  /** Waits until no actor moves. Otherwise the seed would not decide the scheduler's next choices. */
  async #standstill(): Promise<void> {
    do {
      await Promise.allSettled(this.#inFlight);
      // A timer runs after all resolved promises, so an actor's work without I/O is over by then.
      await new Promise((resolve) => setTimeout(resolve, 0));
    } while (this.#inFlight.size > 0 || this.#actors.some((actor) => actor.isMoving));
  }
}

/** One request on its way, from the browser and back. */
export class Actor {
  isDone = false;
  #waiting = 0;
  #calls = 0;

  constructor(
    readonly interleaving: Interleaving,
    readonly name: string,
    /** The index of the call to a binding that fails, from 0. */
    readonly failsAt: number | undefined,
  ) {}

  get isMoving(): boolean {
    return !this.isDone && this.#waiting === 0;
  }

  get hasFailed(): boolean {
    return this.failsAt !== undefined && this.#calls > this.failsAt;
  }

  /** Waits until the scheduler lets this happen. Resolves to the time. */
  async turn(what: string): Promise<number> {
    this.#waiting++;
    await this.interleaving.schedule(`${this.name}: ${what}`);
    this.#waiting--;
    return this.interleaving.events.push(`${this.name}: ${what}`);
  }

  async call<T>(what: string, perform: () => Promise<T>): Promise<T> {
    const isFailing = this.#calls++ === this.failsAt;
    await this.turn(isFailing ? `${what} fails` : what);
    if (isFailing) throw new Error("The binding is down");
    return this.interleaving.track(perform());
  }
}

/** Wraps the bindings for this actor. */
export function orderedBindings(actor: Actor, env: Required<StoreEnv>, objects: ObjectPool) {
  return {
    SESSION_KV: orderedKv(actor, env.SESSION_KV),
    SESSION_DB: orderedD1(actor, env.SESSION_DB),
    SESSION_OBJECT: orderedObjects(actor, objects),
  };
}

function orderedKv(actor: Actor, namespace: KVNamespace): KVNamespace {
  return new Proxy(namespace, {
    get(target, method) {
      const member = Reflect.get(target, method, target);
      return (...args: unknown[]) => actor.call(`KV ${String(method)}`, () => member.apply(target, args));
    },
  });
}

function orderedD1(actor: Actor, database: D1Database): D1Database {
  const originals = new WeakMap<object, D1PreparedStatement>();
  const ordered = (statement: D1PreparedStatement, name: string): D1PreparedStatement => {
    const copy = {
      bind: (...values: unknown[]) => ordered(statement.bind(...values), name),
      first: () => actor.call(name, () => statement.first()),
      all: () => actor.call(name, () => statement.all()),
      run: () => actor.call(name, () => statement.run()),
    } as unknown as D1PreparedStatement;
    originals.set(copy, statement);
    return copy;
  };
  return {
    prepare: (sql: string) => ordered(database.prepare(sql), `D1 ${sql.trim().split(" ", 1)}`),
    batch: (statements: D1PreparedStatement[]) =>
      actor.call("D1 batch", () => database.batch(statements.map((copy) => originals.get(copy) ?? copy))),
  } as unknown as D1Database;
}

function orderedObjects(actor: Actor, objects: ObjectPool): ObjectNamespace {
  return {
    idFromName: (name) => objects.idFromName(name),
    get: (id) => ({
      fetch: (url, init) => {
        const { call } = JSON.parse(init.body as string);
        return actor.call(`object ${objects.nameOf(id)} ${call}`, async () => {
          const response = await objects.get(id).fetch(url, init);
          // The body belongs to the call. Read later, it would arrive at any time.
          return new Response(await response.text(), response);
        });
      },
    }),
  };
}

/** Reuses real Durable Objects in later runs, because a new one costs a file and there are thousands of runs. */
export class ObjectPool implements ObjectNamespace {
  readonly #namespace: DurableObjectNamespace;
  readonly #free: DurableObjectId[] = [];
  readonly #used = new Map<string, DurableObjectId>();
  #size = 0;

  constructor(namespace: DurableObjectNamespace) {
    this.#namespace = namespace;
  }

  idFromName(name: string): DurableObjectId {
    const id = this.#used.get(name) ?? this.#free.pop() ?? this.#namespace.idFromName(`pool ${this.#size++}`);
    this.#used.set(name, id);
    return id;
  }

  get(id: DurableObjectId) {
    return this.#namespace.get(id);
  }

  /** Returns a short name that is the same in each run of a seed. The real names are random. */
  nameOf(id: DurableObjectId): string {
    const index = [...this.#used.values()].findIndex((other) => other.equals(id));
    return [...this.#used.keys()][index]?.startsWith("user") ? "of the user" : String(index);
  }

  /** Takes back the objects in use. Emptying them takes a while, so the next run gets others. */
  release(empty: (stub: DurableObjectStub) => Promise<void>): void {
    for (const id of this.#used.values()) void empty(this.get(id)).then(() => this.#free.push(id));
    this.#used.clear();
  }
}
