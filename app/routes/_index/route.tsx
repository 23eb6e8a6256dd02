import { useLoaderData } from "@remix-run/react";
import { homeCode } from "~/lib/code.server";
import { pageMeta } from "~/lib/page-meta";
import { Code } from "~/ui/code";
import { PageHeading } from "~/ui/page-heading";
import { Demonstrations } from "./demonstrations";
import { Proof } from "./proof";
import { StartCommand } from "./start-command";
import { WhereToLook } from "./where-to-look";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta("Home", "A reference app for HTTP sessions on Remix 2 and Cloudflare Workers.");

export const loader = () => homeCode;

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
            cookie, and only when something has changed.
          </p>
        </PageHeading>
        <div>
          <p className="mb-2 text-muted">On your machine, with Node 20.3 or newer and no account:</p>
          <StartCommand command={start} />
        </div>
      </div>
      <section aria-labelledby="comparison" className="mt-12">
        <h2 id="comparison" className="heading-2">
          No commitSession in your routes
        </h2>
        <div className="comparison">
          <Code title="A form and its message" snippet={after} />
          <Code title="The same with Remix alone" snippet={before} />
        </div>
      </section>
      <Proof />
      <Demonstrations />
      <WhereToLook sourceFolder={sourceFolder} />
    </>
  );
}
