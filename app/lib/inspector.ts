/**
 * What became of the session in the last responses, for /inspector and for a `Server-Timing` header, which browsers show
 * in their network panel. On in development; elsewhere SESSION_INSPECTOR = "on" turns it on. Off, it does nothing.
 *
 * Kept in this isolate's memory, by the name that the log has for the session: enough on a developer's machine. Deployed,
 * the next request may meet another isolate, which knows of none.
 */
import type { SessionStorage } from "@remix-run/cloudflare";
import type { SessionOutcome } from "./session";

export interface InspectedResponse {
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  path: string;
  status: number;
  outcome: SessionOutcome;
  /** The headers that the session has a part in; of a cookie its name alone. */
  headers: [name: string, value: string][];
  serverTiming: string;
}

const MAX_SESSIONS = 200;
const MAX_RESPONSES = 5;
/** The session that was heard of last stands last. */
const responses = new Map<string, InspectedResponse[]>();

export function isInspectorOn(setting: string | undefined, isDevelopment: boolean): boolean {
  return setting ? setting === "on" : isDevelopment;
}

/** The responses that this isolate remembers of the session of that name, newest first. */
export function responsesOf(session: string | undefined): InspectedResponse[] {
  return (session && responses.get(session)) || [];
}

/** Does nothing, and costs nothing, unless it is on. */
export function startInspection(request: Request, isOn: boolean) {
  const waited = { open: 0, commit: 0 };
  let outcome: SessionOutcome | undefined;

  return {
    isOn,

    /** The storage, with a clock. A Worker's stands still while it computes, so what it measures is waiting. */
    timed<Storage extends SessionStorage>(storage: Storage): Storage {
      if (!isOn) return storage;
      const time =
        <Args extends unknown[], Result>(what: keyof typeof waited, call: (...args: Args) => Promise<Result>) =>
        async (...args: Args) => {
          const start = Date.now();
          try {
            return await call(...args);
          } finally {
            waited[what] += Date.now() - start;
          }
        };
      return {
        ...storage,
        getSession: time("open", storage.getSession),
        commitSession: time("commit", storage.commitSession),
        destroySession: time("commit", storage.destroySession),
      };
    },

    onOutcome: isOn
      ? (told: SessionOutcome) => {
          outcome = told;
        }
      : undefined,

    /** Remembers the response, and returns it with its Server-Timing. */
    finish(response: Response): Response {
      if (!outcome) return response;
      const serverTiming = `session-open;dur=${waited.open}, session-commit;dur=${waited.commit};desc="${inWords(outcome)}"`;
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

/** "stored: theme, flash success". A header takes printable ASCII, and a quoted string neither a quote nor a backslash. */
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
  // Looking at the inspector is not what one wants to look at.
  if (!session || /^\/inspector(\.data|\/|$)/.test(response.path)) return;
  const earlier = responsesOf(session);
  responses.delete(session);
  responses.set(session, [response, ...earlier].slice(0, MAX_RESPONSES));
  const [oldest] = responses.keys();
  if (oldest !== undefined && responses.size > MAX_SESSIONS) responses.delete(oldest);
}
