/**
 * What a visitor sees when something is wrong: what happened, in words, and a way on. Never the error itself, which may
 * hold a query or a secret: it is in the log, and during development below the text.
 */
import type { MetaDescriptor } from "@remix-run/cloudflare";
import { isRouteErrorResponse, Link, useLocation, useRouteError } from "@remix-run/react";
import { pageMeta } from "~/lib/page-meta";
import { PageHeading } from "./page-heading";

const texts: Record<number, { title: string; text: string }> = {
  400: {
    title: "The request was not understood",
    text: "Something in it was missing or malformed. Go back and try again.",
  },
  403: {
    title: "This request was refused",
    text: "It seems to have been sent from another site. Open the page here and try again.",
  },
  404: {
    title: "Page not found",
    text: "There is nothing at this address. The link may be old, or the address mistyped.",
  },
  405: {
    title: "This page cannot do that",
    text: "The page exists, but it does not take this kind of request. Open it as a page instead.",
  },
  422: {
    title: "This could not be accepted",
    text: "The request was understood, but something in it is not right. Go back, correct it and send it again.",
  },
  503: {
    title: "Not available just now",
    text: "A part that this page needs is not answering. Please try again in a minute.",
  },
};
const unexpected = {
  title: "Something went wrong",
  text: "The fault is ours, and it has been logged. Please try again in a minute.",
};

function textFor(error: unknown) {
  // The status that the response has.
  const status = isRouteErrorResponse(error) ? error.status : 500;
  return { status, ...(texts[status] ?? unexpected) };
}

/** Returns what a page that failed says of itself, for its route's `meta`. */
export function errorMeta(error: unknown): MetaDescriptor[] {
  return pageMeta(textFor(error).title);
}

/** For a route to export as its ErrorBoundary: the header, the theme and the messages around it stay as they are. */
export function ErrorPage() {
  const error = useRouteError();
  const { status, title, text } = textFor(error);
  const { pathname, search } = useLocation();

  return (
    <>
      <PageHeading kicker={`Error ${status}`} title={title}>
        <p>{text}</p>
      </PageHeading>
      <p className="mt-8 flex flex-wrap gap-4">
        <Link to="/" className="button">
          Go to the home page
        </Link>
        {status >= 500 && (
          // A new document: the script that is running may be what failed.
          <a href={pathname + search} className="button" data-kind="quiet">
            Try again
          </a>
        )}
      </p>
      {process.env.NODE_ENV === "development" && error instanceof Error && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <pre className="mt-8 overflow-x-auto rounded bg-sunken p-4 text-sm" tabIndex={0}>
          {error.stack}
        </pre>
      )}
    </>
  );
}
