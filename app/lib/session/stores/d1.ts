/**
 * The D1 store keeps a row in a SQL database. It needs a D1 database with the tables of `migrations/`, and a cron
 * trigger that calls `deleteExpiredSessions`.
 *
 * It suits most apps: parallel writes are merged key by key, a user's sessions can be listed and ended, and a sign-out
 * holds from the next request. The database is in one place, so reads are slow from far away and all sessions share its
 * throughput.
 */
import { ConfigError } from "../errors";
import type { RecordStore, Update } from "./record-store";

interface Row {
  key: string;
  data: string;
  created_at: number;
  renewed_at: number;
  expires_at: number;
  /** Of a signpost, which a session leaves under its old key when it gets a new one (at `renewed_at`). */
  moved_to: string | null;
}

const COLUMNS = "key, data, created_at, renewed_at, expires_at";

/** A page shows no more, and D1 reads no more rows for it. */
const MAX_LISTED = 100;

/**
 * Applies the change to the data. json_patch (RFC 7396) merges objects and removes a key whose value is null; since all
 * values are texts, it replaces whole values. A shown flash is removed if its text is still the same (3.8). The later
 * expiry wins, because another request may have given the session a longer life, unless ?6 is 0 and the session still has
 * the key ?1 that the request knows.
 */
const UPDATE = `UPDATE session SET renewed_at = ?2, expires_at = max(?3, expires_at * (?6 OR key <> ?1)),
  data = json_patch(json_patch(data, (
    SELECT json_group_object(key, NULL) FROM json_each(data)
    WHERE (key, value) IN (SELECT key, value FROM json_each(?5))
  )), ?4)`;

/** The record has the user that the request knows, and no later write has been stored. */
const IS_AS_KNOWN = "(?7 IS NULL OR user = ?7) AND renewed_at < ?8";

const boundTo = (update: Update, hasNewLife = false) => {
  const { change, times, user, overtakenAt, isExactExpiry } = update;
  const { set, unset, shown } = change;
  const patch = { ...set, ...Object.fromEntries(unset.map((key) => [key, null])) };
  const keepsLater = isExactExpiry || hasNewLife ? 0 : 1;
  return [
    times.renewedAt,
    times.expiresAt,
    JSON.stringify(patch),
    JSON.stringify(shown),
    keepsLater,
    user ?? null,
    overtakenAt,
  ];
};

/** Finds the keys of the sessions that are alive at second ?2, and those to which these keys lead. */
const aliveAt = (keys: string) => `(
  WITH RECURSIVE step(key, moved_to) AS (
    SELECT key, moved_to FROM session WHERE ${keys} AND expires_at > ?2
    UNION SELECT next.key, next.moved_to FROM session AS next JOIN step ON next.key = step.moved_to
    WHERE next.expires_at > ?2
  ) SELECT key FROM step WHERE moved_to IS NULL)`;

/**
 * Each call is one statement or one transaction, so nothing comes between reading and writing (P3, rule 8.2).
 *
 * @param options.hasReplicas Reads come from the copy of the database nearest to the visitor (D1's Sessions API), which
 *   is no older than their last write: the cookie carries its bookmark. A sign-out on another device shows once it has
 *   reached that copy. Every write sends the cookie. It needs read replication turned on for the database.
 */
