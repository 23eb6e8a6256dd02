/** What the visitor did: what the browser sent, what the app called, what changed, and what was sent back. */
import type { ReactNode } from "react";
import { timeAgo } from "~/lib/time-ago";
import type { Act } from "./acts";
import type { InspectedResponse } from "./inspect";
import { Value } from "./session-facts";

/** What the changes and the cookie do not say. */
const words: Partial<Record<InspectedResponse["did"], string>> = {
  unchanged: "No cookie: the session already held these values.",
  renewed: "A new cookie, because the old one was due for renewal.",
  regenerated: "Stored under a new id.",
  destroyed: "The session ended. Values set afterwards began a new one.",
  failed: "Not stored: the change could not be stored.",
  refused: "Refused: the request came from another site, and the app did not run.",
};

/** `now` is the server's clock, in seconds since 1970. The children stand beside the heading. */
export function Timeline({ acts, now, children }: { acts: Act[]; now: number; children: ReactNode }) {
  const newest = acts.find(({ isRead }) => !isRead);
  return (
    <section aria-labelledby="timeline">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h2 id="timeline" className="heading-2">
          What you did
        </h2>
        {children}
      </div>
      {/* Announces what is new. With its time, because a screen reader does not announce the same text again. */}
      <p role="status" className="sr-only">
        {newest && `Newest: ${newest.title}, ${new Date(newest.startedAt).toISOString().slice(11, 19)} UTC`}
      </p>
      {acts.length === 0 && (
        <p className="mt-2 max-w-prose text-muted">
          Nothing yet. Choose a theme or send the form, then come back by the link above.
        </p>
      )}
      <ol className="timeline">
        {acts.map(({ title, startedAt, endedAt, isRead, responses }) => (
          <li key={startedAt} className="act" data-kind={isRead ? "read" : "write"}>
            <p className="float-right text-sm leading-7 text-muted">{timeAgo(Math.floor(endedAt / 1000), now)}</p>
            {!isRead && <h3 className="text-lg font-bold">{title}</h3>}
            {!isRead && responses.map((response) => <Exchanged key={response.at} {...response} now={now} />)}
            <details>
              <summary>{isRead ? `${title}: nothing changed` : "Headers"}</summary>
              {responses.map(({ at, method, path, status, headers }) => (
                <p key={at} className="mt-2 text-sm">
                  <code className="block wrap-anywhere">{`${method} ${path} ${status}`}</code>
                  <code className="block whitespace-pre-line text-muted wrap-anywhere">{headers.join("\n")}</code>
                </p>
              ))}
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Exchanged({ now, ...response }: InspectedResponse & { now: number }) {
  const { did, error, changes } = response;
  return (
    <div>
      <ol className="chain">
        {stepsOf(response).map(([kind, text]) => (
          <li key={`${kind} ${text}`} data-kind={kind}>
            <code>{text}</code>
          </li>
        ))}
      </ol>
      <ul className="diff">
        {diffOf(changes).map(([kind, name, json]) => (
          <li key={`${kind} ${name}`} data-kind={kind}>
            <span className="sr-only">{kind === "removed" ? "Removed: " : "Added: "}</span>
            <code className="wrap-anywhere">{name}</code> <Value name={name} json={json} now={now} />
          </li>
        ))}
      </ul>
      {words[did] && (
        <p className="mt-2 text-muted">
          {words[did]} {error && <code>{error}</code>}
        </p>
      )}
    </div>
  );
}

type Step = [kind: "browser" | "reads" | "call" | "server" | "cookie", text: string];

function stepsOf({ method, path, status, redirectsTo, calls, changes, cookieBytes }: InspectedResponse): Step[] {
  const shown = changes.map(({ name }) => `getFlash(${JSON.stringify(name.replace(/^flash /, ""))})`);
  // A page reads the theme in several places, and asks for messages that nobody has left.
  const isRead = (call: string) => /^(get|has)\(/.test(call) || (/^getFlash/.test(call) && !shown.includes(call));
  const reads = calls.filter(isRead).length;
  const steps: Step[] = [["browser", `${method} ${path}`]];
  if (reads > 0) steps.push(["reads", reads === 1 ? "1 read" : `${reads} reads`]);
  for (const call of new Set(calls)) if (!isRead(call)) steps.push(["call", call]);
  steps.push(["server", redirectsTo ? `${status} → ${redirectsTo}` : `${status}`]);
  if (cookieBytes === 0) steps.push(["cookie", "cookie removed"]);
  else if (cookieBytes) steps.push(["cookie", `Set-Cookie: ${cookieBytes} bytes`]);
  return steps;
}

const diffOf = (changes: InspectedResponse["changes"]) =>
  changes.flatMap(({ name, before, after }) => [
    ...(before === undefined ? [] : [["removed", name, before] as const]),
    ...(after === undefined ? [] : [["added", name, after] as const]),
  ]);
