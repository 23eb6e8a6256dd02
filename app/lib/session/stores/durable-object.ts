/**
 * The Durable Object store keeps an object for each session, and one for each user that lists theirs. It needs a
 * Durable Object namespace with SQLite storage, whose class is `SessionObject`, exported by the Worker.
 *
 * It suits parallel writes, and sign-outs that hold at once: an object runs in one place and handles one call at a
 * time, and its storage is strongly consistent. It cannot be near every visitor, because it stays where it was first
 * used.
 */

import {
  type Address,
  applyUpdate,
  type Found,
  type Listing,
  placeOf,
  type RecordStore,
  type RecordTimes,
  type StoredRecord,
  type Update,
  type Written,
} from "./record-store";
import { inTime } from "./time-limit";

/** The store uses only this part of DurableObjectNamespace, so any class of `wrangler types` fits. */
export interface ObjectNamespace {
  idFromName(name: string): DurableObjectId;
  get(id: DurableObjectId): { fetch(url: string, init: ObjectCall): Promise<Response> };
}

/** The store POSTs its calls, and live.ts sends an upgrade. */
type ObjectCall = { method: "POST"; body: string } | { method: "GET"; body?: never; headers: { Upgrade: string } };

/** The store's calls to an object. */
export type Call =
  | { call: "read"; key: string; now: number }
  | { call: "create"; record: StoredRecord }
  | { call: "update"; key: string; update: Update }
  | { call: "move"; key: string; newKey: string; update: Update }
  | { call: "remove"; key: string; now: number }
  /** Reads the record under whatever key it has by now. */
  | { call: "look"; now: number }
  | { call: "list" }
  | { call: "addToList"; place: string; listed: Listed }
  | { call: "removeFromList"; places: string[]; listedBefore: number };

/** Seconds since 1970. */
interface Listed {
  listedAt: number;
  endsAt: number;
}

/** In seconds. A session is listed before it exists, and a call to its object may come late. */
const LISTED_FIRST = 60;

/**
 * How many sessions of a user one request reads and ends. A Worker on the free plan may make 50 calls for a request, and
 * each session takes two.
 */
const SLICE = 20;

/**
 * Returns the object that holds the session. It stays the same when the session gets a new id, so that each call is one atomic
 * step in one object (P3).
 */
export const objectOf = (namespace: ObjectNamespace, address: Address) =>
  namespace.get(namespace.idFromName(`session ${placeOf(address)}`));

