import type { MetaFunction } from "@remix-run/cloudflare";
import { Link } from "@remix-run/react";
import { Code } from "~/components/code";
import { ErrorPage, errorMeta } from "~/components/error-page";
import { PageHeading } from "~/components/page-heading";
import { pageMeta } from "~/lib/page-meta";
import { signOut } from "~/snippets.json";

export { ErrorPage as ErrorBoundary };

export const meta: MetaFunction = ({ error }) =>
  error ? errorMeta(error) : pageMeta("Home", "A reference app for HTTP sessions on Remix 2 and Cloudflare Workers.");

const demonstrations = [
  {
    to: "/theme-toggle",
    name: "Choose a theme",
    keeps: "set",
    text: "A value that stays. The server draws the theme into the HTML that it sends, so nothing flashes.",
  },
  {
    to: "/form-flash",
    name: "Send a form",
    keeps: "flash",
    text: "A message that is shown once: set before a redirect, read on the next page, gone after that.",
  },
  {
    to: "/account",
    name: "Sign in and out",
    keeps: "user",
    text: "A new id at sign-in, an end that holds at sign-out, and a list of devices where the store can make one.",
  },
];

const places = [
  { file: "worker.ts", text: "The entry. It opens the session, passes it to Remix and sends the cookie afterwards." },
  { file: "app/lib/session/", text: "The part to copy. It imports nothing else of the app." },
  { file: "app/lib/session-data.ts", text: "What a session may hold. Any other key does not compile." },
  { file: "app/root.tsx", text: "Reads the theme and the pending messages for every page." },
  { file: "app/routes/theme-toggle.tsx", text: "An action that sets a value and one that takes it away." },
  { file: "app/routes/form-flash.tsx", text: "A form with server-side checks and a message after the redirect." },
  { file: "app/routes/account.tsx", text: "Sign-in, sign-out, and the devices of one user." },
  { file: "app/routes/inspector.tsx", text: "What your session holds. In production it is not there." },
  { file: "e2e/", text: "The same pages, driven by a real browser, with and without JavaScript." },
];

export default function Home() {
  return (
    <>
      <div className="grid items-center gap-x-10 gap-y-8 lg:grid-cols-2">
        <PageHeading kicker="Remix 2 on Cloudflare Workers" title="HTTP sessions, done once and done right">
          <p>
            A small app, made to be cloned, deployed and copied from. Routes read and write the session; the Worker
            sends the cookie, and only when something has changed.
          </p>
        </PageHeading>
        <Code title="Nobody commits anything" snippet={signOut} />
      </div>

      <section aria-labelledby="demonstrations" className="mt-12">
        <h2 id="demonstrations" className="heading-2">
          Three demonstrations
        </h2>
        <ul className="mt-4 grid gap-5 lg:grid-cols-3">
          {demonstrations.map(({ to, name, keeps, text }) => (
            <li key={to} className="ticket">
              <span className="ticket-stub">
                <code>{keeps}</code>
              </span>
              <div className="p-5">
                <h3 className="text-lg font-bold">
                  <Link to={to} className="link">
                    {name}
                  </Link>
                </h3>
                <p className="mt-1 text-muted">{text}</p>
              </div>
            </li>
          ))}
        </ul>
      </section>

      <section aria-labelledby="code" className="mt-12">
        <h2 id="code" className="heading-2">
          Where to look in the code
        </h2>
        <p className="mt-2 max-w-prose text-muted">
          A request walks from <code>worker.ts</code> through <code>handleFetch</code> and Remix to a route, and back
          through <code>handleFetch</code>, which sends the cookie.
        </p>
        <dl className="ledger">
          {places.map(({ file, text }) => (
            <div key={file}>
              <dt>
                <code>{file}</code>
              </dt>
              <dd className="text-muted">{text}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}
