/** What the last responses did with the session: whether they sent a cookie, why, and with which headers. */
import type { InspectedResponse } from "~/lib/inspector";
import type { SessionOutcome } from "~/lib/session";
import { timeAgo } from "~/lib/time-ago";

const words: Record<SessionOutcome["did"], string> = {
  untouched: "Not committed: the request did not use the session.",
  read: "Not committed: the session was read, and nothing changed.",
  unchanged: "Not committed: what was written is what the session held already.",
  stored: "Committed, because this changed:",
  renewed: "Committed, because its cookie was due for renewal.",
  regenerated: "Committed under a new id.",
  destroyed: "Ended. Values set afterwards began a new session.",
  gone: "Not committed: the session was ended while the request ran.",
  moved: "Not committed: the session got a new id while the request ran.",
  failed: "Not committed: the change could not be stored.",
  refused: "Not committed: the request came from another site, and the app did not run.",
};

/** `now` is the server's clock, in milliseconds since 1970. */
export function InspectedResponses({ responses, now }: { responses: InspectedResponse[]; now: number }) {
  return (
    <section aria-labelledby="responses" className="mt-14">
      <h2 id="responses" className="heading-2">
        The last responses
      </h2>
      {responses.length === 0 && (
        <p className="mt-2 max-w-prose text-muted">
          None yet for this session. Change the theme or send the form, and come back. (In production another isolate of
          the Worker may have answered. The <code>Server-Timing</code> header in the network panel has the same facts.)
        </p>
      )}
      <ol className="exchange">
        {responses.map(({ at, method, path, status, outcome, headers, serverTiming }) => (
          <li key={at + path} data-from="server">
            <h3>
              <code className="wrap-anywhere">
                {method} {path} {status}
              </code>{" "}
              <span className="text-muted">{timeAgo(Math.floor(at / 1000), Math.floor(now / 1000))}</span>
            </h3>
            <p>
              {words[outcome.did]} {outcome.error && <code>{outcome.error} </code>}
              {outcome.changed.length > 0 && <code>{outcome.changed.join(", ")}</code>}
            </p>
            <ul className="text-sm text-muted">
              {[...headers, ["Server-Timing", serverTiming]].map(([name, value]) => (
                <li key={`${name} ${value}`}>
                  <code className="wrap-anywhere">
                    {name}: {value}
                  </code>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  );
}