export function createDurableObjectStore(
  namespace: ObjectNamespace,
  { absoluteTimeout, storeTimeout }: { absoluteTimeout: number; storeTimeout: number },
): RecordStore {
  async function ask<T>(object: ReturnType<ObjectNamespace["get"]>, call: Call): Promise<T | undefined> {
    const response = await object.fetch("https://session/", { method: "POST", body: JSON.stringify(call) });
    return ((await response.json()) as { result: T | null }).result ?? undefined;
  }
  const askSession = <T>(address: Address, call: Call) => ask<T>(objectOf(namespace, address), call);
  const askUser = <T>(user: string, call: Call) => ask<T>(namespace.get(namespace.idFromName(`user ${user}`)), call);

  /**
   * Lists a session before it exists, so that none is missing, and until its latest end, so that renewals don't matter.
   */
  async function addToList(place: string, user: string | undefined, { createdAt, renewedAt }: RecordTimes) {
    const listed = { listedAt: renewedAt, endsAt: createdAt + absoluteTimeout };
    if (user !== undefined) await askUser(user, { call: "addToList", place, listed });
  }

  /** Call it after the session has ended. If it fails or hangs, the next `find` repeats it. */
  async function removeFromList(user: string | undefined, places: string[], listedBefore = Number.MAX_SAFE_INTEGER) {
    if (user === undefined || places.length === 0) return;
    await inTime(() => askUser(user, { call: "removeFromList", places, listedBefore }), storeTimeout / 4).catch(
      () => {},
    );
  }

  async function write(address: Address, { change, times, user }: Update, call: Call): Promise<Written> {
    // A new lifetime or a renewal lists it until a later end. The absolute timeout may have been raised, too.
    const isRelisted = call.call === "move" || isEmpty(change);
    await addToList(placeOf(address), change.set.user ?? (isRelisted ? user : undefined), times);
    return (await askSession<Written>(address, call)) ?? { result: "gone" };
  }

  return {
    name: "durable-object",

    read: (address, now) => askSession<Found>(address, { call: "read", key: address.key, now }),

    async create(record) {
      await addToList(record.key, record.values.user, record);
      await askSession({ key: record.key, note: "" }, { call: "create", record });
      return {};
    },

    update: (address, update) => write(address, update, { call: "update", key: address.key, update }),

    async move(address, newKey, update) {
      const written = await write(address, update, { call: "move", key: address.key, newKey, update });
      return { ...written, note: placeOf(address) };
    },

    async remove(address, now) {
      const ended = await askSession<Ended>(address, { call: "remove", key: address.key, now });
      await removeFromList(ended?.user, [placeOf(address)]);
    },

    byUser: {
      async has(user, address, now) {
        const found = await askSession<Found>(address, { call: "read", key: address.key, now });
        return (found?.record as StoredRecord | undefined)?.values.user === user;
      },

      async find(user, now, skipped): Promise<Listing> {
        const rows = (await askUser<[string, Listed][]>(user, { call: "list" })) ?? [];
        const rest = rows.filter(([place]) => place !== DROPPED && !skipped.has(place));
        const looked = rest.slice(0, SLICE);
        // Half of the time limit lets an object that hangs cost its own line and not the list (P4).
        const look = (place: string) =>
          inTime(
            () => askSession<StoredRecord>({ key: place, note: "" }, { call: "look", now }),
            storeTimeout / 2,
          ).then(
            (record) => ({ record }),
            () => undefined,
          );
        const answers = await Promise.all(looked.map(([place]) => look(place)));
        const places = looked.map(([place]) => place);
        const hasMissed = rows.some(([place]) => place === DROPPED);
        const listing: Listing = { found: [], looked: places, hasMore: rest.length > SLICE, hasMissed };
        const ended: string[] = [];
        looked.forEach(([place, { listedAt }], index) => {
          const answer = answers[index];
          const { record } = answer ?? {};
          // The list says where to look. The session itself says whose it is.
          if (record?.values?.user === user) listing.found.push({ address: { key: record.key, note: place }, record });
          // It is listed before it exists.
          else if (!answer || listedAt > now - LISTED_FIRST) listing.hasMissed = true;
          else ended.push(place);
        });
        await removeFromList(user, ended, now - LISTED_FIRST + 1);
        return listing;
      },

      async remove(user, addresses, now) {
        const remove = (address: Address) =>
          inTime(() => askSession<Ended>(address, { call: "remove", key: address.key, now }), storeTimeout / 2);
        const results = await Promise.allSettled(addresses.map(remove));
        const ended = addresses.filter((_, index) => results[index]?.status === "fulfilled");
        await removeFromList(user, ended.map(placeOf));
        return new Set(ended.map(({ key }) => key));
      },
    },
  };
}

const isEmpty = ({ set, unset, shown }: Update["change"]) =>
  unset.length === 0 && Object.keys(set).length === 0 && Object.keys(shown).length === 0;

/** The user of a session that was removed. */
interface Ended {
  user?: string | undefined;
}

interface ObjectRecord extends StoredRecord {
  /** When the session got a new id, by its earlier keys. */
  replaced?: Record<string, number>;
}

/** More earlier keys than a session in use has; the oldest are forgotten. */
const MAX_REPLACED = 100;
/** More sessions than a user has. The oldest leave the list, and one row says until when some of them may be alive. */
const MAX_LISTED = 500;
const DROPPED = "dropped";
const LISTED = "listed ";

