import { Code } from "~/components/code";
import { Demonstrations } from "~/components/demonstrations";
import { PageHeading } from "~/components/page-heading";
import { WhereToLook } from "~/components/where-to-look";
import { pageMeta } from "~/lib/page-meta";
import { signOut } from "~/snippets.json";

export { ErrorPage as ErrorBoundary } from "~/components/error-page";

export const meta = pageMeta("Home", "A reference app for HTTP sessions on Remix 2 and Cloudflare Workers.");

export default function Home() {
  return (
    <>
      <div className="grid items-center gap-x-10 gap-y-8 lg:grid-cols-2">
        <PageHeading kicker="Remix 2 on Cloudflare Workers" title="HTTP sessions, done once and done right">
          <p>
            A small app to clone, deploy and copy from. Routes read and write the session. The Worker sends the cookie,
            and only when something has changed.
          </p>
        </PageHeading>
        <Code title="No route calls commitSession" snippet={signOut} />
      </div>
      <Demonstrations />
      <WhereToLook />
    </>
  );
}
