/**
 * The D1 store: a row in a SQL database. Needs a D1 database with the tables of `migrations/`, and a cron trigger that
 * calls `deleteExpiredSessions`.
 *
 * For most apps: writes in parallel are merged key by key, a user's sessions can be listed and ended, and a sign-out
 * holds from the next request on. What it cannot do: the database is in one place, so each read is as far away as that
 * is, and all sessions share its throughput.
 */
import type { RecordStore, StoredRecord } from "../record-store";

interface Row {
  key: string;
  data: string;
  created_at: number;
  renewed_at: number;
  expires_at: number;
}

const COLUMNS = "key, data, created_at, renewed_at, expires_at";

export function createD1Store(database: D1Database): RecordStore {
  return {
    name: "d1",
    binding: database,

    async read(key) {
      const row = await database.prepare(`SELECT ${COLUMNS} FROM session WHERE key = ?`).bind(key).first<Row>();
      return row ? recordOf(row) : undefined;
    },

    async create({ key, values, createdAt, renewedAt, expiresAt }) {
      await database
        .prepare(`INSERT INTO session (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`)
        .bind(key, JSON.stringify(values), createdAt, renewedAt, expiresAt)
        .run();
    },

    /**
     * One statement, so that nothing comes between reading and writing (rule 8.2). json_patch (RFC 7396) would merge an
     * object into an object and take null for "remove"; all values being texts, it replaces whole values.
     */
    async update(key, change, { renewedAt, expiresAt }) {
      const { meta } = await database
        .prepare("UPDATE session SET data = json_patch(data, ?2), renewed_at = ?3, expires_at = ?4 WHERE key = ?1")
        .bind(key, JSON.stringify(change), renewedAt, expiresAt)
        .run();
      return meta.changes > 0;
    },

    async remove(key) {
      await database.prepare("DELETE FROM session WHERE key = ?").bind(key).run();
    },

    async findByUser(user) {
      const { results } = await database.prepare(`SELECT ${COLUMNS} FROM session WHERE user = ?`).bind(user).all<Row>();
      return results.map(recordOf);
    },
  };
}

/**
 * Deletes the sessions that were over at that second (rule 8.3), a thousand at a time: a statement that takes too long
 * is ended by D1, and would have deleted nothing.
 */
export async function deleteExpiredSessions(database: D1Database, now: number): Promise<void> {
  const some = database
    .prepare("DELETE FROM session WHERE key IN (SELECT key FROM session WHERE expires_at <= ? LIMIT 1000)")
    .bind(now);
  while ((await some.run()).meta.changes > 0);
}

function recordOf({ key, data, created_at, renewed_at, expires_at }: Row): StoredRecord {
  return { key, values: JSON.parse(data), createdAt: created_at, renewedAt: renewed_at, expiresAt: expires_at };
}
