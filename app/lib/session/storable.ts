/** Refuses what a store could not give back as it was: sessions are kept as JSON (rule 4.2). */
import { SessionError } from "./errors";

/**
 * Promises that `value` survives JSON: null, booleans, finite numbers, strings, arrays and plain objects of these.
 *
 * @param path where the value is, as an author would write it: `cart.items[2].addedAt`
 * @throws SessionError "not-storable", which names the path
 */
export function assertStorable(value: unknown, path: string, ancestors: readonly unknown[] = []): void {
  const problem = findProblem(value, ancestors);
  if (problem) {
    throw new SessionError("not-storable", `A session cannot keep ${path}: ${problem}.`, { path });
  }
  if (typeof value !== "object" || value === null) return;

  const inside = [...ancestors, value];
  if (Array.isArray(value)) {
    // Not forEach, which passes over the holes of a sparse array; JSON makes them null.
    for (let index = 0; index < value.length; index++) assertStorable(value[index], `${path}[${index}]`, inside);
  } else {
    for (const [key, entry] of Object.entries(value)) assertStorable(entry, `${path}.${key}`, inside);
  }
}

function findProblem(value: unknown, ancestors: readonly unknown[]): string | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : `it is ${value}, which JSON turns into null`;
    case "undefined":
      return "it is undefined, which JSON drops; leave it out, or unset it";
    case "object":
      break;
    default:
      return `it is a ${typeof value}, which JSON does not have`;
  }
  if (value === null) return undefined;
  if (ancestors.includes(value)) return "it contains itself";
  if (ancestors.length === 100) return "it is nested more than 100 deep";
  if (Array.isArray(value)) return undefined;

  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    const kind = value.constructor?.name || "class instance";
    return `it is a ${kind}, which would not come back as one; keep a string, a number or a plain object`;
  }
  if (Object.getOwnPropertySymbols(value).length > 0) return "it has a key that is a symbol, which JSON drops";
  if ("toJSON" in value) return "it has a toJSON of its own, so that something else would come back";
}
