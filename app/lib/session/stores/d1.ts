/**
 * The D1 store: a row in a SQL database. Needs a D1 database with the tables of `migrations/`, and a cron trigger that
 * calls `deleteExpiredSessions`.
 *
 * For most apps: writes in parallel are merged key by key, a user's sessions can be listed and ended, and a sign-out
 * holds from the next request on. What it cannot do: the database is in one place, so each read is as far away as that
 * is, and all sessions share its throughput.
 */
import { type Change, IN_FLIGHT, type RecordStore, type RecordTimes } from "./records";

interface Row {
  key: string;
  data: string;
  created_at: number;
  renewed_at: number;
  expires_at: number;
}

const COLUMNS = "key, data, created_at, renewed_at, expires_at";

/**
 * The data with the change in it. json_patch (RFC 7396) would merge an object into an object and take null for "remove";
 * all values being texts, it replaces whole values. A shown flash is removed if it is still the same text (rule 3.8).
 */
const CHANGED_DATA = `json_patch(
  json_patch(data, (
    SELECT json_group_object(held.key, NULL)
    FROM json_each(data) AS held JOIN json_each(?3) AS shown ON held.key = shown.key AND held.value = shown.value
  )), ?2)`;

/** The key under which the session of key ?1 is alive: its own, or the one that it was moved to while requests were in flight. */
const ALIVE_KEY = `(
  WITH RECURSIVE step(key, moved_to) AS (
    SELECT key, moved_to FROM session WHERE key = ?1
    UNION SELECT next.key, next.moved_to FROM session AS next JOIN step ON next.key = step.moved_to
  ) SELECT key FROM step WHERE moved_to IS NULL)`;

/** Each call is one statement, or one transaction, so that nothing comes between reading and writing (P3, rule 8.2). */
export function createD1Store(database: D1Database): RecordStore {
  const UPDATE = `UPDATE session SET data = ${CHANGED_DATA}, renewed_at = ?5`;
  const bindingsOf = ({ set, unset, shown }: Change, { createdAt, renewedAt, expiresAt }: RecordTimes) => {
    const patch = { ...set, ...Object.fromEntries(unset.map((key) => [key, null])) };
    return [JSON.stringify(patch), JSON.stringify(shown), createdAt, renewedAt, expiresAt];
  };

  return {
    name: "d1",
    shared: database,

    async read(key) {
      const row = await database
        .prepare(`SELECT ${COLUMNS} FROM session WHERE key = ? AND moved_to IS NULL`)
        .bind(key)
        .first<Row>();
      return row ? recordIn(row) : undefined;
    },

    async create({ key, values, createdAt, renewedAt, expiresAt }) {
      await database
        .prepare(`INSERT INTO session (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`)
        .bind(key, JSON.stringify(values), createdAt, renewedAt, expiresAt)
        .run();
    },

    async update(key, change, times) {
      const { results } = await database
        // A session that was moved may have a new lifetime by now, which this request does not know.
        .prepare(
          `${UPDATE}, created_at = iif(key = ?1, ?4, created_at), expires_at = iif(key = ?1, ?6, expires_at) ` +
            `WHERE key = ${ALIVE_KEY} AND expires_at > ?5 RETURNING key`,
        )
        .bind(key, ...bindingsOf(change, times))
        .all<Row>();
      const [updated] = results;
      if (!updated) return "gone";
      return updated.key === key ? "stored" : "moved";
    },

    async move(key, newKey, change, times) {
      const [moved] = await database.batch([
        database
          .prepare(
            `${UPDATE}, created_at = ?4, expires_at = ?6, key = ?7 WHERE key = ?1 AND moved_to IS NULL AND expires_at > ?5`,
          )
          .bind(key, ...bindingsOf(change, times), newKey),
        // Leads requests in flight to the new key. Only if there is one.
        database
          .prepare(
            "INSERT INTO session (key, data, created_at, renewed_at, expires_at, moved_to) " +
              "SELECT ?1, '{}', created_at, renewed_at, renewed_at + ?3, key FROM session WHERE key = ?2",
          )
          .bind(key, newKey, IN_FLIGHT),
      ]);
      return (moved?.meta.changes ?? 0) > 0;
    },

    async remove(key) {
      await database.prepare(`DELETE FROM session WHERE key = ${ALIVE_KEY}`).bind(key).run();
    },

    async findByUser(user) {
      const { results } = await database.prepare(`SELECT ${COLUMNS} FROM session WHERE user = ?`).bind(user).all<Row>();
      return { records: results.map(recordIn), isComplete: true };
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

/** Values that are no JSON are no record: see `read` in records.ts. */
function recordIn({ key, data, created_at, renewed_at, expires_at }: Row): unknown {
  try {
    const values = JSON.parse(data);
    return { key, values, createdAt: created_at, renewedAt: renewed_at, expiresAt: expires_at };
  } catch {
    return data;
  }
}
