/**
 * The KV store keeps a record in Workers KV. It needs a KV namespace.
 *
 * It suits large data that is mostly read. KV is eventually consistent: a write or a sign-out may take a minute or
 * longer to reach other places, a key takes one write a second, and the last of two simultaneous writes wins. A write
 * re-reads the record just before, which narrows that window but does not close it. It cannot list a user's sessions.
 */
import {
  type Address,
  applyUpdate,
  type Found,
  parseRecord,
  placeOf,
  type RecordStore,
  type StoredRecord,
} from "./record-store";

/** KV accepts no shorter lifetime, in seconds. */
const MIN_TTL = 60;
/** In milliseconds, after which KV accepts another write of a key. */
const WRITE_INTERVAL = 1_000;

const PREFIX = "session:";
/**
 * An end has a key of its own, named after the session's first id. A write or a new id from a place that still sees the
 * record would replace an end under the same key, and revive the session for good.
 */
const ENDED = "ended:";
const ENDED_MARK = "1";

/** It stands where a session was that got a new id. */
interface Signpost {
  movedTo: string;
  replacedAt: number;
}

/** Makes a store whose expired records KV deletes by itself (rule 8.3). */
export function createKvStore(namespace: KVNamespace): RecordStore {
  async function get(address: Address): Promise<unknown> {
    const [text, ended] = await Promise.all([
      namespace.get(PREFIX + address.key),
      namespace.get(ENDED + placeOf(address)),
    ]);
    if (text === null || ended === ENDED_MARK) return undefined;
    // It is read as text, because a record that is not JSON is corrupt and no failure of the store.
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  const put = (key: string, text: string, seconds: number) =>
    inTurn(() => namespace.put(key, text, { expirationTtl: Math.max(MIN_TTL, seconds) }));

  const write = (record: StoredRecord) =>
    put(PREFIX + record.key, JSON.stringify(record), record.expiresAt - record.renewedAt);

  /** Returns the record if it is alive, or the one that it was moved to if that was not before `since`. */
  async function findAlive(address: Address, now: number, since: number): Promise<StoredRecord | "gone" | "replaced"> {
    const found = await get(address);
    const signpost = signpostIn(found);
    if (signpost && signpost.replacedAt < since) return "replaced";
    if (signpost) return findAlive({ key: signpost.movedTo, note: placeOf(address) }, now, since);
    const { record } = parseRecord(found) ?? {};
    // KV keeps one for at least a minute.
    return record && record.expiresAt > now ? record : "gone";
  }

  return {
    name: "kv",
    shared: namespace,

    async read(address): Promise<Found> {
      const found = await get(address);
      const signpost = signpostIn(found);
      if (signpost) return { replacedAt: signpost.replacedAt };
      return found === undefined ? undefined : { record: found };
    },

    async create(record) {
      await write(record);
      return {};
    },

    async update(address, update) {
      const record = await findAlive(address, update.times.renewedAt, update.readAt);
      if (typeof record === "string") return { result: record };
      const updated = applyUpdate(record, address.key, update);
      if (!updated) return { result: "replaced" };
      await write(updated);
      return { result: record.key === address.key ? "stored" : "moved" };
    },

    /** The new record is there before the old one leads to it, so a write that fails loses neither. */
    async move(address, newKey, update, leadsUntil) {
      const { renewedAt } = update.times;
      const record = await findAlive(address, renewedAt, Number.POSITIVE_INFINITY);
      if (typeof record === "string") return { result: record };
      const moved = applyUpdate(record, address.key, update, newKey);
      if (!moved) return { result: "replaced" };
      await write(moved);
      const signpost: Signpost = { movedTo: newKey, replacedAt: renewedAt };
      await put(PREFIX + address.key, JSON.stringify(signpost), leadsUntil - renewedAt);
      return { result: "stored", note: placeOf(address) };
    },

    async remove(address, now, until) {
      await put(ENDED + placeOf(address), ENDED_MARK, until - now);
      // It has ended by now, whether the data goes at once or with its lifetime.
      await namespace.delete(PREFIX + address.key).catch(() => {});
    },
  };
}

/** Tries again once KV accepts another write of the key: a form and the page after it are two within a second. */
async function inTurn(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!String(error).includes("429")) throw error;
    await new Promise((resolve) => setTimeout(resolve, WRITE_INTERVAL));
    await write();
  }
}

function signpostIn(found: unknown): Signpost | undefined {
  const { movedTo, replacedAt } = (found ?? {}) as Partial<Signpost>;
  return typeof movedTo === "string" && typeof replacedAt === "number" ? { movedTo, replacedAt } : undefined;
}
