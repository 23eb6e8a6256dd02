/**
 * The KV store: a record in Workers KV. Needs a KV namespace.
 *
 * For what is read much more than it is written, and for large data. What it cannot do: KV is eventually consistent. A
 * write or a sign-out may take a minute, or longer, to be seen in another place; a key takes one write a second; and of
 * two writes at the same time the last one wins. What is there is read once more just before it is written, which
 * narrows that window and does not close it. A user's sessions cannot be listed.
 */
import { applyChange, type RecordStore, type StoredRecord } from "../record-store";

/** The least that KV takes as a lifetime. */
const MIN_TTL = 60;

const PREFIX = "session:";

/** KV drops expired records by itself (rule 8.3). */
export function createKvStore(namespace: KVNamespace): RecordStore {
  const read = async (key: string) => (await namespace.get<StoredRecord>(PREFIX + key, "json")) ?? undefined;
  const write = (record: StoredRecord) =>
    namespace.put(PREFIX + record.key, JSON.stringify(record), {
      expirationTtl: Math.max(MIN_TTL, record.expiresAt - record.renewedAt),
    });

  return {
    name: "kv",
    binding: namespace,
    read,
    create: write,
    async update(key, change, times) {
      const record = await read(key);
      if (!record) return false;
      await write({ key, values: applyChange(record.values, change), ...times });
      return true;
    },
    remove: (key) => namespace.delete(PREFIX + key),
  };
}
