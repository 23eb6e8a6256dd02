/**
 * A Worker for the stores' tests, wired as worker.ts is, without Remix. Each request follows the steps of its query in
 * order, and returns what it read. One header names the store, and another returns the costs of the request.
 *
 * `?read&set.theme=dark&unset.cart&flash.success=Hello&getFlash.success&regenerate&destroy&wait=gate`
 */
import { env } from "cloudflare:workers";
import { getConfig, handleFetch, SuperflareSession } from "~/lib/session";
import type { StoreEnv } from "~/lib/session/stores";
import { createSessionStorage } from "~/lib/session/stores";
import { answerLiveSignOut, SessionObject as LiveSessionObject, tagOf } from "~/lib/session-extras/live";

/** At a gate, requests wait between reading their session and writing it until the test lets them go on. */
export const gates = new Map<string, { waiting: number; opened: Promise<void> }>();

/** Counts how often an object was loaded into memory. */
export const memory = { woken: 0 };

/** Counts the stores' operations in the units that they are billed in. */
const costs = new Map<string, number>();
const count = (what: string, times = 1) => costs.set(what, (costs.get(what) ?? 0) + times);

export class SessionObject extends LiveSessionObject {
  constructor(state: DurableObjectState) {
    const billed = {
      get: "row read",
      list: "row read",
      put: "row written",
      delete: "row written",
      setAlarm: "row written",
    };
    const storage = counted(state.storage, { ...billed, deleteAlarm: "row written", deleteAll: "row written" });
    super({
      storage,
      acceptWebSocket: (socket: WebSocket) => state.acceptWebSocket(socket),
      getWebSockets: () => state.getWebSockets(),
      setWebSocketAutoResponse: (pair: WebSocketRequestResponsePair) => state.setWebSocketAutoResponse(pair),
    } as unknown as DurableObjectState);
    memory.woken++;
  }

  override fetch(request: Request) {
    count("request");
    return super.fetch(request);
  }
}

const bindings = env as unknown as Required<StoreEnv>;
const countedBindings: StoreEnv = {
  ...bindings,
  SESSION_KV: counted(bindings.SESSION_KV, { get: "read", put: "write", delete: "delete" }),
  SESSION_DB: {
    prepare: (sql: string) => countedStatement(bindings.SESSION_DB.prepare(sql)),
    batch: (statements: CountedStatement[]) => countedBatch(statements),
  } as unknown as D1Database,
};

/** `open` makes the storage, and `handle` takes the place of handleFetch. */
export const createWorker = (open = createSessionStorage<Record<string, string>>, handle = handleFetch) => ({
  async fetch(request: Request): Promise<Response> {
    costs.clear();
    const settings = { ...countedBindings, SESSION_STORE: request.headers.get("X-Store") ?? "cookie" };
    const config = { ...getConfig({ request, env: settings }), storeTimeout: 30_000, log: () => {} };
    const storage = open(config);
    const session = new SuperflareSession(await storage.getSession(request.headers.get("Cookie")));
    const response = await handle(
      {
        config,
        session,
        getSessionCookie: () => storage.commitSession(session.getSession()),
      },
      async () => {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname === "/live") return answerLiveSignOut(session, config);
        if (pathname === "/tag") return new Response(await tagOf(searchParams.get("user"), config));
        if (pathname === "/woken") return Response.json(memory.woken);
        return Response.json(await act(session, searchParams));
      },
    );
    const counted = new Response(response.body, response);
    counted.headers.set("X-Costs", JSON.stringify(Object.fromEntries(costs)));
    return counted;
  },
});

export default createWorker();

async function act(session: SuperflareSession<Record<string, string>>, steps: URLSearchParams) {
  const seen: Record<string, unknown> = {};
  for (const [step, value] of steps) {
    const [verb, key = ""] = step.split(".");
    if (verb === "read") Object.assign(seen, session.data);
    if (verb === "set") session.set(key, value);
    if (verb === "unset") session.unset(key);
    if (verb === "flash") session.flash(key, value);
    if (verb === "getFlash") seen[key] = session.getFlash(key);
    if (verb === "regenerate") session.regenerate();
    if (verb === "destroy") session.destroy();
    if (verb === "wait") await passGate(value);
  }
  return seen;
}

async function passGate(name: string) {
  const gate = gates.get(name);
  if (!gate) return;
  gate.waiting++;
  await gate.opened;
}

/** Wraps a binding, so that `onCall` hears of each call to one of its methods. */
export function observed<T extends object>(target: T, onCall: (method: string) => void): T {
  return new Proxy(target, {
    get(_, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        onCall(String(name));
        return member.apply(target, args);
      };
    },
  });
}

function counted<T extends object>(target: T, names: Record<string, string>): T {
  return observed(target, (method) => {
    if (names[method]) count(names[method]);
  });
}

interface CountedStatement {
  original: D1PreparedStatement;
}

/** D1 reports the rows that it read and wrote, except for `first`, which is sent as `all`. */
function countedStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const all = async () => countResult(await statement.all());
  return {
    original: statement,
    bind: (...values: unknown[]) => countedStatement(statement.bind(...values)),
    all,
    run: all,
    first: async () => (await all()).results[0] ?? null,
  } as unknown as D1PreparedStatement;
}

async function countedBatch(statements: CountedStatement[]) {
  const results = await bindings.SESSION_DB.batch(statements.map(({ original }) => original));
  return results.map(countResult);
}

function countResult<Result extends D1Result>(result: Result): Result {
  count("query");
  count("row read", result.meta.rows_read);
  count("row written", result.meta.rows_written);
  return result;
}
