/** The session folder once had these defects. Each is put back from outside, and the exploration must find it. */
import { SessionError } from "~/lib/session";
import { stateOf } from "~/lib/session/raw-session";
import type { RecordStore } from "~/lib/session/stores";
import type { Kind } from "../../harness";
import { NOTICE } from "./plan";
import { type Defect, isFormer, type Storage } from "./world";

export interface KnownDefect extends Defect {
  does: string;
  kinds: Kind[];
}

type StoredRecord = Parameters<RecordStore["create"]>[0];
type Update = Parameters<RecordStore["update"]>[1];

const WITH_RECORDS: Kind[] = ["kv", "d1", "durable-object"];
const WITH_LISTS: Kind[] = ["d1", "durable-object"];

/** The session got a new id more than 15 seconds ago. */
async function hasMovedLongAgo(store: RecordStore, address: Parameters<RecordStore["read"]>[0], now: number) {
  const found = await store.read(address, now);
  return found?.replacedAt !== undefined && now - found.replacedAt >= 15;
}

/** Confirms a sign-in of this user whose session has a new id by now. */
const confirmsSignIn = (user: string) => (storage: Storage) => ({
  ...storage,
  commitSession: async (...[session, options]: Parameters<Storage["commitSession"]>) => {
    try {
      return await storage.commitSession(session, options);
    } catch (error) {
      if (error instanceof SessionError && error.code === "replaced" && session.data.user === user) return "";
      throw error;
    }
  },
});

/** What a sign-out finds at its commit. */
interface SignOut {
  header: string;
  /** What the cookies have opened. */
  opened: "a session" | "nothing" | "what cannot be read";
  commit: () => Promise<string>;
  former: Storage;
}

/** Replaces the commit of a sign-out. */
const withSignOut =
  (replaced: (signOut: SignOut) => Promise<string>): Defect["storage"] =>
  (storage, former) => {
    let header = "";
    let opened: SignOut["opened"] = "nothing";
    return {
      ...storage,
      async getSession(given) {
        const session = await storage.getSession(given);
        header = given ?? "";
        const isEmpty = session.id === "" && Object.keys(session.data).length === 0;
        opened = stateOf(session)?.read.unread ? "what cannot be read" : isEmpty ? "nothing" : "a session";
        return session;
      },
      commitSession(session, options) {
        const commit = () => storage.commitSession(session, options);
        // handleFetch would take a commit that does nothing for that of another session.
        Object.assign(stateOf(session)?.read ?? {}, { committed: new Map() });
        return Object.keys(session.data).length > 0 ? commit() : replaced({ header, opened, commit, former });
      },
    };
  };

type Removal = NonNullable<RecordStore["byUser"]>["remove"];

/** Replaces the end of a user's other sessions. */
const withRemoval =
  (replaced: (remove: Removal) => Removal): Defect["store"] =>
  ({ byUser, ...store }) => ({ ...store, ...(byUser && { byUser: { ...byUser, remove: replaced(byUser.remove) } }) });

const changed = (update: Update, change: Partial<Update["change"]>): Update => ({
  ...update,
  change: { ...update.change, ...change },
});