/** Holds the record of one session or, for a user, the places of their sessions. */
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
    const record = await this.find(Date.now() / 1000);
    await (record ? this.#hold(record) : this.#tidyList());
  }

  protected async answer(call: Call): Promise<unknown> {
    switch (call.call) {
      case "read":
        return this.#read(call.key, call.now);
      case "look":
        return this.find(call.now);
      case "create":
        return this.#hold(call.record);
      case "update":
        return this.#update(call.key, call.update);
      case "move":
        return this.#move(call.key, call.newKey, call.update);
      case "remove":
        return this.#remove(call.key, call.now);
      case "list":
        return this.#list();
      case "addToList":
        return this.#addToList(call.place, call.listed);
      case "removeFromList":
        return this.#removeFromList(call.places, call.listedBefore);
    }
  }

  /** Returns the record if it is alive at that second. */
  protected async find(now: number): Promise<ObjectRecord | undefined> {
    const held = await this.#storage.get<ObjectRecord>("record");
    return held?.values && held.expiresAt > now ? held : undefined;
  }

  async #read(key: string, now: number): Promise<Found> {
    const record = await this.find(now);
    if (record?.key === key) return { record };
    const replacedAt = record?.replaced?.[key];
    return replacedAt === undefined ? undefined : { replacedAt };
  }

  async #update(key: string, update: Update): Promise<Written> {
    const record = await this.find(update.times.renewedAt);
    const isReplaced = record?.replaced?.[key] !== undefined;
    if (!record || (record.key !== key && !isReplaced)) return { result: "gone" };
    const updated = applyUpdate(record, key, update);
    if (!updated) return { result: "replaced" };
    await this.#hold(updated);
    return { result: isReplaced ? "moved" : "stored" };
  }

  async #move(key: string, newKey: string, update: Update): Promise<Written> {
    const record = await this.find(update.times.renewedAt);
    if (!record) return { result: "gone" };
    const moved = record.key === key ? applyUpdate(record, key, update, newKey) : undefined;
    if (!moved) return { result: "replaced" };
    const replaced = [...Object.entries(record.replaced ?? {}), [key, update.times.renewedAt]].slice(-MAX_REPLACED);
    await this.#hold({ ...moved, replaced: Object.fromEntries(replaced) });
    return { result: "stored" };
  }

  async #remove(key: string, now: number): Promise<Ended | undefined> {
    const record = await this.find(now);
    if (!record || (record.key !== key && record.replaced?.[key] === undefined)) return undefined;
    await this.#clear();
    return { user: record.values.user };
  }

  async #hold(record: ObjectRecord): Promise<void> {
    await this.#storage.put("record", record);
    await this.#storage.setAlarm(record.expiresAt * 1000);
  }

  /** Returns the rows, newest first. Each session has its own, since a value has a limit of 2 MB. */
  async #list(): Promise<[place: string, listed: Listed][]> {
    const rows = [...(await this.#storage.list<Listed>({ prefix: LISTED }))];
    rows.sort(([, a], [, b]) => b.listedAt - a.listedAt);
    return rows.map(([key, listed]) => [key.slice(LISTED.length), listed]);
  }

  async #addToList(place: string, listed: Listed): Promise<void> {
    const before = await this.#storage.get<Listed>(LISTED + place);
    // A request that began before a new lifetime knows an earlier end.
    const endsAt = Math.max(listed.endsAt, before?.endsAt ?? 0);
    await this.#storage.put(LISTED + place, { ...listed, endsAt });
    await this.#tidyList();
  }

  async #removeFromList(places: string[], listedBefore: number): Promise<void> {
    const isMeant = ([place, { listedAt }]: [string, Listed]) => places.includes(place) && listedAt < listedBefore;
    await this.#deleteRows((await this.#list()).filter(isMeant));
    await this.#tidyList();
  }

  /** Drops what has ended, and the oldest ones of too many. */
  async #tidyList(): Promise<void> {
    const rows = await this.#list();
    const alive = rows.filter(([, { endsAt }]) => endsAt * 1000 > Date.now());
    if (alive.length === 0) return this.#clear();
    const latestEnd = (of: typeof rows) => Math.max(...of.map(([, { endsAt }]) => endsAt));
    const kept = new Set(alive.slice(0, MAX_LISTED));
    await this.#deleteRows(rows.filter((row) => !kept.has(row)));
    const tooMany = alive.slice(MAX_LISTED);
    if (tooMany.length > 0) await this.#storage.put(LISTED + DROPPED, { listedAt: 0, endsAt: latestEnd(tooMany) });
    await this.#storage.setAlarm(latestEnd(alive) * 1000);
  }

  async #deleteRows(rows: [place: string, listed: Listed][]): Promise<void> {
    for (const [place] of rows) await this.#storage.delete(LISTED + place);
  }

  async #clear(): Promise<void> {
    await this.#storage.deleteAlarm();
    await this.#storage.deleteAll();
  }
}
