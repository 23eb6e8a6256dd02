/** The explorer tries two to five requests of one visitor, some of them from their other device. */
import fc from "fast-check";
import type { SuperflareSession } from "~/lib/session/session";
import type { UserSessions } from "~/lib/session/stores/user-sessions";
import type { SessionStorage } from "~/lib/session/types";

export const USER = "ada";

/** The state before the requests, and the requests. */
export interface Plan {
  start: "anonymous" | "visitor" | "signed in";
  /** The session was last used a day ago, so that any use renews it (rule 2.6). */
  isDayOld: boolean;
  /** A flash is waiting to be shown. */
  hasFlash: boolean;
  requests: PlannedRequest[];
}

export interface PlannedRequest {
  does: ActionName;
  /** The visitor leaves before the response is there. */
  leaves?: boolean;
  /** This call to a binding fails, counted from 0. */
  failsAt?: number | undefined;
}

/** A route's arguments, and its notes about itself. */
export interface Route {
  session: SuperflareSession<Record<string, unknown>>;
  storage: SessionStorage<Record<string, unknown>> & { userSessions?: UserSessions<Record<string, unknown>> };
  /** A text that nobody else writes. */
  text: string;
  notes: Notes;
}

export interface Notes {
  /** The values that the response confirms. */
  wrote: Record<string, unknown>;
  flashed?: string;
  /** The flash that the page shows. */
  showed?: string | undefined;
  /** Revoking has reached all sessions, by its own account. */
  isComplete?: boolean;
}

const set = ({ session, notes }: Route, key: string, value: unknown) => {
  session.set(key, value);
  notes.wrote[key] = value;
};

const flash = ({ session, text, notes }: Route) => {
  session.flash("notice", text);
  notes.flashed = text;
};

const redirect = () => new Response(null, { status: 303, headers: { Location: "/" } });

const withLine = (line: string) => new Response(null, { status: 303, headers: { Location: "/", "Set-Cookie": line } });

/** It does not fit, because a session has at most a megabyte. */
const TOO_MUCH = "x".repeat(1_000_001);

export const actions = {
  "set theme": (route: Route) => {
    set(route, "theme", route.text);
    return redirect();
  },

  "set language": (route: Route) => {
    set(route, "language", route.text);
    return redirect();
  },

  "change the cart": (route: Route) => {
    const cart = route.session.get("cart") as { last: string } | undefined;
    if (cart) cart.last = route.text;
    else route.session.set("cart", { last: route.text });
    route.notes.wrote.cart = { last: route.text };
    return redirect();
  },

  flash: (route: Route) => {
    flash(route);
    return redirect();
  },

  show: ({ session, notes }: Route) => {
    notes.showed = session.getFlash("notice") as string | undefined;
    return Response.json([session.data, notes.showed]);
  },

  "sign in": (route: Route) => {
    route.session.regenerate({ newLifetime: true });
    set(route, "user", USER);
    set(route, "device", route.text);
    return redirect();
  },

  "get a new id": (route: Route) => {
    route.session.regenerate();
    return redirect();
  },

  "sign out": (route: Route) => {
    route.session.destroy();
    flash(route);
    return redirect();
  },

  "sign out without a word": ({ session }: Route) => {
    session.destroy();
    return redirect();
  },

  "sign out and set too much": ({ session }: Route) => {
    session.destroy();
    session.set("note", TOO_MUCH);
    return redirect();
  },

  /** The visitor's other device does this. */
  "revoke the others": async ({ session, storage, notes }: Route) => {
    const revoked = await storage.userSessions?.revoke(session.getSession(), ({ isCurrent }) => !isCurrent);
    notes.isComplete = revoked?.isComplete ?? false;
    return redirect();
  },

  /** The route commits by itself, as before handleFetch, and goes on. */
  "set with a leftover line": async (route: Route) => {
    set(route, "theme", route.text);
    const line = await route.storage.commitSession(route.session.getSession());
    set(route, "language", route.text);
    return withLine(line);
  },

  "sign in with a leftover line": async (route: Route) => {
    set(route, "user", USER);
    const line = await route.storage.commitSession(route.session.getSession());
    route.session.regenerate({ newLifetime: true });
    return withLine(line);
  },
} satisfies Record<string, (route: Route) => Response | Promise<Response>>;

export type ActionName = keyof typeof actions;

export const isSignOut = (name: ActionName) => name.startsWith("sign out");
export const isNewId = (name: ActionName) => name.startsWith("sign in") || name === "get a new id";
export const isLeftover = (name: ActionName) => name.endsWith("leftover line");

/** Actions that take part in most races are chosen more often. */
const WEIGHTS: Partial<Record<ActionName, number>> = {
  flash: 3,
  show: 4,
  "sign in": 3,
  "get a new id": 2,
  "revoke the others": 4,
};

export function plans({ canRevoke }: { canRevoke: boolean }): fc.Arbitrary<Plan> {
  const all = (Object.keys(actions) as ActionName[]).filter((name) => canRevoke || name !== "revoke the others");
  const lasting = all.filter((name) => !isSignOut(name) && name !== "revoke the others");
  return fc.record({
    start: fc.constantFrom("visitor", "signed in", "signed in", "signed in", "anonymous"),
    isDayOld: fc.boolean(),
    hasFlash: oneOf(8, fc.constant(false), true),
    // Much may be lost if a session ends, a visitor leaves or a binding fails, so none of it happens in half of the
    // plans.
    requests: fc.oneof(
      requests(lasting, fc.constant(false), fc.constant(undefined)),
      requests(all, oneOf(8, fc.constant(true), false), oneOf(3, fc.nat(4), undefined)),
    ),
  });
}

function requests(names: ActionName[], leaves: fc.Arbitrary<boolean>, failsAt: fc.Arbitrary<number | undefined>) {
  const does = fc.oneof(...names.map((name) => ({ weight: WEIGHTS[name] ?? 1, arbitrary: fc.constant(name) })));
  return fc.array(fc.record({ does, leaves, failsAt }), { minLength: 2, maxLength: 5 });
}

/** Chooses the arbitrary once in so many times, and otherwise the usual value. */
const oneOf = <T, U>(times: number, arbitrary: fc.Arbitrary<T>, usually: U) =>
  fc.oneof({ withCrossShrink: true }, { weight: times - 1, arbitrary: fc.constant(usually) }, { weight: 1, arbitrary });
