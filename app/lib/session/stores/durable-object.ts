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
  MOVED,
  type RecordStore,
  type RecordTimes,
  type StoredRecord,
  type UpdateResult,
} from "./records";
import { raceWithTimer } from "./time-limit";

type Call =
  | { call: "read"; now: number }
  | { call: "create"; record: StoredRecord; isMoved: boolean }
  | { call: "update"; change: Change; times: RecordTimes; isForwarded: boolean }
  | { call: "handOver"; change: Change; times: RecordTimes; newKey: string }
  | { call: "remove"; isForwarded: boolean; now: number }
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

  /**
   * Before the session exists, so that none is missing from the list. Until its latest end, so that renewals need not
   * be told.
   */
  async function enlist(key: string, user: string | undefined, { createdAt, renewedAt }: RecordTimes): Promise<void> {
    if (user) await ofUser(user, { call: "enlist", key, now: renewedAt, endsAt: createdAt + absoluteTimeout });
  }

  /** After the session has ended. If it fails, `findByUser` does it when it meets the session. */
  async function strike(key: string, user: string | undefined): Promise<void> {
    if (user) await ofUser(user, { call: "strike", keys: [key] }).catch(() => {});
  }

  async function update(key: string, change: Change, times: RecordTimes, isForwarded: boolean): Promise<UpdateResult> {
    await enlist(key, change.set.user, times);
    type Updated = { result: UpdateResult; movedTo?: string };
    const { result, movedTo } = await ofSession<Updated>(key, { call: "update", change, times, isForwarded });
    return movedTo ? update(movedTo, change, times, true) : result;
  }

  async function remove(key: string, now: number, isForwarded: boolean): Promise<void> {
    const { user, movedTo } = await ofSession<Removed>(key, { call: "remove", isForwarded, now });
    if (movedTo) return remove(movedTo, now, true);
    await strike(key, user);
  }

  /** The record, or what is left of it. */
  type Read = { record?: StoredRecord; movedTo?: string };
  const read = (key: string, now: number) => ofSession<Read>(key, { call: "read", now });

  return {
    name: "durable-object",
    async read(key, now) {
      const { record, movedTo } = await read(key, now);
      return movedTo ? MOVED : record;
    },

    async create(record) {
      await enlist(record.key, record.values.user, record);
      await ofSession(record.key, { call: "create", record, isMoved: false });
    },

    update: (key, change, times) => update(key, change, times, false),

    /**
     * The old object hands its record over and ends; then the new one is made. A call that comes between waits in the
     * new one.
     */
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

    remove: (key, now) => remove(key, now, false),

    async findByUser(user, now) {
      const listed = await ofUser<Record<string, Listed>>(user, { call: "list" });
      const keys = Object.keys(listed);
      // Half of the time for all, so that one object that hangs costs its own line and not the list (P4).
      const readInTime = (key: string) => raceWithTimer(() => read(key, now), storeTimeout / 2);
      const answers = await Promise.allSettled(keys.map(readInTime));
      // What counts is what the session itself says; the list only says where to look.
      const isOfUser = (answer: Read) => answer.record?.values?.user === user;
      // Between its old object and its new one, a session is in neither; and its new key may not be listed yet.
      const isOnItsWay = ({ record, movedTo }: Read, { listedAt }: Listed) =>
        movedTo ? !(movedTo in listed) : !record && listedAt > now - IN_FLIGHT;
      const isKnown = (answer: PromiseSettledResult<Read>, index: number) =>
        answer.status === "fulfilled" && !isOnItsWay(answer.value, listed[keys[index] as string] as Listed);
      const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
      const ended = keys.filter((_, index) => {
        const answer = answers[index] as PromiseSettledResult<Read>;
        return answer.status === "fulfilled" && isKnown(answer, index) && !isOfUser(answer.value);
      });
      // One that was listed just now may be about to be made.
      if (ended.length > 0) {
        await ofUser(user, { call: "strike", keys: ended, listedBefore: now - IN_FLIGHT }).catch(() => {});
      }
      return { records: found.filter(isOfUser).map(({ record }) => record), isComplete: answers.every(isKnown) };
    },
  };
}

