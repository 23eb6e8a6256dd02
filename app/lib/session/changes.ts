/** Detects any change of the data by comparing it with a snapshot (rules 2.1, 2.3). */

export type Values = Record<string, unknown>;

/** The JSON text of each value, or the value itself if JSON cannot hold it. */
export type Snapshot = ReadonlyMap<string, unknown>;

export const snapshotOf = (data: Values): Snapshot =>
  new Map(Object.entries(data).map(([key, value]) => [key, toJson(value) ?? value]));

export const valuesIn = (snapshot: Snapshot): Values =>
  Object.fromEntries([...snapshot].map(([key, held]) => [key, typeof held === "string" ? JSON.parse(held) : held]));

/** Returns the keys that were added, removed or changed. Another order of keys is no change, even inside a value. */
export function changedKeys(before: Snapshot, data: Values): string[] {
  const after = snapshotOf(data);
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => !before.has(key) || !after.has(key) || !isSame(before.get(key), after.get(key)));
}

function isSame(before: unknown, after: unknown): boolean {
  if (typeof before !== "string" || typeof after !== "string") return before === after;
  // An object whose keys only moved has a text of the same length.
  return before === after || (before.length === after.length && withSortedKeys(before) === withSortedKeys(after));
}

/** Returns undefined for a value that JSON cannot hold. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function withSortedKeys(json: string): string {
  return JSON.stringify(JSON.parse(json), (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
