/** The timeline: what the visitor did, what the app called, what changed, and what was sent. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { SessionChange, SessionOutcome } from "~/lib/session-extras/inspect";
import { timeAgo } from "~/lib/time-ago";
import type { InspectedResponse } from "./inspector";
import { foldReads, redirectOf, type Visit, visitsOf } from "./timeline";

const words: Record<SessionOutcome["did"], string> = {
  untouched: "No cookie: the request did not use the session.",
  read: "No cookie: the session was read, and nothing changed.",
  unchanged: "No cookie: what was written is what the session held already.",
  stored: "Stored, because the data changed.",
  renewed: "A new cookie, because the old one was due for renewal.",
  regenerated: "Stored under a new id.",
  destroyed: "The session ended. Values set afterwards began a new one.",
  gone: "Not stored: the session was ended while the request ran.",
  moved: "Not stored: the session got a new id while the request ran.",
  failed: "Not stored: the change could not be stored.",
  refused: "Refused: the request came from another site, and the app did not run.",
};

type TimelineProps = {
  responses: InspectedResponse[];
  /** The server's clock, in milliseconds since 1970. */
  now: number;
  maxCookieBytes: number;
  /** Pauses and continues the updates. */
  control: ReactNode;
};

export function InspectedResponses({ responses, now, maxCookieBytes, control }: TimelineProps) {
  const ago = (at: number) => timeAgo(Math.floor(at / 1000), Math.floor(now / 1000));
  const visits = visitsOf(responses);
  return (
    <section aria-labelledby="timeline">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h2 id="timeline" className="heading-2">
          What you did
        </h2>
        {control}
      </div>
      <News visits={visits} />
      {responses.length === 0 && (
        <p className="mt-2 max-w-prose text-muted">
          Nothing yet. Choose a theme or send the form, here or in another tab. (In production another isolate of the
          Worker may have answered. The <code>Server-Timing</code> header in the network panel has the same facts.)
          <noscript>
            {" "}
            Without a script, what you did in a session that has ended is linked on one page only: the one that shows
            its last message.
          </noscript>
        </p>
      )}
      <ol className="timeline">
        {foldReads(visits).map((entry) =>
          Array.isArray(entry) ? (
            <Reads key={entry.at(-1)?.id} visits={entry} ago={ago} />
          ) : (
            <Act key={entry.id} visit={entry} ago={ago} maxCookieBytes={maxCookieBytes} />
          ),
        )}
      </ol>
    </section>
  );
}

/** Announces what has come since the page was opened. */
function News({ visits }: { visits: Visit[] }) {
  const acts = visits.filter(({ isRead }) => !isRead);
  const known = useRef<Set<string>>();
  const count = useRef(0);
  const [news, setNews] = useState("");
  useEffect(() => {
    const before = known.current;
    known.current = new Set(acts.flatMap(({ responses }) => responses.map(({ id }) => id)));
    const added = acts.filter(({ responses }) => before && !responses.some(({ id }) => before.has(id)));
    count.current += added.length;
    // With the sum, because a text that is the same as before is not announced.
    if (added.length > 0) setNews(`${added.length} new, ${count.current} since you opened this: ${added[0]?.title}`);
  }, [acts]);
  return (
    // Always there, since a screen reader announces what is added to a region that it knows.
    <p role="status" className="sr-only">
      {news}
    </p>
  );
}

type Ago = (at: number) => string;

function Act({ visit, ago, maxCookieBytes }: { visit: Visit; ago: Ago; maxCookieBytes: number }) {
  const { title, at, responses } = visit;
  const bytes = responses.map(({ cookieBytes }) => cookieBytes).filter((each) => each !== undefined);
  return (
    <li className="act">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="text-lg font-bold">{title}</h3>
        <span className="text-sm text-muted">{ago(at)}</span>
      </div>
      {responses.map((response) => (
        <div key={response.id}>
          <ol className="chain">
            {stepsOf(response).map(([kind, text]) => (
              <li key={`${kind} ${text}`} data-kind={kind}>
                <code>{text}</code>
              </li>
            ))}
          </ol>
          {drawDiff(response.changes)}
          {isWorthAWord(response) && (
            <p className="mt-2 text-muted">
              {words[response.outcome.did]} {response.outcome.error && <code>{response.outcome.error}</code>}
            </p>
          )}
        </div>
      ))}
      {bytes.length > 0 && (
        <p className="mt-3 flex flex-wrap items-center gap-x-3 text-sm">
          <meter
            className="meter"
            aria-label="Bytes of the cookie"
            value={Math.max(...bytes)}
            min={0}
            max={maxCookieBytes}
          />
          <span>
            cookie: {bytes.map((each) => (each === 0 ? "removed" : each)).join(" → ")}
            {bytes.at(-1) !== 0 && ` of ${maxCookieBytes} bytes`}
          </span>
        </p>
      )}
      <Headers responses={responses} />
    </li>
  );
}

