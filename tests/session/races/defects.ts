/** The session folder once had these defects. Each is made again from the outside, and the explorer must find it. */
import type { ObjectNamespace } from "~/lib/session/config";
import type { SessionError } from "~/lib/session/errors";
import { applyChange, parseRecord, type RecordStore } from "~/lib/session/stores/record-store";
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
  let snapshot: unknown;
  return {
    ...store,
    read: async (key, now) => {
      snapshot = await store.read(key, now);
      return snapshot;
    },
    move: async (key, newKey, change, times) => {
      const values = parseRecord(snapshot)?.record.values ?? {};
      await store.remove(key, times.renewedAt);
      await store.create({ key: newKey, values: applyChange(values, change), ...times });
      return true;
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
        update: (key, { set, unset, shown }, times) =>
          store.update(key, { set, unset: [...unset, ...Object.keys(shown)], shown: {} }, times),
      }),
    },
  },
  {
    does: "a route's leftover line wins",
    kinds: ["d1", "durable-object", "kv"],
    found: /^8\.2/,
    defect: { leftoverLineWins: true },
  },
  {
    does: "revoking says that it has reached a session that is getting a new id",
    kinds: ["durable-object"],
    found: /^6\.2 .* was ended by .* "revoke the others"/,
    defect: {
      store: ({ findByUser, ...store }) => ({
        ...store,
        findByUser: async (...args) => ({ records: [], ...(await findByUser?.(...args)), isComplete: true }),
      }),
    },
  },
];
