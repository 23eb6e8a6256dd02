/**
 * The Durable Object store: an object for each session, and one for each user that lists theirs. Needs a Durable Object
 * namespace with SQLite storage, whose class is `SessionObject`, exported by the Worker.
 *
 * For writes in parallel and for sign-out that holds at once: an object runs in one place, handles one call at a time,
 * and its storage is strongly consistent. What it cannot do: be near every visitor; it stays where it was first used.
 */
import type { ObjectNamespace } from "../config";
import {
  applyChange,
  type Change,
  IN_FLIGHT,
  type RecordStore,
  type RecordTimes,
  type StoredRecord,
  type UpdateResult,
} from "./records";
import { raceWithTimer } from "./time-limit";

type Call =
  | { call: "read" }
  | { call: "create"; record: StoredRecord; isMoved: boolean }
  | { call: "update"; change: Change; times: RecordTimes; isForwarded: boolean }
  | { call: "handOver"; change: Change; times: RecordTimes; newKey: string }
  | { call: "remove"; isForwarded: boolean }
  | { call: "list" }
  | { call: "enlist"; key: string; now: number; endsAt: number }
  | { call: "strike"; keys: string[]; listedBefore?: number };

interface Removed {
  /** The user's JSON text, under which their sessions are listed. */
  user?: string;
  movedTo?: string;
}

export function createDurableObjectStore(
  namespace: ObjectNamespace,
  { absoluteTimeout, storeTimeout }: { absoluteTimeout: number; storeTimeout: number },
): RecordStore {
  async function ask<T>(name: string, call: Call): Promise<T> {
    const stub = namespace.get(namespace.idFromName(name));
    const response = await stub.fetch("https://session/", { method: "POST", body: JSON.stringify(call) });
    return ((await response.json()) as { result: T }).result;
  }
  const ofSession = <T>(key: string, call: Call) => ask<T>(`session ${key}`, call);
  const ofUser = <T>(user: string, call: Call) => ask<T>(`user ${user}`, call);

  /** Before the session exists, so that none is missing from the list. Until its latest end, so that renewals need not be told. */
  async function enlist(key: string, user: string | undefined, { createdAt, renewedAt }: RecordTimes): Promise<void> {
    if (user) await ofUser(user, { call: "enlist", key, now: renewedAt, endsAt: createdAt + absoluteTimeout });
  }

  /** After the session has ended. If it fails, `findByUser` does it when it meets the session. */
  async function strike(key: string, user: string | undefined): Promise<void> {
    if (user) await ofUser(user, { call: "strike", keys: [key] }).catch(() => {});
  }

  async function update(key: string, change: Change, times: RecordTimes, isForwarded = false): Promise<UpdateResult> {
    type Updated = { result: UpdateResult; movedTo?: string };
    const { result, movedTo } = await ofSession<Updated>(key, { call: "update", change, times, isForwarded });
    return movedTo ? update(movedTo, change, times, true) : result;
  }

  async function remove(key: string, isForwarded = false): Promise<void> {
    const { user, movedTo } = await ofSession<Removed>(key, { call: "remove", isForwarded });
    if (movedTo) return remove(movedTo, true);
    await strike(key, user);
  }

  return {
    name: "durable-object",
    read: async (key) => (await ofSession<StoredRecord | null>(key, { call: "read" })) ?? undefined,

    async create(record) {
      await enlist(record.key, record.values.user, record);
      await ofSession(record.key, { call: "create", record, isMoved: false });
    },

    async update(key, change, times) {
      await enlist(key, change.set.user, times);
      return update(key, change, times);
    },

    /** The old object hands its record over and ends; then the new one is made. A call that comes between waits in the new one. */
    async move(key, newKey, change, times) {
      await enlist(newKey, change.set.user, times);
      type HandedOver = { record: StoredRecord; previousUser?: string } | null;
      const handedOver = await ofSession<HandedOver>(key, { call: "handOver", change, times, newKey });
      if (!handedOver) return false;
      const { record, previousUser } = handedOver;
      // As the record has it by now: a parallel request may have signed in.
      if (record.values.user !== change.set.user) await enlist(newKey, record.values.user, times);
      const isMade = await ofSession<boolean>(newKey, { call: "create", record, isMoved: true });
      await strike(key, previousUser);
      return isMade;
    },

    remove: (key) => remove(key),

    async findByUser(user, now) {
      const keys = await ofUser<string[]>(user, { call: "list" });
      // Half of the time for all, so that one object that hangs costs its own line and not the list (P4).
      const read = (key: string) =>
        raceWithTimer(() => ofSession<StoredRecord | null>(key, { call: "read" }), storeTimeout / 2);
      const answers = await Promise.allSettled(keys.map(read));
      const ended = keys.filter((_, index) => {
        const answer = answers[index];
        return answer?.status === "fulfilled" && answer.value?.values.user !== user;
      });
      // One that was listed just now may be about to be made.
      if (ended.length > 0) {
        await ofUser(user, { call: "strike", keys: ended, listedBefore: now - IN_FLIGHT }).catch(() => {});
      }
      const records = answers.flatMap((answer) => (answer.status === "fulfilled" && answer.value) || []);
      return {
        // What counts is what the session itself says; the list only says where to look.
        records: records.filter(({ values }) => values.user === user),
        isComplete: answers.every(({ status }) => status === "fulfilled"),
      };
    },
  };
}

/** What comes after a session that was moved or ended, for as long as requests may be in flight. */
interface Sequel {
  movedTo?: string;
  /** Seconds since 1970. */
  until: number;
}

interface Listed {
  listedAt: number;
  endsAt: number;
}

