/** The home page: the visitor's own session with two ways to change it, the same form before and after, and where to go on. */
import type { LinksFunction, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { Link, useLoaderData } from "@remix-run/react";
import { demonstrations } from "~/demonstrations";
import { pageMeta } from "~/lib/page-meta";
import snippets from "~/snippets.json";
import { Code } from "~/ui/code";
import { PageHeading } from "~/ui/page-heading";
import { SourceLink } from "~/ui/source-link";
import styles from "./home.css";
import { LiveSession, valuesOf } from "./live-session";
import { markChanged } from "./mark-changed";
import { StartCommand } from "./start-command";
import { TryIt } from "./try-it";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";
export { action } from "./after";

export const links: LinksFunction = () => [{ rel: "stylesheet", href: styles }];

export const meta = pageMeta("Home", "A reference app for HTTP sessions on Remix 2 and Cloudflare Workers.");

export async function loader({ context: { session, config } }: LoaderFunctionArgs) {
  return {
    values: await valuesOf(session, config),
    code: markChanged(snippets._index.before, snippets._index.after),
    start: snippets.start,
  };
}

export default function Home() {
  const { values, code, start } = useLoaderData<typeof loader>();
  return (
    <>
      <div className="grid items-end gap-x-10 gap-y-6 lg:grid-cols-2">
        <PageHeading kicker="Remix 2 on Cloudflare Workers" title="HTTP sessions, done once and done right">
          <p>
            An app to clone, and a folder to copy into yours. Routes read and write the session. The Worker sends the
            cookie when something changed, and only then.
          </p>
        </PageHeading>
        <div>
          <p className="mb-2 text-muted">Run it locally. No account needed.</p>
          <StartCommand command={start} />
        </div>
      </div>
      <div className="session">
        <TryIt />
        <LiveSession values={values} />
      </div>
      <section aria-labelledby="comparison" className="mt-14">
        <h2 id="comparison" className="heading-2">
          No commitSession in your routes
        </h2>
        <p className="mt-1 text-muted">The same form with Remix alone, and with the session folder.</p>
        <div className="comparison">
          <Code title="Before" snippet={code.before} />
          <Code title="After" snippet={code.after} />
        </div>
      </section>
      <section aria-labelledby="demonstrations" className="mt-14">
        <h2 id="demonstrations" className="heading-2">
          Demonstrations
        </h2>
        <ul className="mt-4 grid gap-5 lg:grid-cols-3">
          {demonstrations.map(
            ({ path, ticket }) =>
              ticket && (
                <li key={path} className="ticket">
                  <span className="ticket-stub">
                    <code>{ticket.call}</code>
                  </span>
                  <div className="p-5">
                    <h3 className="text-lg font-bold">
                      <Link to={path} className="link">
                        {ticket.title}
                      </Link>
                    </h3>
                    <p className="mt-1 text-muted">{ticket.text}</p>
                  </div>
                </li>
              ),
          )}
        </ul>
      </section>
      <section aria-labelledby="code" className="mt-14">
        <h2 id="code" className="heading-2">
          Where to look in the code
        </h2>
        <dl className="ledger">
          {files.map(({ file, text }) => (
            <div key={file}>
              <dt>
                <SourceLink file={file}>
                  <code>{file}</code>
                </SourceLink>
              </dt>
              <dd className="text-muted">{text}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

/** In the order in which a request passes them. */
const files = [
  { file: "worker.ts", text: "The entry. It opens the session, passes it to Remix and sends the cookie afterwards." },
  { file: "app/lib/session/README.md", text: "The folder to copy: its files, its rules, what each store cannot do." },
  { file: "app/lib/session-data.ts", text: "What the session may hold. Any other key does not compile." },
  { file: "app/root.tsx", text: "Reads the theme and the pending messages for every page." },
  { file: "app/routes", text: "A folder for each demonstration, with everything that only it needs." },
];
