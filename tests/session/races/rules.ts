/**
 * The model says which outcomes are allowed in any order. It sees sessions as the visitor does: a session is all the
 * cookies that were issued for it, from the first one over each new id to its end.
 */
import type { Exchange, History, Outcome } from "./explorer";
import { isLeftover, isNewId, isSignOut, USER } from "./plan";

interface VisitorSession {
  /** The name of its start, for a message. */
  name: string;
  /** The request that made it. The first session has none. */
  madeBy: Exchange | undefined;
  cookies: string[];
  /** The requests that came with one of its cookies and found it open. */
  exchanges: Exchange[];
  /** The values that it may hold, by request. */
  writes: Write[];
  flashes: Flashed[];
}

type Span = Pick<Exchange, "startedAt" | "finishedAt">;

interface Write extends Span {
  key: string;
  value: unknown;
  /** The response said so. */
  isConfirmed: boolean;
}

interface Flashed extends Span {
  text: string;
  isConfirmed: boolean;
}

const AT_FIRST: Span = { startedAt: -1, finishedAt: -1 };
const FLASH = "__flash_notice__";

const isRevocation = ({ does }: Exchange) => does === "revoke the others";
const isOver = (before: Span, after: Span) => before.finishedAt < after.startedAt;
const isMeanwhile = (one: Span, other: Span) => !isOver(one, other) && !isOver(other, one);
const isConfirmed = ({ status }: Exchange) => status < 400;
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Returns the broken rules as sentences. */
export function brokenRules(history: History): string[] {
  const sessions = sessionsOf(history);
  return [
    ...history.events.filter((event) => event.includes("the explorer itself failed")),
    ...history.exchanges.flatMap((exchange) => checkAnswer(exchange, history)),
    ...sessions.flatMap((session) => checkSession(session, history)),
    ...checkList(history),
  ];
}

/** Sorts the requests by the sessions that their cookies opened. */
function sessionsOf({ exchanges, firstCookie, plan }: History): VisitorSession[] {
  const sessions: VisitorSession[] = [];
  const byCookie = new Map<string, VisitorSession>();
  const begin = (name: string, cookie: string, madeBy?: Exchange): VisitorSession => {
    const session = { name, madeBy, cookies: [cookie], exchanges: [], writes: [], flashes: [] };
    byCookie.set(cookie, session);
    sessions.push(session);
    return session;
  };

  if (firstCookie) {
    const { writes, flashes } = begin("the first session", firstCookie);
    const values = { theme: "at first", cart: { last: "at first" }, ...(plan.start === "signed in" && { user: USER }) };
    for (const [key, value] of Object.entries(values)) writes.push({ key, value, isConfirmed: true, ...AT_FIRST });
    if (plan.hasFlash) flashes.push({ text: "at first", isConfirmed: true, ...AT_FIRST });
  }
  for (const exchange of [...exchanges].sort((a, b) => a.startedAt - b.startedAt)) {
    const { does, cookie = "", isKnown, issued, wrote, flashed, startedAt, finishedAt } = exchange;
    const opened = isKnown ? byCookie.get(cookie) : undefined;
    opened?.exchanges.push(exchange);
    let written = isSignOut(does) ? undefined : opened;
    if (issued && written) {
      written.cookies.push(issued);
      byCookie.set(issued, written);
    } else if (issued) {
      written = begin(`the session that ${exchange.name} began`, issued, exchange);
    }
    const span = { startedAt, finishedAt, isConfirmed: isConfirmed(exchange) };
    for (const [key, value] of Object.entries(wrote)) written?.writes.push({ key, value, ...span });
    // A response that loses only a flash is delivered (rule 4.6).
    const isKept = span.isConfirmed && !exchange.hasFailed && !exchange.isTooLate;
    if (flashed) written?.flashes.push({ text: flashed, ...span, isConfirmed: isKept });
  }
  return sessions;
}

/** The first of two new ids counts. The other request finds the session replaced or gone, and is told so (4.10). */
const foundItGone = ({ status }: Exchange) => status === 409;

const mayEnd = (one: Exchange) => isNewId(one.does) || isSignOut(one.does) || isRevocation(one);