/** Reads of a page: they change nothing, so they take one line. */
function Reads({ visits, ago }: { visits: Visit[]; ago: Ago }) {
  const [newest] = visits;
  return (
    <li className="act" data-kind="read">
      <details>
        <summary>
          {visits.length === 1 ? `${newest?.title}: nothing changed` : `${visits.length} reads: nothing changed`}
          <span className="ml-4 text-sm text-muted">{newest && ago(newest.at)}</span>
        </summary>
        <ul className="mt-2 space-y-1">
          {visits
            .flatMap(({ responses }) => responses)
            .map(({ id, method, path, status, calls }) => (
              <li key={id}>
                <code className="wrap-anywhere">
                  {method} {path} {status}
                </code>{" "}
                <span className="text-sm text-muted">{[...new Set(calls)].join(", ")}</span>
              </li>
            ))}
        </ul>
      </details>
    </li>
  );
}

function Headers({ responses }: { responses: InspectedResponse[] }) {
  return (
    <details className="mt-3">
      <summary>Headers</summary>
      {responses.map(({ id, method, path, status, outcome, headers, serverTiming }) => (
        <div key={id} className="mt-2">
          <p className="font-semibold">
            <code className="wrap-anywhere">
              {method} {path} {status}
            </code>
          </p>
          <p className="text-sm text-muted">{words[outcome.did]}</p>
          <ul className="text-sm text-muted">
            {[...headers, ["Server-Timing", serverTiming]].map(([name, value]) => (
              <li key={`${name} ${value}`}>
                <code className="wrap-anywhere">
                  {name}: {value}
                </code>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </details>
  );
}

type Step = [kind: "browser" | "call" | "reads" | "server" | "cookie", text: string];

function stepsOf(response: InspectedResponse): Step[] {
  const { method, path, status, calls, changes, cookieBytes } = response;
  const to = redirectOf(response);
  // A page reads the theme in several places, and asks for messages that nobody has left.
  const isRead = (call: string) =>
    /^(get|has)\(/.test(call) || (/^getFlash/.test(call) && !changes.some(({ name }) => call === getFlash(name)));
  const reads = calls.filter(isRead).length;
  const notable = new Set(calls.filter((call) => !isRead(call)));
  return [
    ["browser", `${method} ${path}`],
    ...(reads > 0 ? [["reads", reads === 1 ? "1 read" : `${reads} reads`] as Step] : []),
    ...[...notable].map((call): Step => ["call", call]),
    ["server", to ? `${status} → ${to}` : `${status}`],
    ...(cookieBytes === undefined ? [] : [["cookie", cookieBytes === 0 ? "cookie removed" : "Set-Cookie"] as Step]),
  ];
}

const getFlash = (change: string) => `getFlash(${JSON.stringify(change.replace(/^flash /, ""))})`;

/** The rest is plain from the diff and the cookie. */
const isWorthAWord = ({ outcome }: InspectedResponse) => !["untouched", "read", "stored"].includes(outcome.did);

function drawDiff(changes: SessionChange[]) {
  if (changes.length === 0) return null;
  return (
    <ul className="diff">
      {changes.flatMap(({ name, before, after }) => [
        before !== undefined && (
          <li key={`-${name}`} data-kind="removed">
            <span className="sr-only">Removed: </span>
            <code className="wrap-anywhere">
              {name} {before}
            </code>
          </li>
        ),
        after !== undefined && (
          <li key={`+${name}`} data-kind="added">
            <span className="sr-only">Added: </span>
            <code className="wrap-anywhere">
              {name} {after}
            </code>
          </li>
        ),
      ])}
    </ul>
  );
}
