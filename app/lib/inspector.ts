/**
 * What the last responses did with the session, for /inspector and for a `Server-Timing` header, which browsers show in
 * their network panel. On in development, elsewhere with SESSION_INSPECTOR = "on". Off, it does nothing.
 *
 * Stored in the memory of this isolate, by the session's name in the log. That is enough on a developer's machine; in
 * production the next request may reach another isolate, which knows nothing of it.
 */
import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import {
  type CommitReport,
  describeCommit,
  getConfig,
  inspectSession,
  type SessionEnv,
  type SessionOutcome,
} from "./session";

export interface InspectedResponse {
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  path: string;
  status: number;
  outcome: SessionOutcome;
  /** The headers that depend on the session. A cookie's value is left out. */
  headers: [name: string, value: string][];
  serverTiming: string;
}

const MAX_SESSIONS = 200;
const MAX_RESPONSES = 5;
/** The session with the newest response comes last. */
const responses = new Map<string, InspectedResponse[]>();

export function isInspectorOn(setting: string | undefined, isDevelopment: boolean): boolean {
  return setting ? setting === "on" : isDevelopment;
}

/** Returns the responses that this isolate has stored for the session of this name, newest first. */
export function responsesOf(session: string | undefined): InspectedResponse[] {
  return (session && responses.get(session)) || [];
}

/** Returns what the log calls the session that came with this request. Nothing if the inspector is off. */
export async function inspectedName({ request, context }: LoaderFunctionArgs): Promise<string | undefined> {
  const { session, env, ctx, isInspectorOn } = context;
  if (!isInspectorOn) return undefined;
  return (await inspectSession(session, getConfig({ request, env, ctx }))).session;
}

/** Begins with the request. Give `report` to handleFetch, and its response to `finish`. */
export function startInspection(
  incoming: { request: Request; env: SessionEnv; ctx?: ExecutionContext },
  isOn: boolean,
) {
  let report: CommitReport | undefined;
  const startedAt = Date.now();

  return {
    isOn,

    report: isOn
      ? (facts: CommitReport) => {
          report = facts;
        }
      : undefined,

    /** Stores the response, and returns it with a Server-Timing header. Without a report it returns the response as it is. */
    async finish(response: Response): Promise<Response> {
      if (!report) return response;
      const { request } = incoming;
      const outcome = await describeCommit(report, getConfig(incoming));
      // A Worker's clock advances only while it waits, so these are the times of the store.
      const { openedAt, closedAt, committedAt } = report;
      const serverTiming =
        `session-open;dur=${openedAt - startedAt}, ` +
        `session-commit;dur=${committedAt - closedAt};desc="${inWords(outcome)}"`;
      remember(outcome.session, {
        at: Date.now(),
        method: request.method,
        path: new URL(request.url).pathname,
        status: response.status,
        outcome,
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
  const others = ["Cache-Control", "Vary"].flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value ? [[name, value]] : [];
  });
  return [...cookies, ...others];
}

function remember(session: string | undefined, response: InspectedResponse): void {
  // Views of the inspector itself would push out the responses that one wants to see.
  if (!session || /^\/inspector(\.data|\/|$)/.test(response.path)) return;
  const earlier = responsesOf(session);
  responses.delete(session);
  responses.set(session, [response, ...earlier].slice(0, MAX_RESPONSES));
  const [oldest] = responses.keys();
  if (oldest !== undefined && responses.size > MAX_SESSIONS) responses.delete(oldest);
}