/** These rules hold for a single request, even with KV. */
function checkAnswer(exchange: Exchange, { exchanges }: History): string[] {
  const { name, does, status, isKnown, isTooLate, issued, wrote, hasFailed } = exchange;
  const broken: string[] = [];
  const isExpected =
    hasFailed ||
    isTooLate ||
    (foundItGone(exchange) &&
      exchanges.some((other) => other !== exchange && mayEnd(other) && !isOver(exchange, other))) ||
    // The route's own commit throws if the session has ended meanwhile.
    isLeftover(does) ||
    // Without an ended session, only the values that cannot be stored count.
    (does === "sign out and set too much" && !isKnown);
  if (status >= 400 && !isExpected) broken.push(`4.6 ${name} is answered ${status}`);
  const isKept = isKnown || !!issued || Object.keys(wrote).length === 0;
  // Another device can end the session of the route's own commit before the wrapper's commit (4.10).
  const wasEnded = isLeftover(does) && exchanges.some((other) => isRevocation(other) && isMeanwhile(exchange, other));
  if (isConfirmed(exchange) && !isKept && !wasEnded)
    broken.push(`P1 ${name} is confirmed, but no cookie leads to what it wrote`);
  if (isConfirmed(exchange) && isNewId(does) && (isKnown || Object.keys(wrote).length > 0) && issued === undefined)
    broken.push(`P1 ${name} is confirmed, but there is no new id`);
  return broken;
}

function checkSession(session: VisitorSession, history: History): string[] {
  const live = new Map<string, Outcome>();
  for (const cookie of session.cookies) {
    const outcome = history.outcomes.get(cookie);
    if (outcome?.id) live.set(outcome.id, outcome);
  }
  const outcomes = [...live.values()];
  const broken = outcomes.flatMap((outcome) => checkOrigin(session, outcome));

  // KV is consistent only for consecutive requests: the last of two simultaneous writes wins, even over a sign-out. It
  // also keeps no trace of a new id, so after a failed read nobody knows that the cookie was an old one.
  const { exchanges } = session;
  const isAlone = (one: Exchange) =>
    exchanges.every((other) => one === other || isOver(one, other) || isOver(other, one));
  const isOrdinary = exchanges.every((exchange) => isAlone(exchange) && !exchange.hasFailed);
  if (history.kind === "kv" && !isOrdinary) {
    return [...broken, ...exchanges.filter(isAlone).flatMap((exchange) => checkLoneSignOut(exchange, history))];
  }

  if (outcomes.length > 1) broken.push(`6.1 ${session.name} has become ${outcomes.length} live sessions`);
  broken.push(...checkEndings(session, outcomes, history));
  for (const outcome of outcomes) broken.push(...checkValues(session, outcome), ...checkFlashes(session, outcome));
  return broken;
}

/** No session comes from nothing, or holds another one's data. */
function checkOrigin(session: VisitorSession, { data }: Outcome): string[] {
  const known = [...session.writes, ...session.flashes.map(({ text }) => ({ key: FLASH, value: text }))];
  return Object.entries(data)
    .filter(([key, value]) => !known.some((write) => write.key === key && isSame(write.value, value)))
    .map(([key, value]) => `6.2 ${session.name} holds ${key} = ${JSON.stringify(value)}, which nobody wrote to it`);
}

/** In KV only a sign-out counts that no other request of the session overlapped. */
function checkLoneSignOut({ name, does, status, cookie = "" }: Exchange, { outcomes }: History): string[] {
  const isOpen = isSignOut(does) && status < 400 && outcomes.get(cookie)?.id;
  return isOpen ? [`6.2 ${name} was alone, and its session still opens`] : [];
}

