/** A request and its answer, and what the visitor's session may hold afterwards. */
import { type Action, type Data, NOTICE, type Notes, USERS } from "./plan";
import type { MetFault, View } from "./world";

export interface Exchange {
  name: string;
  does: Action;
  text: string;
  notes: Notes;
  status: number;
  /** The browser has not got the answer. */
  isLost: boolean;
  fault: MetFault | undefined;
  /** A visitor signed in or out, or was adopted, between its reading and its writing. */
  wasOvertaken: boolean;
  /** The visitor signed out of its session meanwhile. */
  wasSignedOut: boolean;
  /** It read an old copy of KV, or another request did so meanwhile. */
  isBlurred: boolean;
  /** What it adopts does not fit, so the largest value is left behind by the first write (1.6). */
  isFull: boolean;
  /** Its session has an id that the browser has never got. */
  isOutOfSight: boolean;
  /** The names and values of the cookies that came with it. */
  sent: string[];
  /** What the browser's cookies opened when it was sent, just before its changes were stored, and afterwards. */
  read: View;
  before: View;
  after: View;
}

export const isConfirmed = ({ status }: Exchange) => status < 400;
export const isSignIn = ({ does }: Exchange) => USERS[does] !== undefined;
/** The session of one user ends, and that of another begins. */
export const isOtherUser = ({ does, read }: Exchange) =>
  USERS[does] !== undefined && read.data.user !== undefined && read.data.user !== USERS[does];
/** The cookies that were sent are worthless afterwards. */
const isNewIdentity = (exchange: Exchange) =>
  isSignIn(exchange) || exchange.does === "sign out" || exchange.read.isFormer;
/** A request that is on its way meanwhile may find that its session has ended. */
export const changesIdentity = (exchange: Exchange) => isNewIdentity(exchange) || exchange.does.includes("revoke");

/** It changes a message at most, or renews the session. Its response is delivered if that fails (4.6). */
const isLight = ({ does }: Exchange) => does === "flash" || does === "show" || does === "revoke the others";

const without = (data: Data, ...names: string[]): Data =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)));

export const isSame = (one: Data, other: Data) =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([name, value]) => other[name] === value);

/** Tells whether the other device has ended the browser's session by its own account. */
export const wasEnded = ({ does, notes, before }: Exchange) =>
  does === "be revoked" &&
  !before.isFormer &&
  notes.revoked?.ended.some(({ data }) => isSame(data as Data, without(before.data, NOTICE))) === true;

/** What the session holds if the request has done what it says. */
function aim(exchange: Exchange): Data {
  const { does, text, notes, wasSignedOut, isFull, sent, read, before } = exchange;
  const isThere = read.isKnown && !wasSignedOut;
  const adopted = isFull ? without(read.data, "cart") : read.data;
  // A first request begins or adopts a session of its own, whatever another one has begun meanwhile.
  const base = !isThere ? {} : read.isFormer ? adopted : before.data;
  const unchanged = isThere ? base : before.data;
  switch (does) {
    case "set":
      return { ...base, theme: text };
    case "set and commit":
      return { ...base, language: text };
    case "flash":
      return { ...base, [NOTICE]: text };
    case "show":
      return notes.shown !== undefined && notes.shown === base[NOTICE] ? without(unchanged, NOTICE) : unchanged;
    case "sign in":
    case "sign in as somebody else":
      return isOtherUser(exchange) ? { user: USERS[does] } : { ...base, user: USERS[does] };
    case "sign out":
      return sent.length > 0 ? {} : before.data;
    case "revoke the others":
      return unchanged;
    case "be revoked":
      return wasEnded(exchange) ? {} : before.data;
  }
}

/** Tells whether a session holds something else under the key that the request has set. */
export const isWrongAbout = ({ does, text }: Exchange, data: Data) =>
  (does === "set" && data.theme !== text) || (does === "set and commit" && data.language !== text);

/** Returns what the browser's cookies may open after the answer (P1, 4.6, 4.10 and 8.7). */
export function allowedAfter(exchange: Exchange): Data[] {
  const { does, isLost, fault, wasOvertaken, isFull, isOutOfSight, read, before } = exchange;
  if (isFull && does === "show") return [before.data];
  const done = aim(exchange);
  if (isConfirmed(exchange) && !isLost) {
    const mayLose = isLight(exchange) && (fault !== undefined || wasOvertaken || isOutOfSight);
    // The change followed the session to an id that the browser has never got (8.2).
    const hasFollowed = isOutOfSight && read.isKnown && !isNewIdentity(exchange);
    // It ends several sessions, and says which of them have ended (8.8).
    const mayHaveEnded = does === "be revoked" && fault !== undefined;
    return [done, ...(mayLose || hasFollowed ? [before.data] : []), ...(mayHaveEnded ? [{}] : [])];
  }
  if (!isLost && !fault) return [before.data];
  // Nothing leads to an id that was lost on its way. One that could not be given costs nothing (8.7).
  const mayVanish =
    does === "be revoked" ||
    (isLost && isNewIdentity(exchange)) ||
    (isSignIn(exchange) && (fault?.how !== "fails" || isOtherUser(exchange)));
  return [before.data, done, ...(mayVanish ? [{}] : [])];
}
