/** The session's store, its age, when it ends, the size of its cookie, and its values. */
import { type ReactNode, useId } from "react";
import type { SessionReport } from "~/lib/session-extras/inspect";
import { timeAgo, timeUntil } from "~/lib/time-ago";

const stores: Record<SessionReport["store"], string> = {
  cookie: "the data itself, encrypted",
  kv: "the data is in a KV namespace",
  d1: "the data is in a D1 database",
  "durable-object": "the data is in a Durable Object",
};

/** `now` is the server's clock, in seconds since 1970: with the browser's own, hydration would find different words. */
export function SessionFacts({ report, now }: { report: Omit<SessionReport, "data" | "flashes">; now: number }) {
  const { store, session, cookieBytes, maxCookieBytes } = report;
  const time = (at = 0) => <Time at={at} now={now} />;
  const facts = {
    Store: `${store}: ${stores[store]}`,
    ...(session && {
      "Name in the log": <code>{session}</code>,
      Started: time(report.createdAt),
      "Cookie last renewed": time(report.renewedAt),
      "Ends if unused": time(report.idleDeadline),
      "Ends in any case": time(report.absoluteDeadline),
    }),
    Cookie: session ? (
      <>
        <meter aria-label="Bytes of the cookie" className="meter" value={cookieBytes} max={maxCookieBytes} />
        <span className="block">{`${cookieBytes} of ${maxCookieBytes} bytes`}</span>
      </>
    ) : (
      "No cookie yet: nothing to store."
    ),
  };
  return <Ledger title="Session" rows={Object.entries(facts)} />;
}

type SessionValuesProps = { title: string; values: [name: string, json: string][]; none: string; now: number };

export function SessionValues({ title, values, none, now }: SessionValuesProps) {
  const rows = values.map(([name, json]): Row => [name, <Value key={name} name={name} json={json} now={now} />]);
  return <Ledger title={title} rows={rows} none={none} />;
}

type Row = [name: string, value: ReactNode];

function Ledger({ title, rows, none }: { title: string; rows: Row[]; none?: string }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="heading-2">
        {title}
      </h2>
      {rows.length === 0 && <p className="mt-2 text-muted">{none}</p>}
      <dl className="ledger" hidden={rows.length === 0}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt className="text-muted wrap-anywhere">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** A value, and the times in it: numbers whose name is "at" or ends with "At", such as `provedAt`. */
export function Value({ name, json, now }: { name: string; json: string; now: number }) {
  // Not by JSON.parse, because the text may be cut. Seconds have ten digits, milliseconds thirteen.
  const times = `"${name}":${json}\n`.matchAll(/"(at|[^"\\]*At)": ?(\d{10})(?:\d{3})?(?=[,\s}\]])/g);
  return (
    <>
      <code className="whitespace-pre-wrap wrap-anywhere">{json}</code>
      {[...times].map(({ index, 1: inner, 2: seconds }) => (
        <span key={index}>
          {inner !== name && <code>{` ${inner}`}</code>} <Time at={Number(seconds)} now={now} />
        </span>
      ))}
    </>
  );
}

function Time({ at, now }: { at: number; now: number }) {
  const iso = new Date(at * 1000).toISOString();
  return (
    <time dateTime={iso}>
      {at > now ? timeUntil(at, now) : timeAgo(at, now)}{" "}
      <span className="text-sm text-muted whitespace-nowrap">{iso.replace("T", " ").replace(/\.\d+Z$/, " UTC")}</span>
    </time>
  );
}