export const defects: KnownDefect[] = [
  {
    does: "a sign-in whose answer was lost is confirmed when it is sent again, and nobody is signed in",
    kinds: WITH_RECORDS,
    storage: confirmsSignIn("ada"),
  },
  {
    does: "a sign-in as somebody else with an id that was just replaced is confirmed, and nobody is signed in",
    kinds: WITH_RECORDS,
    storage: confirmsSignIn("bob"),
  },
  {
    does: "a slow write does not follow its session to an id that it got 15 seconds ago, and is confirmed",
    kinds: WITH_RECORDS,
    store: (store) => ({
      ...store,
      update: async (address, update) =>
        (await hasMovedLongAgo(store, address, update.times.renewedAt))
          ? { result: "moved" }
          : store.update(address, update),
    }),
  },
  {
    does: "a slow sign-out does not follow its session to an id that it got 15 seconds ago, and is confirmed",
    kinds: WITH_RECORDS,
    store: (store) => ({
      ...store,
      remove: async (address, now, until) =>
        (await hasMovedLongAgo(store, address, now)) ? undefined : store.remove(address, now, until),
    }),
  },
  {
    does: "the old record ends before the one with the new id is there",
    kinds: WITH_RECORDS,
    store: (store) => ({
      ...store,
      move: async (address, newKey, { change, times }) => {
        const record = (await store.read(address, times.renewedAt))?.record as StoredRecord | undefined;
        if (!record) return { result: "gone" };
        await store.remove(address, times.renewedAt, times.renewedAt + 86_400);
        await store.create({ ...record, ...times, key: newKey, values: { ...record.values, ...change.set } });
        return { result: "stored", note: "" };
      },
    }),
  },
  {
    does: "a route's own early commit costs the cookie",
    kinds: WITH_RECORDS,
    storage: (storage) => {
      let commits = 0;
      return {
        ...storage,
        commitSession: async (...given) => {
          const line = await storage.commitSession(...given);
          return commits++ > 0 ? "" : line;
        },
      };
    },
  },
  {
    does: "a sign-out of a session that cannot be read is confirmed, ends nothing and leaves the cookie",
    kinds: WITH_RECORDS,
    storage: withSignOut(async ({ opened, commit }) => (opened === "what cannot be read" ? "" : commit())),
  },
  {
    does: "a sign-out from a place that does not see the session yet is confirmed, and leaves the cookie",
    kinds: ["kv"],
    storage: withSignOut(async ({ opened, commit }) => (opened === "nothing" ? "" : commit())),
  },
  {
    does: "a write from a place with an old copy revives a session that was signed out",
    kinds: ["kv"],
    kv: (namespace) => ({
      ...namespace,
      put: async (key, ...rest) => (key.startsWith("ended:") ? undefined : namespace.put(key, ...rest)),
    }),
  },
  {
    does: "one device's object fails, and the other devices stay signed in",
    kinds: ["durable-object"],
    store: withRemoval((remove) => async (user, addresses, now) => {
      const ended = new Set<string>();
      for (const address of addresses) {
        const [key] = await remove(user, [address], now);
        if (key === undefined) throw new Error("One object has failed");
        ended.add(key);
      }
      return ended;
    }),
  },
  {
    does: "a device that fails is taken for one that has ended",
    kinds: WITH_LISTS,
    store: withRemoval((remove) => async (user, addresses, now) => {
      await remove(user, addresses, now).catch(() => {});
      return new Set(addresses.map(({ key }) => key));
    }),
  },
  {
    does: "with the former storage down, a sign-out does not end the new session",
    kinds: WITH_RECORDS,
    storage: withSignOut(async ({ header, commit, former }) => {
      await former.destroySession(await former.getSession(header));
      return commit();
    }),
  },
  {
    does: "a session that was revoked comes back by the former storage's cookie",
    kinds: WITH_LISTS,
    storage: (storage) => ({
      ...storage,
      async getSession(header) {
        const session = await storage.getSession(header);
        const isGone = session.id === "" && Object.keys(session.data).length === 0;
        const rest = (header ?? "").split("; ").filter(isFormer);
        return isGone ? storage.getSession(rest.join("; ")) : session;
      },
    }),
  },
  {
    does: "what was adopted and does not fit makes every write fail",
    kinds: ["cookie"],
    own: (storage) => ({
      ...storage,
      commitSession: (...given) =>
        storage.commitSession(...given).catch((error) => {
          throw new Error("It does not fit", { cause: error });
        }),
    }),
  },
  {
    does: "a message that a page has shown stays",
    kinds: WITH_RECORDS,
    store: (store) => ({
      ...store,
      update: (address, update) => store.update(address, changed(update, { shown: {} })),
    }),
  },
  {
    does: "a new id costs the message that waits",
    kinds: WITH_RECORDS,
    store: (store) => ({
      ...store,
      move: (address, newKey, update, leadsUntil) =>
        store.move(address, newKey, changed(update, { unset: [...update.change.unset, NOTICE] }), leadsUntil),
    }),
  },
  {
    does: "a message is confirmed and not stored, if its session has another one",
    kinds: WITH_RECORDS,
    store: (store) => ({
      ...store,
      update: async (address, update) => {
        const { [NOTICE]: message, ...set } = update.change.set;
        const record = (await store.read(address, update.times.renewedAt))?.record as StoredRecord | undefined;
        const hasOther = message !== undefined && record?.values[NOTICE] !== undefined;
        return store.update(address, hasOther ? changed(update, { set }) : update);
      },
    }),
  },
];
