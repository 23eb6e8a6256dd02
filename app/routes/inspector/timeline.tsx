/** What the visitor did: what the browser sent, what the app called, what changed, and what was sent back. */
import type { ReactNode } from "react";
import { timeAgo } from "~/lib/time-ago";
import type { Act } from "./acts";
import type { InspectedResponse } from "./inspect";
import { RULES, ruleOf, rulesIn } from "./rules";
import { Value } from "./session-facts";

/** Explains what the changes and the cookie do not show. */
const words: Partial<Record<InspectedResponse["did"], string>> = {
  unchanged: "No cookie: the session already held these values.",
  renewed: "A new cookie, because the old one was due for renewal.",
  regenerated: "Stored under a new id.",
  destroyed: "The session ended. Values set afterwards began a new one.",
  failed: "The change could not be stored.",
  refused: "Refused: the request came from another site, and the app did not run.",
};

/** `now` is the server's clock, in seconds since 1970. Without a repository there is no `sourceFolder`. */
type Given = { now: number; sourceFolder: string | null };

/** The children stand beside the heading. */
export function Timeline({ acts, children, ...given }: Given & { acts: Act[]; children?: ReactNode }) {
  const newest = acts.find(({ kind }) => kind !== "read");
  return (
    <section aria-labelledby="timeline">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2">
        <h2 id="timeline" className="heading-2 mr-auto">
          What you did
        </h2>
        {children}
      </div>
      {/* Announces what is new. With its time, because a screen reader does not announce the same text again. */}
      <p role="status" className="sr-only">
        {newest && `Newest: ${newest.title}, ${new Date(newest.startedAt).toISOString().slice(11, 19)} UTC`}
      </p>
      <ol className="mt-4 grid gap-4">
        {acts.map(({ title, startedAt, endedAt, kind, responses }) => (
          <li key={startedAt} className="act" data-kind={kind}>
            <p className="float-right text-sm leading-7 text-muted">{timeAgo(Math.floor(endedAt / 1000), given.now)}</p>
            {kind !== "read" && (
              <>
                <h3 className="text-lg font-bold wrap-anywhere">{title}</h3>
                {responses.map((response) => (
                  <Exchanged key={response.at} {...response} {...given} />
                ))}
              </>
            )}
            <details>
              <summary>{kind === "read" ? `${title}: nothing changed` : "Headers"}</summary>
              {responses.map((response) => (
                <div key={response.at} className="mt-2 text-sm">
                  {kind === "read" && isOfDevice(response) ? (
                    <Exchanged {...response} {...given} />
                  ) : (
                    <code className="block wrap-anywhere">{`${response.method} ${response.path} ${response.status}`}</code>
                  )}
                  <code className="block whitespace-pre-line text-muted wrap-anywhere">
                    {response.headers.join("\n")}
                  </code>
                </div>
              ))}
            </details>
          </li>
        ))}
      </ol>
      <p className="mt-4 max-w-prose text-sm text-muted">
        Only your own requests, since you first opened this page. They are in this Worker's memory, not in its log. If
        some are missing, another copy of the Worker may have answered: reload. A number beside a step is its rule in{" "}
        <SourceLink to={rulesIn(given.sourceFolder)}>{RULES}</SourceLink>.
      </p>
    </section>
  );
}

function Exchanged({ now, sourceFolder, ...response }: InspectedResponse & Given) {
  const { did, device, error, names, changes } = response;
  return (
    <div>
      <ol className="chain">
        {stepsOf(response).map(([kind, text]) => (
          <li key={`${kind} ${text}`} data-kind={kind}>
            <code>{text}</code>{" "}
            {(kind === "call" || kind === "header") && (
              <SourceLink to={ruleOf(text, sourceFolder).link}>
                <span className="sr-only">rule </span>
                {ruleOf(text, sourceFolder).number}
              </SourceLink>
            )}
          </li>
        ))}
      </ol>
      {names && (
        <p className="mt-3 text-sm">
          Name in the log: <code>{names[0]}</code> → <code>{names[1]}</code>
        </p>
      )}
      <ul className="diff">
        {diffOf(changes).map(([kind, name, json]) => (
          <li key={`${kind} ${name}`} data-kind={kind}>
            <span className="sr-only">{kind === "removed" ? "Removed: " : "Added: "}</span>
            <code className="wrap-anywhere">{name}</code> <Value name={name} json={json} now={now} />
          </li>
        ))}
      </ul>
      {device === "resent" && (
        <p className="mt-2 text-muted">
          This device has to prove itself first. The browser then sends the request again.
        </p>
      )}
      {words[did] && (
        <p className="mt-2 text-muted">
          {words[did]} {error && <code>{error}</code>}
        </p>
      )}
    </div>
  );
}

/** Plain text in an app without a repository, because there is no address to link to. */
const SourceLink = ({ to, children }: { to: string | undefined; children: ReactNode }) => (
  <a href={to} className="[&[href]]:underline">
    {children}
  </a>
);

const isOfDevice = ({ device, sent }: InspectedResponse) => device !== undefined || sent.length > 0;

type Step = [kind: "browser" | "header" | "reads" | "call" | "server" | "problem" | "cookie", text: string];

function stepsOf(response: InspectedResponse): Step[] {
  const { method, path, status, redirectsTo, calls, changes, cookieBytes, device, sent, headers } = response;
  const shown = changes.map(({ name }) => `getFlash(${JSON.stringify(name.replace(/^flash /, ""))})`);
  // A page reads the theme in several places, and asks for messages that nobody has left.
  const isRead = (call: string) => /^(get|has)\(/.test(call) || (/^getFlash/.test(call) && !shown.includes(call));
  const reads = calls.filter(isRead).length;
  const steps: Step[] = [["browser", `${method} ${path}`], ...sent.map((header): Step => ["header", header])];
  if (reads > 0) steps.push(["reads", reads === 1 ? "1 read" : `${reads} reads`]);
  for (const call of new Set(calls)) if (!isRead(call)) steps.push(["call", call]);
  const isFine = status < 400 || device === "asked";
  steps.push([isFine ? "server" : "problem", redirectsTo ? `${status} → ${redirectsTo}` : `${status}`]);
  for (const header of headers) if (header.startsWith("Secure-Session-")) steps.push(["header", header]);
  if (device === "proved" || device === "registered") steps.push(["cookie", "device cookie"]);
  if (device === "resent") steps.push(["cookie", "device cookie removed"]);
  if (cookieBytes === 0) steps.push(["cookie", "cookie removed"]);
  else if (cookieBytes) steps.push(["cookie", `Set-Cookie: ${cookieBytes} bytes`]);
  return steps;
}

const diffOf = (changes: InspectedResponse["changes"]) =>
  changes.flatMap(({ name, before, after }) => [
    ...(before === undefined ? [] : [["removed", name, before] as const]),
    ...(after === undefined ? [] : [["added", name, after] as const]),
  ]);
