/**
 * The stores that this app runs with, as wrangler.toml says: the one of its top level, which is the default, and one for each
 * environment with a SESSION_STORE. The browser tests, the migrations and the deployment follow it.
 */
import { readFileSync } from "node:fs";

/** A section of wrangler.toml, with the comment above it. What stands before all others has no head. */
const sectionsOf = (toml) => toml.split(/^(?<!^#.*\n)(?=(?:#.*\n)*\[)/m);
const headOf = (section) => /^\[+([\w.-]+)\]/m.exec(section)?.[1] ?? "";
const isOfEnvironment = (section) => headOf(section).startsWith("env.");

/** Returns each store, the default first, with the name of its environment, which is "" for the default. */
export function readAppStores(file = new URL("../wrangler.toml", import.meta.url)) {
  return appStoresOf(readFileSync(file, "utf8"));
}

/** Returns the name of the environment that has this store, or nothing if the app is without it. */
export function environmentOf(store) {
  return readAppStores().find((each) => each.store === store)?.environment;
}

export function appStoresOf(toml) {
  const stores = sectionsOf(toml).flatMap((section) => {
    const [, store] = /^SESSION_STORE = "([^"]+)"/m.exec(section) ?? [];
    const [isVars, environment = ""] = /^(?:env\.([\w-]+)\.)?vars$/.exec(headOf(section)) ?? [];
    return store && isVars ? [{ store, environment }] : [];
  });
  const isDefault = ({ environment }) => environment === "";
  return [stores.find(isDefault) ?? { store: "cookie", environment: "" }, ...stores.filter((each) => !isDefault(each))];
}

// Which store becomes the default when that is removed.
const ORDER = ["cookie", "d1", "durable-object", "kv"];
const INTRODUCTION = /^# Below, an environment for each(.+\n)+\n/m;
const COOKIE_ABOVE = /^# Without a SESSION_STORE above,.*\n\n/m;
/** What only a store at the top level has there. */
const OF_STORE = /"SESSION_(KV|DB|OBJECT)"|"SessionObject"|^# Deletes expired sessions/m;

/**
 * Returns the text of wrangler.toml without these stores. If the default is one of them, another one moves to the top level.
 *
 * @throws Error if none would be left, or if that one's settings contradict those of the top level.
 */
export function withoutStores(toml, names) {
  const stores = appStoresOf(toml);
  const isLeft = ({ store }) => !names.includes(store);
  const left = stores.filter(isLeft).sort((a, b) => ORDER.indexOf(a.store) - ORDER.indexOf(b.store));
  if (left.length === 0) throw new Error("An app needs a store: leave one of them.");
  const isOf =
    ({ environment }) =>
    (section) =>
      `${headOf(section)}.`.startsWith(`env.${environment}.`);

  const [introduction = ""] = INTRODUCTION.exec(toml) ?? [];
  const sections = sectionsOf(toml.replace(introduction, ""));
  let top = sections.filter((section) => !isOfEnvironment(section));
  let environments = sections.filter(isOfEnvironment);
  for (const removed of stores.filter((each) => !isLeft(each))) {
    environments = environments.filter((section) => !isOf(removed)(section));
  }
  if (!isLeft(stores[0])) {
    // The new default.
    const [promoted] = left;
    const own = environments
      .filter(isOf(promoted))
      .map((section) => section.replace(`[env.${promoted.environment}.`, "["));
    environments = environments.filter((section) => !isOf(promoted)(section));
    const kept = top
      .filter((section) => !OF_STORE.test(section))
      .map((section) => section.replace(COOKIE_ABOVE, "").replace(/^SESSION_STORE = .*\n/m, ""))
      .filter((section) => section.trim() !== "[vars]");
    top = own.reduce(withSection, kept);
  }
  const texts = environments.length > 0 ? [...top, introduction, ...environments] : top;
  return `${texts
    .map((text) => text.trimEnd())
    .filter(Boolean)
    .join("\n\n")}\n`;
}

/** Adds a section to others. A table that is there already gets the lines that it lacks. */
function withSection(sections, added) {
  const keysOf = (section) => section.split("\n").filter((line) => line.includes("="));
  const linesOf = (section) => keysOf(section).join("\n");
  const isTable = !/^\[\[/m.test(added);
  const same = sections.find((each) => headOf(each) === headOf(added) && (isTable || linesOf(each) === linesOf(added)));
  if (!same) return [...sections, added];
  const lacking = keysOf(added).filter((line) => !keysOf(same).includes(line));
  const [twice] = lacking.filter((line) => keysOf(same).some((each) => each.split("=")[0] === line.split("=")[0]));
  if (twice)
    throw new Error(`[${headOf(added)}] of wrangler.toml has not \`${twice}\`: give both the same line first.`);
  return sections.map((each) => (each === same ? [each.trimEnd(), ...lacking, ""].join("\n") : each));
}
