/**
 * The inspector's one door: it notes what each request does with the session, for /inspector, and tells it in a
 * `Server-Timing` header, which browsers show in their network panel. On in development, elsewhere with
 * SESSION_INSPECTOR = "on".
 *
 * A cookie of its own, which only /inspector sets, says whose requests to note. So an anonymous visitor gets no cookie, nobody
 * else's requests are noted, and what a session did can be read after it has ended. The notes are in this isolate's memory:
 * enough on a developer's machine, but in production the next request may reach an isolate without them.
 */
import type { AppLoadContext } from "@remix-run/cloudflare";
import { isOn } from "~/lib/is-on";
import type { CommitReport, HandleFetchOptions, SessionConfig } from "~/lib/session";
import { cookieName, cookieValues, isRemoval, setCookieLine } from "~/lib/session/cookie/line";
import * as extra from "~/lib/session-extras/inspect";
import { shorten } from "~/lib/shorten";
import { type DeviceOutcome, deviceHeaders, deviceOutcome } from "./device";

export interface InspectedResponse extends Omit<extra.SessionOutcome, "hadSession">, extra.SessionRecord {
  /** Milliseconds since 1970, different for each response of an inspector. */
  at: number;
  method: string;
  /** Without the query, which may hold a secret. */
  path: string;
  status: number;
  /** Where a redirect leads, without the query. */
  redirectsTo: string | undefined;
  /** Of the session's cookie, if the response sends one; 0 if it removes it. */
  cookieBytes: number | undefined;
  /** The session's name in the log, before and after, if it got another id. */
  names?: [before: string, after: string];
  /** Those that depend on the session, without the cookies' values. */
  headers: string[];
  device?: DeviceOutcome;
  /** The request's headers that are about the device. */
  sent: string[];
}

interface Notes {
  /** Oldest first. */
  responses: InspectedResponse[];
  /** How many times this browser has destroyed its session. */
  destroyed: number;
  /** Whether the browser has a session, as far as the noted responses say. */
  hasSession: boolean;
}

const MAX_INSPECTORS = 100;
const MAX_RESPONSES = 40;
/** Calls, changes or headers of a response. */
const MAX_ITEMS = 30;
/** Characters. */
const MAX_TEXT = 200;

/** By the inspector's cookie. The one that was used last comes last. */
const inspectors = new Map<string, Notes>();

/** For handleFetch's `report`. Records what the app calls on the session from now on. Returns nothing if the inspector is off. */
export function inspect({ session, userSessions, config, env }: AppLoadContext): HandleFetchOptions["report"] {
  if (!isOn(env.SESSION_INSPECTOR)) return undefined;
  const { method, url } = config.request;
  const path = new URL(url).pathname;
  // Views of the inspector would push out the responses that one wants to see.
  const id = /^\/inspector(\.data|\/|$)/.test(path) ? undefined : idIn(config);
  const notes = id ? notesOf(id) : undefined;
  const record = notes && extra.recordSession(session, userSessions);
  const { destroyed: destroyedBefore, hasSession: hadSession } = notes ?? {};

  return (facts, answer) => {
    const outcome = extra.describeCommit(facts);
    try {
      answer.headers.append("Server-Timing", serverTiming(facts, outcome, config.startedAt));
    } catch {
      // The headers of a response that did not use the session may be immutable.
    }
    if (!notes || !record) return;
    const { calls, changes } = record();
    const { hadSession: cameWithSession, ...told } = outcome;
    const device = deviceOutcome(config, answer);
    // A browser that has to prove itself has its session back afterwards.
    if (hadSession && !cameWithSession && !device) forgetAll(notes);
    // The values of an ended session are forgotten: the next visitor of this browser may be somebody else.
    if (notes.destroyed !== destroyedBefore) forget(changes, "before", "after");
    if (told.did === "destroyed") {
      notes.destroyed++;
      forgetAll(notes);
      // What was set after the end belongs to the next session.
      forget(changes, "before");
    }
    const at = Math.max(Date.now(), (notes.responses.at(-1)?.at ?? 0) + 1);
    const sent = deviceHeaders(config.request);
    const noted = { ...told, at, method, path, status: answer.status, calls, changes, sent, ...(device && { device }) };
    const headers = headersOf(answer, config);
    if (headers.cookieBytes !== undefined) notes.hasSession = headers.cookieBytes > 0;
    else if (!device) notes.hasSession = cameWithSession;
    const response = bounded({ ...noted, ...headers });
    notes.responses = [...notes.responses, response].slice(-MAX_RESPONSES);
    // A hash takes a moment, and the list should not wait for it.
    const naming = extra.namesOf(facts, config).then((names) => names && Object.assign(response, { names }));
    config.ctx?.waitUntil(naming);
  };
}

