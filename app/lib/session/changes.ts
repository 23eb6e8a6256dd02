/** Detects any change of the data by comparing it with a snapshot (rules 2.1, 2.3). */

export type Values = Record<string, unknown>;

/**
 * JSON where possible, since untouched data gives the same text. Otherwise the values that JSON can hold are copied.
 */
export type Snapshot = string | Values;

export function snapshotOf(data: Values): Snapshot {
  const copies = () => Object.entries(data).map(([key, value]) => [key, JSON.parse(toJson(value) ?? "null") ?? value]);
  return toJson(data) ?? Object.fromEntries(copies());
}

export const valuesIn = (snapshot: Snapshot): Values =>
  typeof snapshot === "string" ? JSON.parse(snapshot) : { ...snapshot };

/** Returns the keys that were added, removed or changed. Another order of keys is no change, even inside a value. */
export function changedKeys(snapshot: Snapshot, now: Values): string[] {
  if (snapshot === toJson(now)) return [];
  const before = valuesIn(snapshot);
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys].filter((key) => !isSame(before, now, key));
}

function isSame(before: Values, now: Values, key: string): boolean {
  if (!(Object.hasOwn(before, key) && Object.hasOwn(now, key))) return false;
  const [a, b] = [toJson(before[key]), toJson(now[key])];
  if (a === undefined || b === undefined) return before[key] === now[key];
  // An object whose keys only moved has a text of the same length.
  return a === b || (typeof now[key] === "object" && a.length === b.length && withSortedKeys(a) === withSortedKeys(b));
}

/** Returns undefined for a value that JSON cannot hold. */
function toJson(data: unknown): string | undefined {
  try {
    return JSON.stringify(data);
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