export function createD1Store(binding: D1Database, { hasReplicas = false } = {}): RecordStore {
  const open = (note: string) => (hasReplicas ? binding.withSession(note || undefined) : binding);
  const noteOf = (database: D1Database | D1DatabaseSession) =>
    "getBookmark" in database ? { note: database.getBookmark() ?? "" } : {};

  /** Tells why a write has met no row that it may change. */
  async function whyNot(key: string, now: number): Promise<{ result: "gone" | "replaced" }> {
    const alive = binding.prepare(`SELECT ${aliveAt("key = ?1")} AS key`).bind(key, now);
    return { result: (await alive.first<{ key: string | null }>())?.key ? "replaced" : "gone" };
  }

  return {
    name: "d1",
    shared: binding,

    async read({ key, note }, now) {
      const row = await open(note)
        .prepare(`SELECT ${COLUMNS}, moved_to FROM session WHERE key = ? AND expires_at > ?`)
        .bind(key, now)
        .first<Row>();
      if (!row) return undefined;
      return row.moved_to ? { replacedAt: row.renewed_at } : { record: recordIn(row) };
    },

    async create({ key, values, createdAt, renewedAt, expiresAt }) {
      const database = open("");
      await database
        .prepare(`INSERT INTO session (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`)
        .bind(key, JSON.stringify(values), createdAt, renewedAt, expiresAt)
        .run();
      return noteOf(database);
    },

    async update({ key, note }, update) {
      const database = open(note);
      const keys = aliveAt("key = ?1 AND (moved_to IS NULL OR renewed_at >= ?9)");
      const { results } = await database
        .prepare(`${UPDATE} WHERE key = ${keys} AND ${IS_AS_KNOWN} RETURNING key`)
        // Only a copy can have an id that was replaced before it was read.
        .bind(key, ...boundTo(update), hasReplicas ? update.readAt : 0)
        .all<Row>();
      const [updated] = results;
      if (!updated) return whyNot(key, update.times.renewedAt);
      return { result: updated.key === key ? "stored" : "moved", ...noteOf(database) };
    },

    async move({ key, note }, newKey, update, leadsUntil) {
      const database = open(note);
      const [moved] = await database.batch([
        database
          .prepare(
            `${UPDATE}, created_at = ?9, key = ?10
            WHERE key = ?1 AND moved_to IS NULL AND expires_at > ?2 AND ${IS_AS_KNOWN}`,
          )
          .bind(key, ...boundTo(update, true), update.times.createdAt, newKey),
        database
          .prepare(
            "INSERT INTO session (key, data, created_at, renewed_at, expires_at, moved_to) " +
              "SELECT ?1, '{}', created_at, renewed_at, ?3, key FROM session WHERE key = ?2",
          )
          .bind(key, newKey, leadsUntil),
      ]);
      if (!moved?.meta.changes) return whyNot(key, update.times.renewedAt);
      return { result: "stored", ...noteOf(database) };
    },

    async remove({ key }, now) {
      await binding
        .prepare(`DELETE FROM session WHERE key = ${aliveAt("key = ?1")}`)
        .bind(key, now)
        .run();
    },

    byUser: {
      async has(user, { key }, now) {
        const row = await binding
          .prepare("SELECT key FROM session WHERE key = ? AND user = ? AND expires_at > ?")
          .bind(key, user, now)
          .first();
        return row !== null;
      },

      // Not from a copy, which may miss a sign-in or still list a device that was signed out (8.5).
      async find(user, now, skipped) {
        const { results } = await binding
          .prepare(
            `SELECT ${COLUMNS} FROM session WHERE user = ?1 AND expires_at > ?2
            AND key NOT IN (SELECT value FROM json_each(?3)) ORDER BY created_at DESC LIMIT ?4`,
          )
          .bind(user, now, JSON.stringify([...skipped]), MAX_LISTED + 1)
          .all<Row>();
        const rows = results.slice(0, MAX_LISTED);
        const found = rows.map((row) => ({ address: { key: row.key, note: "" }, record: recordIn(row) }));
        return { found, looked: rows.map(({ key }) => key), hasMore: results.length > MAX_LISTED, hasMissed: false };
      },

      async remove(_user, addresses, now) {
        const keys = addresses.map(({ key }) => key);
        await binding
          .prepare(`DELETE FROM session WHERE key IN ${aliveAt("key IN (SELECT value FROM json_each(?1))")}`)
          .bind(JSON.stringify(keys), now)
          .run();
        return new Set(keys);
      },
    },
  };
}

/**
 * Deletes the sessions that have ended by that second (rule 8.3). It deletes a thousand at a time, because D1 cancels a
 * statement that takes too long, and nothing would be deleted.
 *
 * @param now seconds since 1970
 * @throws ConfigError for milliseconds, which would delete everybody's
 */
export async function deleteExpiredSessions(database: D1Database, now: number): Promise<void> {
  if (!(now < 1e11)) throw new ConfigError(`deleteExpiredSessions takes seconds: ${now} is in the far future.`);
  const some = database
    .prepare("DELETE FROM session WHERE key IN (SELECT key FROM session WHERE expires_at <= ? LIMIT 1000)")
    .bind(now);
  while ((await some.run()).meta.changes > 0);
}

/** Returns data that is not JSON as it is, which counts as corrupt (rule 4.7). */
function recordIn({ key, data, created_at, renewed_at, expires_at }: Row): unknown {
  try {
    const values = JSON.parse(data);
    return { key, values, createdAt: created_at, renewedAt: renewed_at, expiresAt: expires_at };
  } catch {
    return data;
  }
}
