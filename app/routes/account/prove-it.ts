/**
 * "Prove it's you": asks again before a dangerous action, if the last proof is older than ten minutes. So somebody at a
 * device that was left unlocked cannot sign out its owner (OWASP ASVS 5, 7.5.2), or do anything else that you guard (7.5.3).
 *
 * There is no password here: the name stands for it. Replace `isProof` by your own check. Before a password or an email
 * address is changed, it should check all factors (7.5.1).
 */
import type { AppLoadContext } from "@remix-run/cloudflare";
import type { FormFields } from "~/lib/form-fields";
import { refuseForm } from "~/lib/refused-form";
import { now, type Session } from "./session";

/** Seconds. */
const MAX_AGE = 10 * 60;

/** Notes that the user has just proved who they are. */
export function noteProof(session: Session) {
  session.set("provedAt", now());
}

/**
 * For an action: returns a response that asks for proof, or nothing if there is a recent one or this one is right. The page
 * then shows the form again, its fields hidden, with a field for the proof, so that one more click does what was asked.
 */
export function requireProof(session: Session, proof: string | undefined, form: FormFields = {}) {
  const age = now() - (session.get("provedAt") ?? 0);
  if (age < MAX_AGE) return undefined;
  if (proof === undefined) return refuseForm(403, { proof: "Enter your name to show that it is you" }, form);
  if (!isProof(session, proof)) return refuseForm(422, { proof: "That is not the name you signed in with" }, form);
  // A new id with every proof: a copy of the old cookie gains nothing (7.2.4).
  session.regenerate();
  noteProof(session);
  return undefined;
}

/** Takes the secret out of the form, so that no page sends it back: neither this one nor app/lib/not-saved.ts. */
export function takeProof(context: Pick<AppLoadContext, "submitted">): string | undefined {
  const { proof, ...rest } = context.submitted ?? {};
  context.submitted = rest;
  return proof;
}

/** Yours: check the password, a passkey or a code. */
function isProof(session: Session, proof: string): boolean {
  return proof.trim() === session.get("user");
}
