/**
 * The Durable Object store keeps an object for each session, and one for each user that lists theirs. It needs a
 * Durable Object namespace with SQLite storage, whose class is `SessionObject`, exported by the Worker.
 *
 * It suits parallel writes, and sign-outs that hold at once: an object runs in one place and handles one call at a
 * time, and its storage is strongly consistent. It cannot be near every visitor, because it stays where it was first
 * used.
 */
import type { ObjectNamespace } from "../config";
import { inTime } from "../time-limit";
import {
  applyChange,
  type Change,
  IN_FLIGHT,
  MOVED,
  type RecordStore,
  type RecordTimes,
  type StoredRecord,
  type UpdateResult,
} from "./record-store";

/** The store's calls to an object. */
export type Call =
  | { call: "read"; now: number }
  | { call: "create"; record: StoredRecord; isMoved: boolean }
  | { call: "update"; change: Change; times: RecordTimes; isForwarded: boolean }
  | { call: "moveOut"; newKey: string; times: RecordTimes }
  | { call: "remove"; isForwarded: boolean; now: number }
  | { call: "list" }
  | { call: "addToList"; key: string; now: number; endsAt: number }
  | { call: "removeFromList"; keys: string[]; listedBefore?: number | undefined };

/** The record, or its placeholder while requests are in flight. It is empty once the session is over. */
interface Found {
  record?: ObjectRecord;
  /** `early` holds changes that arrived before the record. */
  instead?: { movedTo?: string; early?: Change[] };
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
  const askSession = <T>(key: string, call: Call) => ask<T>(`session ${key}`, call);
  const askUser = <T>(user: string, call: Call) => ask<T>(`user ${user}`, call);

  /**
   * Lists a session before it exists, so that none is missing, and until its latest end, so that renewals don't matter.
   */
  async function addToList(key: string, user: string | undefined, { createdAt, renewedAt }: RecordTimes) {
    if (user) await askUser(user, { call: "addToList", key, now: renewedAt, endsAt: createdAt + absoluteTimeout });
  }

  /** Call it after the session has ended. If it fails, the next `findByUser` repeats it. */
  async function removeFromList(user: string | undefined, keys: string[], listedBefore?: number) {
    if (user) await askUser(user, { call: "removeFromList", keys, listedBefore }).catch(() => {});
  }

  async function update(key: string, change: Change, times: RecordTimes, isForwarded = false): Promise<UpdateResult> {
    await addToList(key, change.set.user, times);
    const { result, movedTo, user } = await askSession<Updated>(key, { call: "update", change, times, isForwarded });
    if (movedTo) return update(movedTo, change, times, true);
    // An empty change is a renewal. The absolute timeout may have been raised since the session was listed.
    if (isEmpty(change)) await addToList(key, user, times);
    return result;
  }

  async function remove(key: string, now: number, isForwarded = false): Promise<void> {
    const { record, instead } = await askSession<Found>(key, { call: "remove", isForwarded, now });
    await (instead?.movedTo ? remove(instead.movedTo, now, true) : removeFromList(record?.values?.user, [key]));
  }

  const read = (key: string, now: number) => askSession<Found>(key, { call: "read", now });

