/**
 * The KV store: a record in Workers KV. Needs a KV namespace.
 *
 * For what is read much more than it is written, and for large data. What it cannot do: KV is eventually consistent. A
 * write or a sign-out may take a minute, or longer, to be seen in another place; a key takes one write a second; and of
 * two writes at the same time the last one wins. What is there is read once more just before it is written, which
 * narrows that window and does not close it. A user's sessions cannot be listed.
 */
import { applyChange, parseRecord, type RecordStore, type StoredRecord } from "./records";

/** The least that KV takes as a lifetime. */
const MIN_TTL = 60;

const PREFIX = "session:";

/** KV drops expired records by itself (rule 8.3). */
export function createKvStore(namespace: KVNamespace): RecordStore {
  // As text: KV's own parser would throw at a record that is no JSON, and that is not a failure of the store.
  const read = async (key: string): Promise<unknown> => {
    const text = await namespace.get(PREFIX + key);
    return text === null ? undefined : parse(text);
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
      const found = parseRecord(await read(key));
      if (!found) return "gone";
      const expiresAt = Math.max(found.record.expiresAt, times.expiresAt);
      await write({ ...times, key, values: applyChange(found.record.values, change), expiresAt });
      return "stored";
    },
    async move(key, newKey, change, times) {
      const found = parseRecord(await read(key));
      if (!found) return false;
      await remove(key);
      await write({ key: newKey, values: applyChange(found.record.values, change), ...times });
      return true;
    },
    remove,
  };
}

/** What is no JSON is no record, and is told apart from none: it is logged. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
