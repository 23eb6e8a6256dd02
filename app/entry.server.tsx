/** Renders the page to a stream of HTML, once the loaders have run. */
import type { AppLoadContext, EntryContext, HandleErrorFunction } from "@remix-run/cloudflare";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToReadableStream } from "react-dom/server";
import { NonceContext } from "~/ui/nonce";

/** The time limit of a deferred loader. Remix then rejects it, and the page shows an error instead of a spinner. */
export const streamTimeout = 5_000;

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { nonce }: AppLoadContext,
) {
  // Rendering stops when the visitor leaves, or one second after the loaders' limit, so that their errors are still
  // rendered. Don't use AbortSignal.any here: workerd never frees such a signal, nor the rendered page that listens to it.
  const rendering = new AbortController();
  const stop = () => rendering.abort(request.signal.reason);
  request.signal.addEventListener("abort", stop);
  const timer = setTimeout(() => rendering.abort(new Error("The page took too long to render")), streamTimeout + 1_000);
  const release = () => {
    clearTimeout(timer);
    request.signal.removeEventListener("abort", stop);
  };

  let shellIsReady = false;
  const body = await renderToReadableStream(
    <NonceContext.Provider value={nonce}>
      <RemixServer context={remixContext} url={request.url} nonce={nonce} />
    </NonceContext.Provider>,
    {
      signal: rendering.signal,
      nonce,
      onError(error: unknown) {
        status = 500;
        // Before the shell is ready, Remix catches the error, logs it and renders the error page.
        if (shellIsReady && !request.signal.aborted) console.error(error);
      },
    },
  ).catch((error: unknown) => {
    release();
    throw error;
  });
  shellIsReady = true;
  body.allReady.then(release, release);
  // React ignores a signal that is already aborted.
  if (request.signal.aborted) stop();

  // A crawler does not wait for content that is streamed in later.
  if (isbot(request.headers.get("User-Agent"))) await body.allReady;

  headers.set("Content-Type", "text/html; charset=utf-8");
  return new Response(body, { headers, status });
}

/** Logs the errors that are ours to fix. With 404 and 405 anyone could fill the log. */
export const handleError: HandleErrorFunction = (error, { request }) => {
  if (request.signal.aborted || (isRouteErrorResponse(error) && error.status < 500)) return;
  console.error(error);
};