  return {
    name: "durable-object",

    async read(key, now) {
      const { record, instead } = await read(key, now);
      return instead?.movedTo ? MOVED : record;
    },

    async create(record) {
      await addToList(record.key, record.values.user, record);
      await askSession(record.key, { call: "create", record, isMoved: false });
    },

    update: (key, change, times) => update(key, change, times),

    /**
     * The old object ends and returns its record, then the new one is made. A change in between waits in the new one.
     */
    async move(key, newKey, change, times) {
      await addToList(newKey, change.set.user, times);
      const { record: old } = await askSession<Found>(key, { call: "moveOut", newKey, times });
      if (!old) return false;
      const record = { key: newKey, values: applyChange(old.values, change), ...times };
      // A parallel request may have signed in, so the record's user counts.
      if (record.values.user !== change.set.user) await addToList(newKey, record.values.user, times);
      const isMade = await askSession<boolean>(newKey, { call: "create", record, isMoved: true });
      await removeFromList(old.values.user, [key]);
      return isMade;
    },

    remove: (key, now) => remove(key, now),

    async findByUser(user, now) {
      const list = await askUser<Listed>(user, { call: "list" });
      const listed = Object.entries(list);
      // Half of the time limit lets an object that hangs cost its own line and not the list (P4).
      const readInTime = (key: string) => inTime(() => read(key, now), storeTimeout / 2).catch(() => undefined);
      const answers = await Promise.all(listed.map(([key]) => readInTime(key)));
      // The list says where to look. The session itself says whose it is.
      const isTheirs = (answer: Found | undefined) => answer?.record?.values?.user === user;
      const justNow = now - IN_FLIGHT;
      // A session on its way from its old object to its new one is in neither, and its new key may not be listed yet.
      const isOnItsWay = ({ record, instead }: Found, listedAt: number) =>
        instead?.movedTo ? !Object.hasOwn(list, instead.movedTo) : !record && listedAt > justNow;
      const isKnown = listed.map(([, { listedAt }], index) => {
        const answer = answers[index];
        return answer !== undefined && !isOnItsWay(answer, listedAt);
      });
      const ended = listed.filter((_, index) => isKnown[index] && !isTheirs(answers[index])).map(([key]) => key);
      if (ended.length > 0) await removeFromList(user, ended, justNow);
      return { records: answers.filter(isTheirs).map((answer) => answer?.record), isComplete: isKnown.every(Boolean) };
    },
  };
}

/** The result of an update, or the key that the session has moved to. */
interface Updated {
  result: UpdateResult;
  movedTo?: string;
  user?: string | undefined;
}

const isEmpty = ({ set, unset, shown }: Change) =>
  unset.length === 0 && Object.keys(set).length === 0 && Object.keys(shown).length === 0;

type Listed = Record<string, { listedAt: number; endsAt: number }>;

type Placeholder = Required<Pick<Found, "instead">> & { expiresAt: number };

interface ObjectRecord extends StoredRecord {
  /** The time when it came from the object of its old id. */
  arrivedAt?: number;
  instead?: undefined;
}

/** Holds the record of one session or, for a user, the keys of their sessions. */
export class SessionObject {
  readonly #storage: DurableObjectStorage;

  constructor(state: DurableObjectState) {
    this.#storage = state.storage;
  }

  /**
   * Only the store calls it, since a Durable Object has no public address. No other call runs while this one waits for
   * its storage, so reading, merging and writing are one step (P3, rule 8.2).
   */
  async fetch(request: Request): Promise<Response> {
    return Response.json({ result: (await this.answer(await request.json<Call>())) ?? null });
  }

