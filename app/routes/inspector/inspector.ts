/**
 * What the last requests did with the session, for /inspector and for a `Server-Timing` header, which browsers show in
 * their network panel. On in development, elsewhere with SESSION_INSPECTOR = "on". Off, it does nothing.
 *
 * Stored in the memory of this isolate. That is enough on a developer's machine; in production the next request may reach
 * another isolate, which knows nothing of it.
 *
 * A visitor's requests are a timeline. It is found by the session's cookie, or by its key, which is random and known only
 * to the visitor's own pages: the session may end, and its cookie with it. A session with a new id gets a timeline of its
 * own, with a copy of what came before. So whoever has the old cookie sees nothing of the new session. When a session is
 * destroyed, the values in its timeline are forgotten, because the next visitor may be somebody else.
 */
import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { type CommitReport, getConfig, type SessionConfig, type SessionEnv } from "~/lib/session";
import {
  describeCommit,
  inspectSession,
  recordSession,
  type SessionChange,
  type SessionOutcome,
  type SessionReport,
} from "~/lib/session-extras/inspect";
import { shorten } from "~/lib/shorten";
import { inspectedTimelines } from "./inspector-path";
import { isWrite, PATIENCE, redirectOf } from "./timeline";

export interface InspectedResponse {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  /** Without the query, which may hold anything. */
  path: string;
  status: number;
  outcome: SessionOutcome;
  /** What the app called on the session, in order: `set("theme")`. */
  calls: string[];
  changes: SessionChange[];
  /** Of the cookie that this response has sent; 0 if it removed it. */
  cookieBytes?: number;
  /** The headers that depend on the session. A cookie's value is left out. */
  headers: [name: string, value: string][];
  serverTiming: string;
}

/** What the inspector shows. `now` is the server's clock, in milliseconds since 1970. */
export interface Inspected {
  report: SessionReport;
  /** Newest first. */
  responses: InspectedResponse[];
  timelines: string[];
  now: number;
}

interface Timeline {
  key: string;
  /** The key of the first timeline of this session, under whatever id. */
  origin: string;
  responses: InspectedResponse[];
}

const MAX_SESSIONS = 200;
const MAX_RESPONSES = 30;
const MAX_VALUE = 200;
/** By the session's name in the log. The one with the newest response comes last. */
const timelines = new Map<string, Timeline>();

export function isInspectorOn(setting: string | undefined, isDevelopment: boolean): boolean {
  return setting ? setting === "on" : isDevelopment;
}

/** Returns the responses that this isolate has stored for the session of this name, newest first. */
export function responsesOf(session: string | undefined): InspectedResponse[] {
  return (session && timelines.get(session)?.responses) || [];
}

/** Returns the visitor's session, and the responses of it and of the timelines that the address names. Keeps flashes. */
export async function inspectVisitor({ request, context }: LoaderFunctionArgs): Promise<Inspected> {
  const { session, env, ctx } = context;
  const report = await inspectSession(session, getConfig({ request, env, ctx }));
  const named = inspectedTimelines(request);
  const own = report.session && keyOf(report.session);
  const keys = [...new Set([...named, ...(own ? [own] : [])])];
  const found = [...timelines.values()].filter(({ key }) => keys.includes(key));
  // A timeline begins with a copy of the one before.
  const responses = new Map(found.flatMap((timeline) => timeline.responses).map((each) => [each.id, each]));
  const newestFirst = [...responses.values()].sort((a, b) => b.at - a.at);
  return { report, responses: newestFirst, timelines: keys, now: Date.now() };
}

/**
 * For the layout: the key of this visitor's timeline, and its responses while they wait for their page, as after a
 * redirect. Nothing if the inspector is off, or without a session.
 */
export async function inspectForPage({ request, context }: LoaderFunctionArgs) {
  const { session, env, ctx, isInspectorOn } = context;
  if (!isInspectorOn) return undefined;
  const { session: name } = await inspectSession(session, getConfig({ request, env, ctx }));
  if (!name) return undefined;
  return { key: keyOf(name), awaited: awaitedPage(responsesOf(name)) };
}

export type PageInspection = Awaited<ReturnType<typeof inspectForPage>>;

/** The write that this page follows, and the redirects between them. Nothing else waits for a page: not a refused form. */
function awaitedPage(newestFirst: InspectedResponse[]): InspectedResponse[] {
  const write = newestFirst.findIndex(isWrite);
  const since = newestFirst.slice(0, write + 1);
  const isAwaited = since.every(redirectOf) && Date.now() - (since[0]?.at ?? 0) <= PATIENCE;
  return isAwaited ? since : [];
}

