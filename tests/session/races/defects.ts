/** The session folder once had these defects. Each is made again from the outside, and the explorer must find it. */

import type { SessionError } from "~/lib/session/errors";
import type { ObjectNamespace } from "~/lib/session/stores/durable-object";
import { applyUpdate, type Found, parseRecord, type RecordStore } from "~/lib/session/stores/record-store";
import type { Defect, Kind } from "./explorer";

export interface KnownDefect {
  does: string;
  kinds: Kind[];
  /** The explorer's report must match this. */
  found: RegExp;
  defect: Defect;
}

/** Makes the session with the new id from the data that this request read, and ignores later changes. */
function movesItsSnapshot(store: RecordStore): RecordStore {
  let snapshot: Found;
  return {
    ...store,
    read: async (address, now) => {
      snapshot = await store.read(address, now);
      return snapshot;
    },
    move: async (address, newKey, update) => {
      const record = parseRecord(snapshot?.record)?.record;
      await store.remove(address, update.times.renewedAt, Number.MAX_SAFE_INTEGER);
      const moved = record && applyUpdate(record, address.key, update, newKey);
      if (moved) await store.create(moved);
      return { result: "stored", note: "" };
    },
  };
}

type Fetch = ReturnType<ObjectNamespace["get"]>["fetch"];

/** Wraps the objects, so that `replace` decides each call. */
function objectsWith(replace: (call: { call: string }, fetch: () => ReturnType<Fetch>) => ReturnType<Fetch>) {
  return (namespace: ObjectNamespace): ObjectNamespace => ({
    idFromName: (name) => namespace.idFromName(name),
    get: (id) => ({
      fetch: (url, init) => replace(JSON.parse(init.body as string), () => namespace.get(id).fetch(url, init)),
    }),
  });
}

/** Lists a session only after it exists, and ignores a list that does not answer. */
function listsAfterwards(): Defect["objects"] {
  let enlist: (() => ReturnType<Fetch>) | undefined;
  return objectsWith(async ({ call }, fetch) => {
    if (call === "addToList") {
      enlist = fetch;
      return Response.json({ result: null });
    }
    const response = await fetch();
    if (call === "create" || call === "update") await enlist?.().catch(() => {});
    if (call === "create" || call === "update") enlist = undefined;
    return response;
  });
}

export const defects: KnownDefect[] = [
  {
    does: "a new id is made from what the request has read before",
    kinds: ["d1", "durable-object"],
    found: /^6/,
    defect: { store: movesItsSnapshot },
  },
  {
    does: "a sign-out that cannot store what follows is not stored",
    kinds: ["d1", "durable-object", "kv"],
    found: /^6\.2/,
    defect: {
      getSessionCookie: (commit) => () =>
        commit().catch((error: SessionError) => {
          if (error.code !== "too-large") throw error;
          return "__Host-session=; Max-Age=0";
        }),
    },
  },
  {
    does: "an ended session stays in the user's list",
    kinds: ["durable-object"],
    found: /^8\.5 listing/,
    defect: {
      objects: objectsWith(({ call }, fetch) =>
        call === "removeFromList" ? Promise.resolve(Response.json({ result: null })) : fetch(),
      ),
    },
  },
  {
    does: "a session is listed after it was made",
    kinds: ["durable-object"],
    found: /^8\.5 the user's list lacks/,
    defect: { objects: (namespace) => listsAfterwards()?.(namespace) ?? namespace },
  },
  {
    does: "a page that shows a flash removes a newer one",
    kinds: ["d1", "durable-object"],
    found: /^3\.8/,
    defect: {
      store: (store) => ({
        ...store,
        update: (address, update) => {
          const { set, unset, shown } = update.change;
          return store.update(address, {
            ...update,
            change: { set, unset: [...unset, ...Object.keys(shown)], shown: {} },
          });
        },
      }),
    },
  },
  {
    does: "a route's leftover line wins",
    kinds: ["d1", "durable-object", "kv"],
    found: /^8\.2/,
    defect: { leftoverLineWins: true },
  },
];
