/**
 * The Durable Object store: an object for each session, and one for each user that lists theirs. Needs a Durable Object
 * namespace with SQLite storage, whose class is `SessionObject`, exported by the Worker.
 *
 * For writes in parallel and for sign-out that holds at once: an object runs in one place, handles one call at a time,
 * and its storage is strongly consistent. What it cannot do: be near every visitor; it stays where it was first used.
 */
import { applyChange, type Change, type RecordStore, type RecordTimes, type StoredRecord } from "../record-store";

type Call =
  | { call: "read" }
  | { call: "create"; record: StoredRecord }
  | { call: "update"; change: Change; times: RecordTimes }
  | { call: "remove" }
  | { call: "list" }
  | { call: "add"; key: string; endsAt: number };

export function createDurableObjectStore(
  namespace: DurableObjectNamespace,
  { absoluteTimeout }: { absoluteTimeout: number },
): RecordStore {
  async function ask<T>(name: string, call: Call): Promise<T> {
    const stub = namespace.get(namespace.idFromName(name));
    const response = await stub.fetch("https://session/", { method: "POST", body: JSON.stringify(call) });
    return (await response.json<{ result: T }>()).result;
  }
  const ofSession = <T>(key: string, call: Call) => ask<T>(`session ${key}`, call);
  const ofUser = <T>(user: string, call: Call) => ask<T>(`user ${user}`, call);

  /** Listed until the session must be over at the latest, so that renewals need not be told to the user's object. */
  async function addToUser(key: string, user: string | null | undefined, { createdAt }: RecordTimes) {
    if (user) await ofUser(user, { call: "add", key, endsAt: createdAt + absoluteTimeout });
  }

  return {
    name: "durable-object",
    binding: namespace,
    read: async (key) => (await ofSession<StoredRecord | null>(key, { call: "read" })) ?? undefined,
    async create(record) {
      await ofSession(record.key, { call: "create", record });
      await addToUser(record.key, record.values.user, record);
    },
    async update(key, change, times) {
      const isAlive = await ofSession<boolean>(key, { call: "update", change, times });
      if (isAlive) await addToUser(key, change.user, times);
      return isAlive;
    },
    remove: (key) => ofSession(key, { call: "remove" }),
    async findByUser(user) {
      const keys = await ofUser<string[]>(user, { call: "list" });
      const records = await Promise.all(keys.map((key) => ofSession<StoredRecord | null>(key, { call: "read" })));
      // What counts is what the session itself says; the list only says where to look.
      return records.filter((record): record is StoredRecord => record?.values.user === user);
    },
  };
}

/** The record of one session; or, for a user, the keys of their sessions, each with the second when it ends. */
export class SessionObject {
  readonly #storage: DurableObjectStorage;

  constructor(state: DurableObjectState) {
    this.#storage = state.storage;
  }

  /**
   * Called by the store alone: a Durable Object has no address of its own. While it waits for its storage no other call
   * comes in between, so that reading, merging and writing are one step (rule 8.2).
   */
  async fetch(request: Request): Promise<Response> {
    return Response.json({ result: (await this.#answer(await request.json<Call>())) ?? null });
  }

  /** Deletes what has expired (rule 8.3); what was renewed meanwhile gets a later alarm. */
  async alarm(): Promise<void> {
    const ends = [(await this.#record())?.expiresAt ?? 0, ...Object.values(await this.#sessions())];
    const lastEnd = Math.max(...ends) * 1000;
    await (lastEnd > Date.now() ? this.#storage.setAlarm(lastEnd) : this.#forget());
  }

  #record = () => this.#storage.get<StoredRecord>("record");
  #sessions = async () => (await this.#storage.get<Record<string, number>>("sessions")) ?? {};

  async #answer(call: Call): Promise<unknown> {
    switch (call.call) {
      case "read":
        return this.#record();
      case "create":
        await this.#storage.put("record", call.record);
        return this.#storage.setAlarm(call.record.expiresAt * 1000);
      case "update": {
        const record = await this.#record();
        if (!record) return false;
        const values = applyChange(record.values, call.change);
        await this.#storage.put("record", { ...record, ...call.times, values });
        return true;
      }
      case "remove":
        return this.#forget();
      case "list":
        return Object.keys(await this.#sessions());
      case "add": {
        const listed = Object.entries({ ...(await this.#sessions()), [call.key]: call.endsAt });
        const alive = Object.fromEntries(listed.filter(([, endsAt]) => endsAt * 1000 > Date.now()));
        await this.#storage.put("sessions", alive);
        return this.#storage.setAlarm(Math.max(...Object.values(alive), 0) * 1000);
      }
    }
  }

  async #forget(): Promise<void> {
    await this.#storage.deleteAlarm();
    await this.#storage.deleteAll();
  }
}