/** Begins with the request. Give `watch` the session, `report` to handleFetch, and its response to `finish`. */
export function startInspection(
  incoming: { request: Request; env: SessionEnv; ctx?: ExecutionContext },
  isOn: boolean,
) {
  let report: CommitReport | undefined;
  let record: ReturnType<typeof recordSession> | undefined;
  const startedAt = Date.now();

  return {
    isOn,

    /** Records what is called on the session from now on. */
    watch(session: Parameters<typeof recordSession>[0], config: SessionConfig): void {
      if (isOn) record = recordSession(session, config);
    },

    report: isOn
      ? (facts: CommitReport) => {
          report = facts;
        }
      : undefined,

    /** Stores the response, and returns it with a Server-Timing header. Without a report it returns the response as it is. */
    async finish(response: Response): Promise<Response> {
      if (!report) return response;
      const { request } = incoming;
      const config = getConfig(incoming);
      const outcome = await describeCommit(report, config);
      const { cameAs, calls, changes } = (await record?.(report)) ?? { cameAs: undefined, calls: [], changes: [] };
      // A Worker's clock advances only while it waits, so these are the times of the store.
      const { openedAt, closedAt, committedAt } = report;
      const serverTiming =
        `session-open;dur=${openedAt - startedAt}, ` +
        `session-commit;dur=${committedAt - closedAt};desc="${inWords(outcome)}"`;
      const cookieBytes = bytesOfCookie(response, config);
      remember(cameAs, {
        id: crypto.randomUUID(),
        at: Date.now(),
        method: request.method,
        path: new URL(request.url).pathname,
        status: response.status,
        outcome,
        calls,
        changes: changes.map((change) => replaceValues(change, (value) => shorten(value, MAX_VALUE))),
        ...(cookieBytes !== undefined && { cookieBytes }),
        headers: headersOf(response),
        serverTiming,
      });
      const copy = new Response(response.body, response);
      copy.headers.append("Server-Timing", serverTiming);
      return copy;
    },
  };
}

export type Inspection = ReturnType<typeof startInspection>;

/** "stored: theme, flash success". A header is printable ASCII, and a quoted string has no quotes or backslashes. */
function inWords({ did, error, changed }: SessionOutcome): string {
  const why = [error, changed.join(", ")].filter(Boolean).join("; ");
  return `${did}${why && `: ${why}`}`.replace(/[^ -~]|["\\]/g, "?");
}

function headersOf({ headers }: Response): [string, string][] {
  const cookies = headers.getSetCookie().map((line): [string, string] => ["Set-Cookie", line.replace(/=[^;]*/, "=…")]);
  const others = ["Location", "Cache-Control", "Vary"].flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value ? [[name, value]] : [];
  });
  return [...cookies, ...others];
}

function bytesOfCookie({ headers }: Response, { cookie }: SessionConfig): number | undefined {
  const line = headers.getSetCookie().find((each) => each.startsWith(`${cookie.name}=`));
  if (!line) return undefined;
  return line.includes("; Max-Age=0") ? 0 : line.length;
}

function replaceValues({ name, before, after }: SessionChange, replace: (value: string) => string): SessionChange {
  return {
    name,
    ...(before !== undefined && { before: replace(before) }),
    ...(after !== undefined && { after: replace(after) }),
  };
}

function remember(cameAs: string | undefined, response: InspectedResponse): void {
  // Views of the inspector itself, and what Remix asks about routes, would push out the responses that one wants to see.
  if (/^\/(inspector(\.data|\/|$)|__manifest$)/.test(response.path)) return;
  const session = response.outcome.session ?? cameAs;
  if (!session) return;
  const isDestroyed = response.outcome.did === "destroyed";
  const before = timelines.get(session) ?? createTimeline(cameAs);
  const entries = [response, ...before.responses].slice(0, MAX_RESPONSES);
  if (cameAs && isDestroyed && cameAs !== session) timelines.delete(cameAs);
  keep(session, { ...before, responses: isDestroyed ? entries.map(withoutValues) : entries });
  if (isDestroyed) forgetEarlier(before);
}

/** What this session did under its earlier ids. */
function forgetEarlier({ key, origin }: Timeline): void {
  for (const timeline of timelines.values()) {
    if (timeline.origin !== origin || timeline.key === key) continue;
    timeline.responses = timeline.responses.map((response) => withoutValues(response));
  }
}

function keep(session: string, timeline: Timeline): Timeline {
  timelines.delete(session);
  timelines.set(session, timeline);
  const [oldest] = timelines.keys();
  if (oldest !== undefined && timelines.size > MAX_SESSIONS) timelines.delete(oldest);
  return timeline;
}

/** What was added last stays: it belongs to what comes after. */
function withoutValues(response: InspectedResponse, position?: number): InspectedResponse {
  const forget = (change: SessionChange) => replaceValues(change, () => "…");
  return {
    ...response,
    changes: response.changes.map((change) =>
      position === 0 ? { ...forget(change), ...("after" in change && { after: change.after }) } : forget(change),
    ),
  };
}

function keyOf(session: string): string {
  return (timelines.get(session) ?? keep(session, createTimeline(undefined))).key;
}

/** Of a session that was known by another id before, perhaps. Its key: 122 random bits. */
function createTimeline(cameAs: string | undefined): Timeline {
  const key = crypto.randomUUID();
  const earlier = cameAs === undefined ? undefined : timelines.get(cameAs);
  return { key, origin: earlier?.origin ?? key, responses: earlier?.responses ?? [] };
}
