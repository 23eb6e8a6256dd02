/**
 * What this visitor's session holds, and what the last responses did with it. It changes nothing: what is pending stays
 * pending. In production it is not there, unless SESSION_INSPECTOR is "on".
 */
import { data, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/cloudflare";
import { Link, useLoaderData } from "@remix-run/react";
import { ErrorPage, errorMeta } from "~/components/error-page";
import { InspectedResponses } from "~/components/inspected-responses";
import { PageHeading } from "~/components/page-heading";
import { SessionFacts } from "~/components/session-facts";
import { SessionValues } from "~/components/session-values";
import { responsesOf } from "~/lib/inspector";
import { pageMeta } from "~/lib/page-meta";
import { getConfig, inspectSession } from "~/lib/session";

export { ErrorPage as ErrorBoundary };

export const meta: MetaFunction = ({ error }) =>
  error ? errorMeta(error) : pageMeta("Inspector", "What your session holds, and what the last responses did with it.");

export async function loader({ request, context: { session, env, ctx, isInspectorOn } }: LoaderFunctionArgs) {
  if (!isInspectorOn) throw data(null, { status: 404 });
  const report = await inspectSession(session, getConfig({ request, env, ctx }));
  return { report, responses: responsesOf(report.session), now: Date.now() };
}

export function action({ context: { isInspectorOn } }: LoaderFunctionArgs): never {
  throw data(null, { status: isInspectorOn ? 405 : 404 });
}

const errors = [400, 403, 404, 405, 422, 500, 503];

export default function Inspector() {
  const { report, responses, now } = useLoaderData<typeof loader>();

  return (
    <>
      <PageHeading kicker="inspectSession(session)" title="What your session holds">
        <p>
          Yours alone, as the server sees it at this moment. Looking changes nothing: a message that waits goes on
          waiting. Deployed, this page is a 404, unless <code>SESSION_INSPECTOR</code> is <code>on</code>.
        </p>
      </PageHeading>

      <div className="demonstration">
        <SessionFacts report={report} now={Math.floor(now / 1000)} />
        <div className="space-y-10">
          <SessionValues id="data" title="Data" values={report.data} none="Nothing is kept." />
          <SessionValues
            id="flashes"
            title="Waiting for the next page"
            values={report.flashes}
            none="No message is waiting."
          />
        </div>
      </div>

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
