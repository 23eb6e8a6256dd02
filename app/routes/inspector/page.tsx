/** The inspector's page: what the visitor did, the session, its values, and a link to each error page. */
import { Link } from "@remix-run/react";
import { PageHeading } from "~/ui/page-heading";
import { InspectedResponses } from "./inspected-responses";
import type { Inspected } from "./inspector";
import { inspectorPath } from "./inspector-path";
import { SessionFacts } from "./session-facts";
import { SessionValues } from "./session-values";
import { useLiveInspector } from "./use-live-inspector";

const errors = [400, 403, 404, 405, 422, 500, 503];

export function InspectorReport({ loaded }: { loaded: Inspected }) {
  const { shown, isLive, toggle } = useLiveInspector(loaded);
  const { report, responses, timelines, now } = shown;
  return (
    <>
      <PageHeading kicker="inspectSession(session)" title="What your session holds">
        <p>
          Your own session, as the server sees it. Opening this page changes nothing: a pending message stays pending.
          In production this page is a 404, unless <code>SESSION_INSPECTOR</code> is <code>on</code>.
        </p>
      </PageHeading>

      <div className="demonstration lg:grid-cols-[1.7fr_1fr]">
        <InspectedResponses
          responses={responses}
          now={now}
          maxCookieBytes={report.maxCookieBytes}
          control={
            isLive === undefined ? (
              <a href={inspectorPath(timelines)} className="live-control">
                Reload to see what is new
              </a>
            ) : (
              <button type="button" className="live-control" aria-pressed={isLive} onClick={toggle}>
                <span className="live-dot" aria-hidden="true" />
                Live updates
              </button>
            )
          }
        />
        <div className="space-y-10">
          {report.session === undefined && responses.length > 0 && (
            <p className="rounded bg-sunken px-4 py-3">
              Your session has ended: nothing was left in it. What you did in it stays here.
            </p>
          )}
          <SessionFacts report={report} now={Math.floor(now / 1000)} />
          <SessionValues id="data" title="Data" values={report.data} none="No values." />
          <SessionValues
            id="flashes"
            title="Waiting for the next page"
            values={report.flashes}
            none="No message is waiting."
          />
        </div>
      </div>

      <section aria-labelledby="errors" className="mt-14">
        <h2 id="errors" className="heading-2">
          The error pages
        </h2>
        <ul className="-mx-2 mt-2 flex flex-wrap gap-x-2">
          {errors.map((status) => (
            <li key={status}>
              <Link to={`/inspector/errors/${status}`} className="nav-link link">
                {status}
              </Link>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