function checkEndings(session: VisitorSession, live: Outcome[], { exchanges }: History): string[] {
  const { name, madeBy, writes } = session;
  const isOfUser = (before: Span) => writes.some((w) => w.key === "user" && w.isConfirmed && isOver(w, before));
  const endings = session.exchanges.filter(({ does }) => isSignOut(does));
  const revocations = exchanges.filter(isRevocation);
  const confirmed = [
    ...endings.filter(isConfirmed),
    ...revocations.filter((exchange) => isConfirmed(exchange) && exchange.isComplete && isOfUser(exchange)),
  ];

  const broken: string[] = [];
  for (const ending of confirmed) {
    if (live.length > 0) broken.push(`6.2 ${name} was ended by ${ending.name}, and a cookie of it still opens`);
    const opened = session.exchanges.filter(({ hasFailed, isTooLate }) => !hasFailed && !isTooLate);
    const late = opened.filter((exchange) => isOver(ending, exchange));
    broken.push(...late.map((exchange) => `6.2 ${exchange.name} opened ${name}, which ${ending.name} had ended`));
  }
  // A failure on the way to a new id can cost the session, and is not confirmed (P2).
  const failed = session.exchanges.filter((exchange) => isNewId(exchange.does) && !isConfirmed(exchange));
  const mayHaveEnded = [...endings, ...revocations, ...failed].length > 0;
  const changes = [...session.exchanges.filter(({ does }) => isNewId(does)), ...endings, ...revocations];
  for (const one of session.exchanges.filter((exchange) => exchange.isTooLate || foundItGone(exchange))) {
    const isExplained = one.hasFailed || changes.some((other) => other !== one && !isOver(one, other));
    if (!isExplained) broken.push(`8.2 ${one.name} did not find ${name}, which nobody ended or gave a new id`);
  }
  if (live.length === 0 && !mayHaveEnded && (!madeBy || isConfirmed(madeBy))) broken.push(`8.2 ${name} is lost`);
  return broken;
}

/** A value is the last one written. Any of several simultaneous requests may be the last. */
function checkValues({ name, writes }: VisitorSession, { data }: Outcome): string[] {
  const broken: string[] = [];
  for (const key of new Set(writes.map((write) => write.key))) {
    const ofKey = writes.filter((write) => write.key === key);
    const found = ofKey.filter(({ value }) => isSame(value, data[key]));
    const isLost = (write: Write) => found.every((other) => other !== write && isOver(other, write));
    const lost = ofKey.filter((write) => write.isConfirmed && isLost(write)).pop();
    if (lost)
      broken.push(`8.2 ${name} lost ${key} = ${JSON.stringify(lost.value)}, and holds ${JSON.stringify(data[key])}`);
  }
  return broken;
}

function checkFlashes({ name, flashes, exchanges }: VisitorSession, { data }: Outcome): string[] {
  const broken: string[] = [];
  for (const flash of flashes) {
    const shown = exchanges.filter(({ showed, deliveredAt }) => showed === flash.text && deliveredAt !== undefined);
    const isPending = data[FLASH] === flash.text;
    const isReplaced = flashes.some((other) => other !== flash && !isOver(other, flash));
    if (flash.isConfirmed && shown.length === 0 && !isPending && !isReplaced) {
      broken.push(`3.8 ${name} lost the flash "${flash.text}", which nobody has seen`);
    }
    const [usedUp] = shown.filter((exchange) => !exchange.hasFailed);
    if (!usedUp) continue;
    const again = shown.find((exchange) => isOver(usedUp, exchange));
    if (again) broken.push(`3.1 ${again.name} shows the flash "${flash.text}" again, after ${usedUp.name}`);
    if (isPending) broken.push(`3.1 ${name} still holds the flash "${flash.text}", which ${usedUp.name} has shown`);
  }
  return broken;
}

function checkList({ kind, outcomes, exchanges, list }: History): string[] {
  const live = new Map([...outcomes.values()].map((outcome) => [outcome.id, outcome]));
  const ofUser = [...live.values()].filter(({ id, data }) => id && data.user === USER);
  if (!list) return [];
  const broken = ofUser
    .filter(({ isListed }) => !isListed)
    .map(({ data }) => `8.5 the user's list lacks a live session: ${JSON.stringify(data)}`);
  if (!list.isComplete) broken.push("8.5 the user's list is not complete, although all is quiet");
  // A session from a leftover line whose cookie the visitor never got goes when it expires.
  const unknown = exchanges.filter((exchange) => isLeftover(exchange.does) && !isConfirmed(exchange)).length;
  if (list.length < ofUser.length || list.length > ofUser.length + unknown)
    broken.push(`8.5 the user's list has ${list.length} of ${ofUser.length} sessions`);
  const expected = kind === "d1" ? 0 : 2 + list.length;
  if (list.accesses > expected) broken.push(`8.5 listing ${ofUser.length} sessions takes ${list.accesses} calls`);
  return broken;
}
