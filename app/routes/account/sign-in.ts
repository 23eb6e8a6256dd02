/**
 * Signing in and out: what happens to the session. There is no password here; add your own check before
 * `session.regenerate()`.
 */
import type { AppLoadContext } from "@remix-run/cloudflare";
import type { FormFields } from "~/lib/form-fields";
import { hasHiddenCharacter } from "~/lib/hidden-character";
import type { CommitOptions } from "~/lib/session";
import { storeOf } from "~/lib/session/stores";
import { keptAtSignOut } from "~/lib/session-data";
import { tagOf } from "~/lib/session-extras/live";
import { shorten } from "~/lib/shorten";
import type { SignInWatch } from "./live-sign-out";
import { noteProof } from "./prove-it";
import type { Session } from "./session";

const HOUR = 3_600;

/** Checks the sign-in form: add your password here. Returns the name, and the error if there is one. */
export function checkSignIn(fields: FormFields): { name: string; error?: string } {
  const name = fields.name?.trim() ?? "";
  if (!name) return { name, error: "Enter a name" };
  if (name.length > 40) return { name, error: "The name must be 40 characters or fewer" };
  if (hasHiddenCharacter(name)) return { name, error: "The name has a hidden character in it. Type it again" };
  return { name };
}

/**
 * Whether this attempt is allowed, by Workers' rate limiting binding: ten a minute for each name. It counts by name, because
 * somebody who guesses passwords has many addresses. It never throws: a limit that fails must not lock everybody out.
 */
export async function mayTry(limit: Pick<RateLimit, "limit"> | undefined, name: string): Promise<boolean> {
  if (!limit) return true;
  try {
    return (await limit.limit({ key: `sign-in ${name.normalize("NFKC").trim().toLowerCase()}` })).success;
  } catch (error) {
    console.error(error);
    return true;
  }
}

/** Signs this user in. Authenticate them first. */
export function signIn(session: Session, user: string, device: string, lifetime?: CommitOptions) {
  const former = session.get("user");
  // End the previous user's session first: neither its data nor writes in flight belong to this user.
  if (former !== undefined && former !== user) signOut(session);
  // A new id, so that somebody who planted the old one in this browser is not signed in with it (session fixation).
  session.regenerate({ newLifetime: true, lifetime });
  session.set("user", user);
  session.set("device", device);
  noteProof(session);
  session.flash("success", `You are signed in as ${shorten(user, 40)}.`);
}

/** Removes everything that is the user's. What belongs to the browser, such as the theme, stays. */
export function signOut(session: Session) {
  const { data } = session;
  const kept = keptAtSignOut.filter((key) => data[key] !== undefined);
  session.destroy();
  for (const key of kept) session.set(key, data[key] as never);
  session.flash("success", "You are signed out.");
}

/**
 * How long a sign-in lasts. Without "stay signed in" the cookie ends with the browser, and the server ends the session after
 * 30 to 60 minutes without a request. The browser alone is not enough: one that reopens its tabs brings such cookies back.
 */
export function staySignedIn(isChecked: boolean): CommitOptions {
  return isChecked ? { maxAge: 30 * 24 * HOUR } : { maxAge: undefined, idleTimeout: HOUR };
}

/** For the loader of a page that shows the user: what it needs to notice that they are signed out. */
export async function signInWatch({
  session,
  config,
}: Pick<AppLoadContext, "session" | "config">): Promise<SignInWatch | undefined> {
  const user = session.get("user");
  if (user === undefined) return undefined;
  return { path: `/account/live?as=${await tagOf(user, config)}`, isLive: storeOf(config).kind === "durable-object" };
}
