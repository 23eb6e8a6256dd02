/**
 * Signing in and out: what happens to the session. There is no password here. Authentication is yours to add, before
 * `signIn`.
 */
import type { AppLoadContext } from "@remix-run/cloudflare";
import type { CommitOptions } from "~/lib/session";
import { shorten } from "~/lib/shorten";
import { noteProof } from "./prove-it";

type Session = AppLoadContext["session"];

/** Check the password first. */
export function signIn(session: Session, user: string, device: string, lifetime?: CommitOptions) {
  const former = session.get("user");
  // Ends that session first: neither what it holds nor what is still being written to it is this user's.
  if (former !== undefined && former !== user) signOut(session);
  // A new id, so that whoever planted the old one in this browser is not signed in with it (session fixation).
  session.regenerate({ newLifetime: true, lifetime });
  session.set("user", user);
  session.set("device", device);
  noteProof(session);
  session.flash("success", `You are signed in as ${shorten(user, 40)}.`);
}

/** Removes everything but the theme, which belongs to the browser more than to the user. */
export function signOut(session: Session) {
  const theme = session.get("theme");
  session.destroy();
  if (theme) session.set("theme", theme);
  session.flash("success", "You are signed out.");
}