/** For /inspector: the visitor's responses, oldest first, and the line of the cookie that a visitor without one needs. */
export function openInspector(
  config: SessionConfig,
  { hasSession = true } = {},
): { responses: InspectedResponse[]; cookie?: string } {
  const id = idIn(config);
  if (id) {
    const notes = notesOf(id);
    if (notes.hasSession && !hasSession) forgetAll(notes);
    return { responses: notes.responses };
  }
  // Without a Max-Age it ends with the browser.
  return { responses: [], cookie: setCookieLine(cookieOf(config), crypto.randomUUID()) };
}

/** Returns the line of a new cookie. With the old one, another isolate could still show what it has noted. */
export function clearInspector(config: SessionConfig): string {
  inspectors.delete(idIn(config) ?? "");
  return setCookieLine(cookieOf(config), crypto.randomUUID());
}

const cookieOf = ({ cookie: { secure } }: SessionConfig) => ({
  name: secure ? "__Host-inspector" : "inspector",
  secure,
});

function idIn(config: SessionConfig): string | undefined {
  const values = cookieValues(config.request.headers.get("Cookie"), cookieOf(config).name);
  return values.find((value) => /^[0-9a-f-]{36}$/.test(value));
}

/** A browser that this isolate has forgotten, or does not know yet, begins anew. */
function notesOf(id: string): Notes {
  const notes = inspectors.get(id) ?? { responses: [], destroyed: 0, hasSession: false };
  inspectors.delete(id);
  inspectors.set(id, notes);
  const [oldest = id] = inspectors.keys();
  if (inspectors.size > MAX_INSPECTORS) inspectors.delete(oldest);
  return notes;
}

/** Also for a session that was ended on another device, or by its age: the next visitor may be somebody else. */
function forgetAll(notes: Notes): void {
  for (const { changes } of notes.responses) forget(changes, "before", "after");
}

function forget(changes: extra.SessionChange[], ...sides: ("before" | "after")[]): void {
  for (const change of changes) for (const side of sides) if (change[side] !== undefined) change[side] = "…";
}

/** Cuts every text and every list. */
function bounded(response: InspectedResponse): InspectedResponse {
  const text = JSON.stringify(response, (_, value) => {
    if (typeof value === "string") return shown(value);
    return Array.isArray(value) ? value.slice(0, MAX_ITEMS) : value;
  });
  return JSON.parse(text);
}

/** Cuts a text, and spells out characters that are invisible or reorder the text: they make one name look like another. */
export function shown(text: string, length = MAX_TEXT): string {
  const spellOut = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // Cut twice: counting the characters of a long text is slow.
  return shorten(text.slice(0, 5 * length).replace(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, spellOut), length);
}

/** Returns the session's values as JSON, cut to what a page can show. */
export const shownValues = (values: Record<string, unknown>) =>
  Object.entries(values)
    .slice(0, MAX_ITEMS)
    .map(([name, value]): [string, string] => [shown(name), shown(JSON.stringify(value, null, 2), 1_000)]);

function serverTiming(facts: CommitReport, { did, error, changed }: extra.SessionOutcome, startedAt: number): string {
  const why = [error, changed.slice(0, MAX_ITEMS).join(", ")].filter(Boolean).join("; ");
  // A header is printable ASCII, and a quoted string has no quotes or backslashes.
  const description = `${did}${why && `: ${why}`}`.slice(0, 2 * MAX_TEXT).replace(/[^ -~]|["\\]/g, "?");
  // A Worker's clock advances only while it waits, so these are the times of the store.
  const open = `session-open;dur=${facts.openedAt - startedAt}`;
  return `${open}, session-commit;dur=${facts.committedAt - facts.closedAt};desc="${description}"`;
}

function headersOf({ headers }: Response, { cookie, request }: SessionConfig) {
  const { pathname } = new URL(request.url);
  // Device binding leads to the same page, by a relative address or by a page that reloads itself.
  const location = headers.get("Refresh") === "0" ? pathname : headers.get("Location");
  const redirectsTo = location?.replace(/[?#].*/, "").replace(/^\.\//, pathname.replace(/[^/]*$/, ""));
  const cookies = headers.getSetCookie();
  const line = cookies.find((each) => cookieName(each) === cookie.name) ?? "";
  const lines = cookies.map((each) => `Set-Cookie: ${each.replace(/=[^;]*/, "=…")}`);
  if (headers.has("Location")) lines.push(`Location: ${redirectsTo}`);
  if (headers.has("Secure-Session-Challenge")) lines.push("Secure-Session-Challenge: …");
  for (const name of ["Refresh", "Cache-Control", "Vary", "Server-Timing"]) {
    if (headers.has(name)) lines.push(`${name}: ${headers.get(name)}`);
  }
  return { redirectsTo, cookieBytes: line ? (isRemoval(line) ? 0 : line.length) : undefined, headers: lines };
}
