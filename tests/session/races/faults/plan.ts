/** A plan for the exploration of faults: up to five requests of one visitor, of which one meets a fault. */
import fc from "fast-check";
import type { SuperflareSession } from "~/lib/session";
import type { UserSessions } from "~/lib/session/stores";
import type { Kind } from "../../harness";

export type Data = Record<string, unknown>;

export interface FaultPlan {
  start: Start;
  steps: Step[];
  fault: Fault;
  /** Seconds that pass with each call to a store. */
  pace: number;
}

/**
 * The storages that hold the visitor's session at first. The app adopts from the former one. A half adopted session could
 * not be ended there, and a full one does not fit into a cookie.
 */
export const STARTS = {
  anonymous: [],
  visitor: ["own"],
  "signed in": ["own"],
  "of a former storage": ["former"],
  "half adopted": ["own", "former"],
  full: ["former"],
} satisfies Record<string, ("own" | "former")[]>;

type Start = keyof typeof STARTS;

export interface Step {
  does: Action;
  /** It is an upload: the next steps happen between its reading and its writing. */
  isSlow: boolean;
}

export interface Fault {
  /** The step that meets it, counted round. */
  step: number;
  /** The number of the step's call that fails, from 0. An old copy lacks one write more than this number. */
  call: number;
  how: "fails" | "is done and fails" | "is done too late" | "the answer is lost" | "an old copy";
}

/** The key of the one message. */
export const NOTICE = "__flash_notice__";

/** What a route has at hand. */
export interface Route {
  session: SuperflareSession<Data>;
  userSessions: UserSessions<Data> | undefined;
  commit: () => Promise<string>;
  /** A text that no other request writes. */
  text: string;
  notes: Notes;
}

/** What the answer tells the visitor besides its status. */
export interface Notes {
  shown?: unknown;
  revoked?: Awaited<ReturnType<UserSessions<Data>["revoke"]>> | undefined;
}

const signIn =
  (user: string) =>
  ({ session }: Route) => {
    const former = session.get("user");
    if (former !== undefined && former !== user) session.destroy();
    session.regenerate({ newLifetime: true });
    session.set("user", user);
  };

async function revokeOthers({ session, userSessions, notes }: Route) {
  if (session.get("user") !== undefined)
    notes.revoked = await userSessions?.revoke(session.getSession(), ({ isCurrent }) => !isCurrent);
}

export const ACTIONS = {
  set: ({ session, text }: Route) => session.set("theme", text),
  flash: ({ session, text }: Route) => session.flash("notice", text),
  show: ({ session, notes }: Route) => {
    notes.shown = session.getFlash("notice");
  },
  "sign in": signIn("ada"),
  "sign in as somebody else": signIn("bob"),
  "sign out": ({ session }: Route) => session.destroy(),
  /** The route commits by itself, as without handleFetch, and does not send the line. */
  "set and commit": async ({ session, commit, text }: Route) => {
    session.set("language", text);
    await commit();
  },
  "revoke the others": revokeOthers,
  /** The visitor's other device does this. */
  "be revoked": revokeOthers,
} satisfies Record<string, (route: Route) => unknown>;

export type Action = keyof typeof ACTIONS;

/** The user whom an action signs in. */
export const USERS: Partial<Record<Action, string>> = { "sign in": "ada", "sign in as somebody else": "bob" };

/** These are chosen more often, because they have the most ways to fail. */
const OFTEN: Action[] = ["sign in", "sign in as somebody else", "sign out", "revoke the others", "revoke the others"];

export function faultPlans(kind: Kind): fc.Arbitrary<FaultPlan> {
  const canRevoke = kind === "d1" || kind === "durable-object";
  const actions = [...(Object.keys(ACTIONS) as Action[]), ...OFTEN].filter(
    (name) => canRevoke || !name.includes("revoke"),
  );
  const starts: Start[] = ["visitor", "signed in", "anonymous", "of a former storage", "half adopted"];
  const hows: Fault["how"][] = ["fails", "fails", "is done and fails", "is done too late", "the answer is lost"];
  starts.push(...(kind === "cookie" ? (["full"] as const) : (["visitor", "signed in"] as const)));
  if (kind === "kv") hows.push("an old copy", "an old copy");
  return fc.record({
    start: fc.constantFrom(...starts),
    steps: fc.array(
      fc.record({
        does: fc.constantFrom(...actions),
        // In the cookie store the last of two answers wins (8.4).
        isSlow: kind === "cookie" ? fc.constant(false) : fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    fault: fc.record({
      step: fc.nat(4),
      // Most requests make two to four calls, and some make nine.
      call: fc.oneof({ withCrossShrink: true }, fc.nat(3), fc.nat(8)),
      how: fc.constantFrom(...hows),
    }),
    pace: fc.constantFrom(0, 1, 20, 3_600, 30_000),
  });
}

/** Returns the index of the step that meets the fault. */
export const faultyStep = ({ steps, fault }: FaultPlan) => fault.step % steps.length;
