/** The inspector's page: the session, its values, the last responses, and a link to each error page. */
import { Link } from "@remix-run/react";
import type { InspectedResponse } from "~/lib/inspector";
import type { SessionReport } from "~/lib/session";
import { InspectedResponses } from "./inspected-responses";
import { PageHeading } from "./page-heading";
import { SessionFacts } from "./session-facts";
import { SessionValues } from "./session-values";

const errors = [400, 403, 404, 405, 422, 500, 503];

/** `now` is the server's clock, in milliseconds since 1970. */
type InspectorProps = { report: SessionReport; responses: InspectedResponse[]; now: number };

export function InspectorReport({ report, responses, now }: InspectorProps) {
  return (
    <>
      <PageHeading kicker="inspectSession(session)" title="What your session holds">
        <p>
          Your own session, as the server sees it now. Opening this page changes nothing: a pending message stays
          pending. In production this page is a 404, unless <code>SESSION_INSPECTOR</code> is <code>on</code>.
        </p>
      </PageHeading>

      <div className="demonstration">
        <SessionFacts report={report} now={Math.floor(now / 1000)} />
        <div className="space-y-10">
          <SessionValues id="data" title="Data" values={report.data} none="No values." />
          <SessionValues
            id="flashes"
            title="Waiting for the next page"
            values={report.flashes}
            none="No message is waiting."
          />
        </div>
      </div>

      {report.session === undefined && responses.length > 0 && (
        <p className="mt-8 rounded bg-sunken px-4 py-3">
          Your session has ended: nothing was left in it. These responses were its last.
        </p>
      )}
      <InspectedResponses responses={responses} now={now} />

      <section aria-labelledby="errors" className="mt-14">
        <h2 id="errors" className="heading-2">
          The error pages
        </h2>
        <ul className="mt-2 flex flex-wrap gap-x-2">
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
