/**
 * What a visitor sees when something goes wrong: what happened, in plain words, and a way on. Never the error itself, which
 * may contain a query or a secret. It is in the log, and in development below the text.
 */
import { Link, useLocation, useRouteError } from "@remix-run/react";
import { useEffect } from "react";
import { loadAsDocument, wasSubmission } from "~/lib/document-fallback";
import { describeError } from "~/lib/error-text";
import { PageHeading } from "./page-heading";

/** For a route to export as its ErrorBoundary. The header, the theme and the messages around it stay. */
export function ErrorPage() {
  const error = useRouteError();
  const { status, title, text } = describeError(error);
  const { pathname, search } = useLocation();
  const isOfBrowser = status === undefined;

  useEffect(() => {
    if (isOfBrowser) loadAsDocument(pathname + search);
  }, [isOfBrowser, pathname, search]);

  return (
    <>
      <PageHeading kicker={isOfBrowser ? "Not loaded" : `Error ${status}`} title={title}>
        <p>
          {text} {isOfBrowser && (wasSubmission() ? "What you sent may not have arrived." : "Please load it again.")}
        </p>
      </PageHeading>
      <p className="mt-8 flex flex-wrap gap-4">
        <Link to="/" className="button">
          Go to the home page
        </Link>
        {(isOfBrowser || status >= 500) && (
          // A new document, because the running script may be what failed.
          <a href={pathname + search} className="button" data-kind="quiet">
            {isOfBrowser ? "Load the page" : "Try again"}
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