/** The record of one session; or, for a user, the keys of their sessions. */
export class SessionObject {
  readonly #storage: DurableObjectStorage;

  constructor(state: DurableObjectState) {
    this.#storage = state.storage;
  }

  /**
   * Called by the store alone: a Durable Object has no address of its own. While it waits for its storage no other call
   * comes in between, so that reading, merging and writing are one step (P3, rule 8.2).
   */
  async fetch(request: Request): Promise<Response> {
    return Response.json({ result: (await this.#answer(await request.json<Call>())) ?? null });
  }

  /** Deletes what has expired (rule 8.3); what was renewed meanwhile gets a later alarm. */
  async alarm(): Promise<void> {
    const record = await this.#storage.get<StoredRecord>("record");
    const sequel = await this.#storage.get<Sequel>("sequel");
    const sessions = Object.values(await this.#listed()).map(({ endsAt = 0 }) => endsAt);
    const lastEnd = Math.max(record?.expiresAt ?? 0, sequel?.until ?? 0, ...sessions) * 1000;
    await (lastEnd > Date.now() ? this.#storage.setAlarm(lastEnd) : this.#forget());
  }

  async #answer(call: Call): Promise<unknown> {
    switch (call.call) {
      case "read":
        return this.#storage.get("record");
      case "create":
        return this.#create(call.record, call.isMoved);
      case "update":
        return this.#update(call.change, call.times, call.isForwarded);
      case "handOver":
        return this.#handOver(call.change, call.times, call.newKey);
      case "remove":
        return this.#remove(call.isForwarded);
      case "list":
        return Object.keys(await this.#listed());
      case "enlist":
        return this.#relist((listed) => ({ ...listed, [call.key]: { listedAt: call.now, endsAt: call.endsAt } }));
      case "strike":
        return this.#relist((listed) => {
          const isStruck = ([key, { listedAt }]: [string, Listed]) =>
            call.keys.includes(key) && listedAt < (call.listedBefore ?? Infinity);
          return Object.fromEntries(Object.entries(listed).filter((entry) => !isStruck(entry)));
        });
    }
  }

  /** False if the session was ended before it was made: while it was on its way from its old object. */
  async #create(record: StoredRecord, isMoved: boolean): Promise<boolean> {
    let { values } = record;
    if (isMoved) {
      if (await this.#storage.get("sequel")) return false;
      for (const change of await this.#early()) values = applyChange(values, change);
      await this.#storage.delete("early");
    }
    await this.#storage.put("record", { ...record, values });
    await this.#storage.setAlarm(record.expiresAt * 1000);
    return true;
  }

  async #update(change: Change, times: RecordTimes, isForwarded: boolean) {
    const record = await this.#alive(times);
    if (record) {
      // A session that was moved may have a new lifetime by now, which this request does not know.
      const { createdAt, expiresAt } = isForwarded ? record : times;
      const values = applyChange(record.values, change);
      await this.#storage.put("record", { ...record, renewedAt: times.renewedAt, createdAt, expiresAt, values });
      return { result: isForwarded ? "moved" : "stored" };
    }
    const sequel = await this.#storage.get<Sequel>("sequel");
    if (sequel?.movedTo) return { movedTo: sequel.movedTo };
    if (!isForwarded || sequel) return { result: "gone" };
    // The record is still on its way here.
    await this.#storage.put("early", [...(await this.#early()), change]);
    await this.#storage.setAlarm((times.renewedAt + IN_FLIGHT) * 1000);
    return { result: "moved" };
  }

  async #handOver(change: Change, times: RecordTimes, newKey: string) {
    const record = await this.#alive(times);
    if (!record) return null;
    const until = times.renewedAt + IN_FLIGHT;
    await this.#storage.delete("record");
    await this.#storage.put<Sequel>("sequel", { movedTo: newKey, until });
    await this.#storage.setAlarm(until * 1000);
    const values = applyChange(record.values, change);
    return { record: { key: newKey, values, ...times }, previousUser: record.values.user };
  }

  async #remove(isForwarded: boolean): Promise<Removed> {
    const record = await this.#storage.get<StoredRecord>("record");
    if (record) {
      await this.#forget();
      return record.values.user ? { user: record.values.user } : {};
    }
    const sequel = await this.#storage.get<Sequel>("sequel");
    if (sequel?.movedTo) return { movedTo: sequel.movedTo };
    if (isForwarded && !sequel) {
      // The record is still on its way here, and must not come to life.
      const until = Date.now() / 1000 + IN_FLIGHT;
      await this.#storage.put<Sequel>("sequel", { until });
      await this.#storage.setAlarm(until * 1000);
    }
    return {};
  }

  async #relist(change: (listed: Record<string, Listed>) => Record<string, Listed>): Promise<void> {
    const alive = Object.entries(change(await this.#listed())).filter(([, { endsAt }]) => endsAt * 1000 > Date.now());
    if (alive.length === 0) return this.#forget();
    await this.#storage.put("sessions", Object.fromEntries(alive));
    await this.#storage.setAlarm(Math.max(...alive.map(([, { endsAt }]) => endsAt)) * 1000);
  }

  async #alive({ renewedAt: now }: RecordTimes): Promise<StoredRecord | undefined> {
    const record = await this.#storage.get<StoredRecord>("record");
    return record && record.expiresAt > now ? record : undefined;
  }

  #early = async () => (await this.#storage.get<Change[]>("early")) ?? [];
  #listed = async () => (await this.#storage.get<Record<string, Listed>>("sessions")) ?? {};

  async #forget(): Promise<void> {
    await this.#storage.deleteAlarm();
    await this.#storage.deleteAll();
  }
}
