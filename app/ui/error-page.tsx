/**
 * What a visitor sees when something goes wrong: what happened, in plain words, and a way on. Never the error itself, which
 * may contain a query or a secret. It is in the log, and in development below the text.
 */
import { Link, useLocation, useRouteError } from "@remix-run/react";
import { describeError } from "~/lib/error-text";
import { PageHeading } from "./page-heading";

/** For a route to export as its ErrorBoundary. The header, the theme and the messages around it stay. */
export function ErrorPage() {
  const error = useRouteError();
  const { status, title, text } = describeError(error);
  const { pathname, search } = useLocation();
  return (
    <>
      <PageHeading kicker={status === undefined ? "Not loaded" : `Error ${status}`} title={title}>
        <p>{text}</p>
      </PageHeading>
      <p className="mt-8 flex flex-wrap gap-4">
        <Link to="/" className="button">
          Go to the home page
        </Link>
        {(status === undefined || status >= 500) && (
          // A new document, because the running script may be what failed.
          <a href={pathname + search} className="button" data-kind="quiet">
            {status === undefined ? "Load the page" : "Try again"}
          </a>
        )}
      </p>
      {process.env.NODE_ENV === "development" && error instanceof Error && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it
        <pre className="mt-8 overflow-x-auto rounded bg-sunken p-4 text-sm" tabIndex={0}>
          {error.stack}
        </pre>
      )}
    </>
  );
}
