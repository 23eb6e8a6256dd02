/**
 * A file of an older deployment, asked for by a page that was loaded before this one. Not the app's 404 page: as a style
 * sheet or a script it would be eight kilobytes of nothing.
 */
export const loader = () =>
  new Response("No such file in this version of the app. Reload the page.\n", {
    status: 404,
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
  });
