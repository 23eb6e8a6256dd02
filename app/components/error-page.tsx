/**
 * What a visitor sees when something is wrong: what happened, in words, and a way on. Never the error itself, which may
 * hold a query or a secret: it is in the log, and during development below the text.
 */
import { isRouteErrorResponse, Link } from "@remix-run/react";
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
  503: {
    title: "Not available just now",
    text: "A part that this page needs is not answering. Please try again in a minute.",
  },
};
const unexpected = {
  title: "Something went wrong",
  text: "The fault is ours, and it has been logged. Please try again in a minute.",
};

/** Returns the status that the response of this error has. */
export function errorStatus(error: unknown): number {
  return isRouteErrorResponse(error) ? error.status : 500;
}

/** Returns the error's name as a visitor may read it, for the heading and the title. */
export function errorTitle(error: unknown): string {
  return (texts[errorStatus(error)] ?? unexpected).title;
}

export function ErrorPage({ error }: { error: unknown }) {
  const status = errorStatus(error);

  return (
    <>
      <PageHeading kicker={`Error ${status}`} title={errorTitle(error)}>
        <p>{(texts[status] ?? unexpected).text}</p>
      </PageHeading>
      <p className="mt-8">
        <Link to="/" className="button">
          Go to the home page
        </Link>
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
