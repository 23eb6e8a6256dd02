/** The home page: what this is, the command that starts it, the two ways to write a form side by side, and where to go on. */
import type { LinksFunction } from "@remix-run/cloudflare";
import { Link, useLoaderData } from "@remix-run/react";
import { demonstrations } from "~/demonstrations";
import { pageMeta } from "~/lib/page-meta";
import snippets from "~/snippets.json";
import { Code } from "~/ui/code";
import { PageHeading } from "~/ui/page-heading";
import styles from "./home.css";
import { StartCommand } from "./start-command";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const links: LinksFunction = () => [{ rel: "stylesheet", href: styles }];

export const meta = pageMeta("Home", "A reference app for HTTP sessions on Remix 2 and Cloudflare Workers.");

export const loader = () => ({
  ...snippets._index,
  start: snippets.start,
  sourceFolder: snippets.sourceFolder as string | null,
});

/** The code stays the same. */
export const shouldRevalidate = () => false;

export default function Home() {
  const { after, before, start, sourceFolder } = useLoaderData<typeof loader>();
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
      <section aria-labelledby="comparison" className="mt-12">
        <h2 id="comparison" className="heading-2">
          No commitSession in your routes
        </h2>
        <div className="comparison">
          <Code title="Before: Remix alone" snippet={before} />
          <Code title="After: with this folder" snippet={after} />
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
                {sourceFolder ? (
                  <a href={`${sourceFolder}/${file}`} className="link inline-block py-0.5">
                    <code>{file}</code>
                  </a>
                ) : (
                  <code>{file}</code>
                )}
              </dt>
              <dd className="text-muted">{text}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

/** To read in the order of a request. */
const files = [
  { file: "worker.ts", text: "The entry. It opens the session, passes it to Remix and sends the cookie afterwards." },
  { file: "app/lib/session/README.md", text: "The folder to copy: its files, its rules, what each store cannot do." },
  { file: "app/lib/session-data.ts", text: "What the session may hold. Any other key does not compile." },
  { file: "app/root.tsx", text: "Reads the theme and the pending messages for every page." },
  { file: "app/routes", text: "A folder for each demonstration, with everything that only it needs." },
];
