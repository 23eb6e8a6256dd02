/** What this visitor's session holds, and what their requests did with it. A 404 wherever the inspector is off. */
import { data, type LinksFunction, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Link, useLoaderData, useSearchParams } from "@remix-run/react";
import { isOn } from "~/lib/is-on";
import { pageMeta } from "~/lib/page-meta";
import { inspectSession } from "~/lib/session-extras/inspect";
import { PageHeading } from "~/ui/page-heading";
import { useSource } from "~/ui/source-link";
import { actsOf } from "./acts";
import { FirstSteps, filterOf, isShown, ListControls } from "./controls";
import { clearInspector, openInspector, shownValues } from "./inspect";
import styles from "./inspector.css";
import { LiveControl } from "./live-updates";
import { SessionFacts, SessionValues } from "./session-facts";
import { Timeline } from "./timeline";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const links: LinksFunction = () => [{ rel: "stylesheet", href: styles }];

export const meta = pageMeta("Inspector", "What your session holds, and what your last requests did with it.");

export async function loader({ context: { session, config, env } }: LoaderFunctionArgs) {
  if (!isOn(env.SESSION_INSPECTOR)) throw data(null, { status: 404 });
  // The root loader has read the messages. Here they are shown as data and stay pending for the next page.
  session.keepFlash();
  const { data: values, flashes, ...facts } = await inspectSession(session, config);
  const { responses, cookie } = openInspector(config, { hasSession: session.id !== "" });
  return data(
    {
      facts,
      values: shownValues(values),
      flashes: shownValues(flashes),
      acts: actsOf(responses),
      now: Math.floor(Date.now() / 1000),
      keepsMessages: true,
    },
    { headers: cookie ? { "Set-Cookie": cookie } : {} },
  );
}

/** Clears the list. */
export function action({ context: { config, env } }: LoaderFunctionArgs) {
  if (!isOn(env.SESSION_INSPECTOR)) throw data(null, { status: 404 });
  return redirect("/inspector", { status: 303, headers: { "Set-Cookie": clearInspector(config) } });
}

const errors = [400, 403, 404, 405, 413, 422, 500, 503];

export default function Inspector() {
  const { facts, values, flashes, acts, now } = useLoaderData<typeof loader>();
  const show = filterOf(useSearchParams()[0].get("show"));
  const sentCookie = acts.some(({ responses }) => responses.some(({ cookieBytes }) => cookieBytes !== undefined));
  return (
    <>
      <PageHeading kicker="inspectSession(session)" title="What your session holds">
        <p>
          Your own session, as the server sees it. Opening this page changes nothing: a pending message stays pending.
          Off in production, unless <code>SESSION_INSPECTOR</code> is <code>on</code>.
        </p>
      </PageHeading>

      <div className="inspection">
        <Timeline acts={acts.filter(isShown(show))} now={now} sourceFolder={useSource() ?? null}>
          <LiveControl />
          {acts.length > 0 ? <ListControls acts={acts} show={show} /> : <FirstSteps />}
        </Timeline>
        <div className="space-y-10">
          {sentCookie && !facts.session && (
            <p className="rounded bg-sunken px-4 py-3">Your session has ended. What you did in it stays here.</p>
          )}
          <SessionFacts report={facts} now={now} />
          <SessionValues title="Data" values={values} none="No values." now={now} />
          <SessionValues title="Flash messages waiting" values={flashes} none="No message is waiting." now={now} />
        </div>
      </div>

      <section aria-labelledby="errors" className="mt-14">
        <h2 id="errors" className="heading-2">
          See every error page
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