  /** Deletes an expired record (rule 8.3). One that was renewed gets a later alarm. */
  async alarm(): Promise<void> {
    const held = await this.#storage.get<{ expiresAt: number }>("record");
    const listed = Object.values(await this.#list()).map(({ endsAt }) => endsAt);
    const lastEnd = Math.max(held?.expiresAt ?? 0, ...listed) * 1000;
    await (lastEnd > Date.now() ? this.#storage.setAlarm(lastEnd) : this.#clear());
  }

  protected answer(call: Call): Promise<unknown> {
    switch (call.call) {
      case "read":
        return this.#find(call.now);
      case "create":
        return this.#create(call.record, call.isMoved);
      case "update":
        return this.#update(call.change, call.times, call.isForwarded);
      case "moveOut":
        return this.#moveOut(call.newKey, call.times);
      case "remove":
        return this.#remove(call.isForwarded, call.now);
      case "list":
        return this.#list();
      case "addToList":
        return this.#addToList(call.key, { listedAt: call.now, endsAt: call.endsAt });
      case "removeFromList":
        return this.#removeFromList(call.keys, call.listedBefore);
    }
  }

  /** Returns false if the session was ended on its way from its old object. */
  async #create(record: StoredRecord, isMoved: boolean): Promise<boolean> {
    if (!isMoved) {
      await this.#hold(record);
      return true;
    }
    const { instead = { early: [] } } = await this.#find(record.renewedAt);
    if (!instead.early) return false;
    const values = instead.early.reduce(applyChange, record.values);
    await this.#hold({ ...record, values, arrivedAt: record.renewedAt });
    return true;
  }

  async #update(change: Change, { renewedAt, expiresAt }: RecordTimes, isForwarded: boolean): Promise<Updated> {
    const { record, instead } = await this.#find(renewedAt);
    if (record) {
      const values = applyChange(record.values, change);
      // Another request may have given the session a longer life.
      const longest = Math.max(record.expiresAt, expiresAt);
      await this.#storage.put<ObjectRecord>("record", { ...record, renewedAt, expiresAt: longest, values });
      return { result: isForwarded ? "moved" : "stored", user: values.user };
    }
    if (instead?.movedTo) return { result: "moved", movedTo: instead.movedTo };
    const { early } = instead ?? { early: [] };
    if (!isForwarded || !early) return { result: "gone" };
    // The record is still on its way here.
    await this.#hold({ expiresAt: renewedAt + IN_FLIGHT, instead: { early: [...early, change] } });
    return { result: "moved" };
  }

  async #moveOut(newKey: string, { renewedAt }: RecordTimes): Promise<Found> {
    const found = await this.#find(renewedAt);
    if (found.record) await this.#hold({ expiresAt: renewedAt + IN_FLIGHT, instead: { movedTo: newKey } });
    return found;
  }

  async #remove(isForwarded: boolean, now: number): Promise<Found> {
    const found = await this.#find(now);
    const { record, instead } = found;
    if (instead?.movedTo) return found;
    // Requests that follow the old id may still come, and so may the record itself. None may revive the session.
    const isExpected = record ? now < (record.arrivedAt ?? 0) + IN_FLIGHT : isForwarded;
    if (isExpected) await this.#hold({ expiresAt: now + IN_FLIGHT, instead: {} });
    else if (record) await this.#clear();
    return found;
  }

  async #list(): Promise<Listed> {
    return (await this.#storage.get<Listed>("sessions")) ?? {};
  }

  async #addToList(key: string, entry: Listed[string]): Promise<void> {
    await this.#replaceList(Object.entries({ ...(await this.#list()), [key]: entry }));
  }

  async #removeFromList(keys: string[], listedBefore = Infinity): Promise<void> {
    const entries = Object.entries(await this.#list());
    await this.#replaceList(entries.filter(([key, { listedAt }]) => !keys.includes(key) || listedAt >= listedBefore));
  }

  async #replaceList(entries: [string, Listed[string]][]): Promise<void> {
    const alive = entries.filter(([, { endsAt }]) => endsAt * 1000 > Date.now());
    if (alive.length === 0) return this.#clear();
    await this.#storage.put("sessions", Object.fromEntries(alive));
    await this.#storage.setAlarm(Math.max(...alive.map(([, { endsAt }]) => endsAt)) * 1000);
  }

  /** Returns the record at that second, or its placeholder. An expired one is over, not on its way. */
  async #find(now: number): Promise<Found> {
    const held = await this.#storage.get<ObjectRecord | Placeholder>("record");
    if (!held) return {};
    if (held.expiresAt <= now) return held.instead ? {} : { instead: {} };
    return held.instead ? { instead: held.instead } : { record: held };
  }

  async #hold(held: ObjectRecord | Placeholder): Promise<void> {
    await this.#storage.put("record", held);
    await this.#storage.setAlarm(held.expiresAt * 1000);
  }

  async #clear(): Promise<void> {
    await this.#storage.deleteAlarm();
    await this.#storage.deleteAll();
  }
}
