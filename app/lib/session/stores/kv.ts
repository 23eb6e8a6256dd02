/**
 * The KV store keeps a record in Workers KV. It needs a KV namespace.
 *
 * It suits large data that is mostly read. KV is eventually consistent: a write or a sign-out may take a minute or
 * longer to reach other places, a key takes one write a second, and the last of two simultaneous writes wins. A write
 * re-reads the record just before, which narrows that window but does not close it. It cannot list a user's sessions.
 */
import { applyChange, parseRecord, type RecordStore, type StoredRecord } from "./record-store";

/** KV accepts no shorter lifetime, in seconds. */
const MIN_TTL = 60;

const PREFIX = "session:";

/** Makes a store whose expired records KV deletes by itself (rule 8.3). */
export function createKvStore(namespace: KVNamespace): RecordStore {
  // It is read as text, because a record that is not JSON is corrupt and no failure of the store.
  const read = async (key: string): Promise<unknown> => {
    const text = await namespace.get(PREFIX + key);
    try {
      return text === null ? undefined : JSON.parse(text);
    } catch {
      return text;
    }
  };
  /** Returns the record if it is alive. KV keeps one for at least a minute. */
  const readAlive = async (key: string, now: number) => {
    const { record } = parseRecord(await read(key)) ?? {};
    return record && record.expiresAt > now ? record : undefined;
  };
  const write = (record: StoredRecord) =>
    namespace.put(PREFIX + record.key, JSON.stringify(record), {
      expirationTtl: Math.max(MIN_TTL, record.expiresAt - record.renewedAt),
    });
  const remove = (key: string) => namespace.delete(PREFIX + key);

  return {
    name: "kv",
    shared: namespace,
    read,
    create: write,

    async update(key, change, times) {
      const record = await readAlive(key, times.renewedAt);
      if (!record) return "gone";
      const expiresAt = Math.max(record.expiresAt, times.expiresAt);
      await write({ ...times, key, values: applyChange(record.values, change), expiresAt });
      return "stored";
    },

    async move(key, newKey, change, times) {
      const record = await readAlive(key, times.renewedAt);
      if (!record) return false;
      await remove(key);
      await write({ key: newKey, values: applyChange(record.values, change), ...times });
      return true;
    },

    remove,
  };
}
