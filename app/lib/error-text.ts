/** What visitors read about an error, by its status: what happened and what to do. Never the error's own message. */
import { isRouteErrorResponse } from "@remix-run/react";

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
    text: "Nothing is here. The link may be out of date, or the address has a typo.",
  },
  405: {
    title: "This page cannot do that",
    text: "The page exists, but it does not take this kind of request. Open it as a page instead.",
  },
  413: {
    title: "That was too much to send",
    text: "What you sent is larger than this page accepts. Shorten it and send it again.",
  },
  422: {
    title: "This could not be accepted",
    text: "The request was understood, but something in it is not right. Go back, correct it and send it again.",
  },
  503: {
    title: "Not available right now",
    text: "A service that this page needs is not responding. Please try again in a minute.",
  },
};
const inBrowser = {
  title: "The page could not be loaded",
  text: "The connection was lost, or a script of this page failed. What you sent may not have arrived.",
};
const unexpected = {
  title: "Something went wrong",
  text: "The fault is ours, and it has been logged. Please try again in a minute.",
};

/** What a visitor reads about an error. Without a status, it happened in the browser, and the server knows nothing of it. */
export type ErrorDescription = { status?: number; title: string; text: string };

export function describeError(error: unknown): ErrorDescription {
  if (isOfBrowser(error)) return inBrowser;
  const status = isRouteErrorResponse(error) ? error.status : 500;
  return { status, ...errorText(status) };
}

/** Returns the title and the text for a status; a general one for a status without its own. */
export function errorText(status: number): { title: string; text: string } {
  return texts[status] ?? unexpected;
}

/**
 * An error that was thrown here names this site's scripts; Firefox and Safari give a connection that fails no stack at all. One
 * of the server has this message, which Remix puts in place of its own; in development it names the server's files.
 */
function isOfBrowser(error: unknown): boolean {
  if (typeof location === "undefined" || !(error instanceof Error)) return false;
  return error.message !== "Unexpected Server Error" && (!error.stack || error.stack.includes(location.origin));
}
