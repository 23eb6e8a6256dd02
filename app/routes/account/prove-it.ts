/**
 * "Prove it's you": asks again before a dangerous action, if the last proof is older than ten minutes. So a device that was left
 * unlocked cannot be used to sign out its owner (OWASP ASVS 5, 7.5.2), or for another dangerous action (7.5.3). Before a
 * password or an email address is changed, 7.5.1 asks for all factors again: have `isProof` check them.
 *
 * There is no password here: the name stands for it. Replace `isProof` by yours. Needs a key `provedAt` in the session's
 * data; call `noteProof` at sign-in as well.
 */
import type { AppLoadContext } from "@remix-run/cloudflare";
import type { FormFields } from "~/lib/form-fields";
import { refuseForm } from "~/lib/refused-form";

type Session = AppLoadContext["session"];

/** Seconds. */
const MAX_AGE = 10 * 60;

/** Notes that the user has just proved who they are. */
export function noteProof(session: Session) {
  session.set("provedAt", now());
}

/**
 * For an action: a response that asks for proof, or nothing if there is a recent one, or this one is right. The page then
 * shows the form again, its fields hidden, with one for the proof, so that one more click does it.
 */
export function requireProof(session: Session, proof: string | undefined, form: FormFields = {}, maxAge = MAX_AGE) {
  const age = now() - (session.get("provedAt") ?? 0);
  if (age < maxAge) return undefined;
  if (proof === undefined) return refuseForm(403, { proof: "Enter your name to show that it is you" }, form);
  if (!isProof(session, proof)) return refuseForm(422, { proof: "That is not the name you signed in with" }, form);
  // A new id whenever somebody proves who they are: a copy of the old cookie gains nothing (OWASP ASVS 5, 7.2.4).
  session.regenerate();
  noteProof(session);
  return undefined;
}

/** Takes what is secret out of the form, so that no page sends it back: neither this one nor app/lib/not-saved.ts. */
export function takeProof(context: Pick<AppLoadContext, "submitted">): string | undefined {
  const { proof, ...rest } = context.submitted ?? {};
  context.submitted = rest;
  return proof;
}

/** Yours: check the password, a passkey or a code. */
function isProof(session: Session, proof: string): boolean {
  return proof.trim() === session.get("user");
}

const now = () => Math.floor(Date.now() / 1000);