/** What comes after a session that was moved or ended, for as long as requests may be in flight. */
interface Sequel {
  movedTo?: string;
  /** Seconds since 1970. */
  until: number;
}

interface ObjectRecord extends StoredRecord {
  /** When it came from the object of its old id. */
  arrivedAt?: number;
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
        return this.#read(call.now);
      case "create":
        return this.#create(call.record, call.isMoved);
      case "update":
        return this.#update(call.change, call.times, call.isForwarded);
      case "handOver":
        return this.#handOver(call.change, call.times, call.newKey);
      case "remove":
        return this.#remove(call.isForwarded, call.now);
      case "list":
        return this.#listed();
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

  async #read(now: number) {
    const record = await this.#storage.get("record");
    return record ? { record } : { movedTo: (await this.#sequel(now))?.movedTo };
  }

  /** False if the session was ended before it was made: while it was on its way from its old object. */
  async #create(record: StoredRecord, isMoved: boolean): Promise<boolean> {
    if (isMoved && (await this.#sequel(record.renewedAt))) return false;
    let { values } = record;
    for (const change of isMoved ? await this.#early() : []) values = applyChange(values, change);
    await this.#storage.put<ObjectRecord>("record", {
      ...record,
      values,
      ...(isMoved && { arrivedAt: record.renewedAt }),
    });
    await this.#storage.setAlarm(record.expiresAt * 1000);
    return true;
  }

  async #update(change: Change, times: RecordTimes, isForwarded: boolean) {
    const record = await this.#alive(times);
    if (record) {
      // Another request may have given the session a longer life, which this one does not know of.
      const expiresAt = Math.max(record.expiresAt, times.expiresAt);
      const values = applyChange(record.values, change);
      await this.#storage.put<ObjectRecord>("record", { ...record, renewedAt: times.renewedAt, expiresAt, values });
      return { result: isForwarded ? "moved" : "stored" };
    }
    const sequel = await this.#sequel(times.renewedAt);
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

  async #remove(isForwarded: boolean, now: number): Promise<Removed> {
    const record = await this.#storage.get<ObjectRecord>("record");
    const sequel = record ? undefined : await this.#sequel(now);
    if (sequel?.movedTo) return { movedTo: sequel.movedTo };
    if (record) await this.#forget();
    // Requests that follow the old id may still come, and so may the record itself. None may bring it to life.
    const isExpected = record ? now < (record.arrivedAt ?? 0) + IN_FLIGHT : isForwarded;
    if (isExpected) {
      await this.#storage.put<Sequel>("sequel", { until: now + IN_FLIGHT });
      await this.#storage.setAlarm((now + IN_FLIGHT) * 1000);
    }
    return record?.values?.user ? { user: record.values.user } : {};
  }

  async #relist(change: (listed: Record<string, Listed>) => Record<string, Listed>): Promise<void> {
    const alive = Object.entries(change(await this.#listed())).filter(([, { endsAt }]) => endsAt * 1000 > Date.now());
    if (alive.length === 0) return this.#forget();
    await this.#storage.put("sessions", Object.fromEntries(alive));
    await this.#storage.setAlarm(Math.max(...alive.map(([, { endsAt }]) => endsAt)) * 1000);
  }

  async #sequel(now: number): Promise<Sequel | undefined> {
    const sequel = await this.#storage.get<Sequel>("sequel");
    return sequel && sequel.until > now ? sequel : undefined;
  }

  async #alive({ renewedAt: now }: RecordTimes): Promise<ObjectRecord | undefined> {
    const record = await this.#storage.get<ObjectRecord>("record");
    return record && record.expiresAt > now ? record : undefined;
  }

  #early = async () => (await this.#storage.get<Change[]>("early")) ?? [];
  #listed = async () => (await this.#storage.get<Record<string, Listed>>("sessions")) ?? {};

  async #forget(): Promise<void> {
    await this.#storage.deleteAlarm();
    await this.#storage.deleteAll();
  }
}
