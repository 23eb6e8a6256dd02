/** Facts about the session: its store, its age, when it ends, and the size of its cookie. */
import type { ReactNode } from "react";
import type { SessionReport } from "~/lib/session-extras/inspect";
import { timeAgo, timeUntil } from "~/lib/time-ago";

const stores: Record<SessionReport["store"], string> = {
  cookie: "the data itself, encrypted",
  kv: "the data is in a KV namespace",
  d1: "the data is in a D1 database",
  "durable-object": "the data is in a Durable Object",
};

/** `now` is the server's clock, in seconds since 1970. With the browser's own, hydration would find different words. */
export function SessionFacts({ report, now }: { report: SessionReport; now: number }) {
  const { store, session, createdAt, renewedAt, idleDeadline, absoluteDeadline, cookieBytes, maxCookieBytes } = report;
  return (
    <section aria-labelledby="session">
      <h2 id="session" className="heading-2">
        Session
      </h2>
      <dl className="ledger">
        <Fact name="Store">
          <code>{store}</code>: {stores[store]}
        </Fact>
        {session === undefined && <Fact name="Cookie">None: there is nothing to store.</Fact>}
        {session !== undefined && (
          <>
            <Fact name="Name in the log">
              <code>{session}</code> <span className="block text-sm text-muted">a keyed hash of its id</span>
            </Fact>
            <Fact name="Started">
              <Time at={createdAt} says={(at) => timeAgo(at, now)} />
            </Fact>
            <Fact name="Cookie last renewed">
              <Time at={renewedAt} says={(at) => timeAgo(at, now)} />
            </Fact>
            <Fact name="Ends if unused">
              <Time at={idleDeadline} says={(at) => timeUntil(at, now)} />
            </Fact>
            <Fact name="Ends in any case">
              <Time at={absoluteDeadline} says={(at) => timeUntil(at, now)} />
            </Fact>
            <Fact name="Cookie">
              <meter aria-label="Bytes of the cookie" className="meter" value={cookieBytes} max={maxCookieBytes} />
              <span className="block">
                {cookieBytes} of {maxCookieBytes} bytes
              </span>
            </Fact>
          </>
        )}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Time({ at = 0, says }: { at: number | undefined; says: (at: number) => string }) {
  const iso = new Date(at * 1000).toISOString();
  return (
    <time dateTime={iso}>
      {says(at)} <span className="block text-sm text-muted">{iso.replace("T", " ").replace(".000Z", " UTC")}</span>
    </time>
  );
}
