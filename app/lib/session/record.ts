/**
 * What a store knows of a session beside its data. Kept outside the Session, so that the Session stays Remix's own
 * type, with no key in it that an app could see or set.
 */
import type { Session } from "@remix-run/cloudflare";
import { base64url } from "jose";

export interface SessionRecord {
  /** 128 random bits, base64url. */
  id: string;
  /** Seconds since 1970; the absolute timeout counts from here. */
  createdAt: number;
  /** Whether the cookie should be made anew though nothing changed: it is a day old, or sealed with an old secret. */
  isRenewalDue: boolean;
  /** The cookie that this request came with: the second it was sealed in, and the bytes of its line. */
  received?: { renewedAt: number; bytes: number };
  /** In the stores that keep records: the values as they were read, so that a commit can send just what has changed. */
  stored?: StoredValues;
  /** The store did not answer: what the session holds is not known, and must not be replaced. */
  isUnread?: true;
}

/** Each value as a JSON text of its own: `{ theme: '"dark"' }`. */
export type StoredValues = Record<string, string>;

// biome-ignore lint/suspicious/noExplicitAny: a Session of any app's data
type AnySession = Session<any, any>;

const records = new WeakMap<AnySession, SessionRecord>();

/** The record of a session that one of these stores has read; none for a new one, or one of another package. */
export const recordOf = (session: AnySession): SessionRecord | undefined => records.get(session);

export function attachRecord<S extends AnySession>(session: S, record: SessionRecord): S {
  records.set(session, record);
  return session;
}

/** 128 bits from the system's generator: nobody guesses one (OWASP ASVS 5, 7.2.3; rule 6.3). */
export const newSessionId = () => base64url.encode(crypto.getRandomValues(new Uint8Array(16)));
