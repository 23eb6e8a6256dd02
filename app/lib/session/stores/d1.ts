/**
 * The D1 store keeps a row in a SQL database. It needs a D1 database with the tables of `migrations/`, and a cron
 * trigger that calls `deleteExpiredSessions`.
 *
 * It suits most apps: parallel writes are merged key by key, a user's sessions can be listed and ended, and a sign-out
 * holds from the next request. The database is in one place, so reads are slow from far away and all sessions share its
 * throughput.
 */
import { type Change, IN_FLIGHT, MOVED, type RecordStore, type RecordTimes } from "./record-store";

interface Row {
  key: string;
  data: string;
  created_at: number;
  renewed_at: number;
  expires_at: number;
  moved_to: string | null;
}

const COLUMNS = "key, data, created_at, renewed_at, expires_at";

/**
 * Applies the change to the data. json_patch (RFC 7396) merges objects and removes a key whose value is null; since all
 * values are texts, it replaces whole values. A shown flash is removed if its text is still the same (3.8). The later
 * expiry wins, because another request may have given the session a longer life.
 */
const UPDATE = `UPDATE session SET renewed_at = ?2, expires_at = max(expires_at, ?3), data = json_patch(
  json_patch(data, (
    SELECT json_group_object(held.key, NULL)
    FROM json_each(data) AS held JOIN json_each(?5) AS shown ON held.key = shown.key AND held.value = shown.value
  )), ?4)`;

/**
 * Finds the key of a session that is alive at second ?2. It is ?1 itself, or the key that it was moved to just now. A
 * row that moved was renewed then; if that was before the second `since`, it leads nowhere.
 */
const aliveKey = (since: "?6" | 0) => `(
  WITH RECURSIVE step(key, moved_to) AS (
    SELECT key, moved_to FROM session WHERE key = ?1 AND expires_at > ?2 AND (moved_to IS NULL OR renewed_at >= ${since})
    UNION SELECT next.key, next.moved_to FROM session AS next JOIN step ON next.key = step.moved_to
    WHERE next.expires_at > ?2
  ) SELECT key FROM step WHERE moved_to IS NULL)`;

/**
 * Each call is one statement or one transaction, so nothing comes between reading and writing (P3, rule 8.2).
 *
 * @param options.hasReplicas Reads come from the copy of the database nearest to the visitor (D1's Sessions API), which
 *   is no older than their last write. A sign-out on another device shows once it has reached that copy. Every write
 *   sends the cookie. It needs read replication turned on for the database, and a store for each request.
 */
export function createD1Store(binding: D1Database, { hasReplicas = false } = {}): RecordStore {
  let database: D1Database | D1DatabaseSession = hasReplicas ? binding.withSession() : binding;
  /** A copy may not know yet that the id was replaced before this second. The write must not follow it then (8.2). */
  let readAt = 0;
  const bookmark = {
    get: () => ("getBookmark" in database && database.getBookmark()) || "",
    set: (bookmark: string) => {
      database = binding.withSession(bookmark);
    },
  };
  const bindingsOf = ({ set, unset, shown }: Change, { renewedAt, expiresAt }: RecordTimes) => {
    const patch = { ...set, ...Object.fromEntries(unset.map((key) => [key, null])) };
    return [renewedAt, expiresAt, JSON.stringify(patch), JSON.stringify(shown)];
  };

  return {
    name: "d1",
    shared: binding,
    ...(hasReplicas && { bookmark }),

    async read(key, now) {
      if (hasReplicas) readAt = now;
      const row = await database
        .prepare(`SELECT ${COLUMNS}, moved_to FROM session WHERE key = ? AND expires_at > ?`)
        .bind(key, now)
        .first<Row>();
      if (!row) return undefined;
      return row.moved_to ? MOVED : recordIn(row);
    },

    async create({ key, values, createdAt, renewedAt, expiresAt }) {
      await database
        .prepare(`INSERT INTO session (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`)
        .bind(key, JSON.stringify(values), createdAt, renewedAt, expiresAt)
        .run();
    },

    async update(key, change, times) {
      const { results } = await database
        .prepare(`${UPDATE} WHERE key = ${aliveKey("?6")} RETURNING key`)
        .bind(key, ...bindingsOf(change, times), readAt)
        .all<Row>();
      const [updated] = results;
      if (!updated) return "gone";
      return updated.key === key ? "stored" : "moved";
    },

    async move(key, newKey, change, times) {
      const [moved] = await database.batch([
        database
          .prepare(
            `${UPDATE}, expires_at = ?3, created_at = ?6, key = ?7
            WHERE key = ?1 AND moved_to IS NULL AND expires_at > ?2`,
          )
          .bind(key, ...bindingsOf(change, times), times.createdAt, newKey),
        // This row leads requests in flight to the new key.
        database
          .prepare(
            "INSERT INTO session (key, data, created_at, renewed_at, expires_at, moved_to) " +
              "SELECT ?1, '{}', created_at, renewed_at, renewed_at + ?3, key FROM session WHERE key = ?2",
          )
          .bind(key, newKey, IN_FLIGHT),
      ]);
      return (moved?.meta.changes ?? 0) > 0;
    },

    async remove(key, now) {
      await database
        .prepare(`DELETE FROM session WHERE key = ${aliveKey(0)}`)
        .bind(key, now)
        .run();
    },

    // A copy may miss a sign-in or still list a device that was signed out (8.5).
    async findByUser(user) {
      const { results } = await binding.prepare(`SELECT ${COLUMNS} FROM session WHERE user = ?`).bind(user).all<Row>();
      return { records: results.map(recordIn), isComplete: true };
    },
  };
}

/**
 * Deletes the sessions that have ended by that second (rule 8.3). It deletes a thousand at a time, because D1 cancels a
 * statement that takes too long, and nothing would be deleted.
 */
export async function deleteExpiredSessions(database: D1Database, now: number): Promise<void> {
  const some = database
    .prepare("DELETE FROM session WHERE key IN (SELECT key FROM session WHERE expires_at <= ? LIMIT 1000)")
    .bind(now);
  while ((await some.run()).meta.changes > 0);
}

/** Returns data that is not JSON as it is, which counts as corrupt (`read` in record-store.ts). */
function recordIn({ key, data, created_at, renewed_at, expires_at }: Row): unknown {
  try {
    const values = JSON.parse(data);
    return { key, values, createdAt: created_at, renewedAt: renewed_at, expiresAt: expires_at };
  } catch {
    return data;
  }
}
