/**
 * Keeps the page, and all that was typed into it, if the connection or the server fails while a form is sent. Remix would replace
 * the page by its error page. A message says what happened, and the form can be sent again.
 *
 * Remix 2 has no hook for this, so it wraps the actions and loaders of Remix's router. No route has to take part.
 * To lift: copy the file, call it in an effect of the root layout, and replace `showError` and `describeError` by your own.
 */
import { describeError } from "./error-text";
import { showError } from "./flash-messages";

type Handler = (args: { request: Request }, ...rest: unknown[]) => unknown;
type Route = { id: string; action?: Handler; loader?: Handler; children?: Route[] };

const NOT_SENT = "The connection was lost. What you sent may not have arrived.";
/** Also shown if a form was accepted, but the next page could not be loaded. */
const NOT_LOADED = "This page is not up to date, because the connection was lost. Reload it.";

const wrapped = new WeakSet<Handler>();

/** Whether both lead to the same page. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((address) => {
    const { pathname, search } = new URL(address, location.origin);
    return pathname.replace(/\/+$/, "") + search;
  });
  return first === second;
}

/** In the browser, once the page is hydrated. Returns a function that stops wrapping the routes that come later, as in development. */
export function keepPage(): () => void {
  const router = __remixRouter;
  let reported: Request | undefined;

  const report = (error: unknown, request: Request, ifLost: string) => {
    const { status, title, text } = describeError(error);
    // Report it once: several loaders wait for the same request.
    if (reported !== request) showError(status === undefined ? ifLost : `${title}. ${text}`);
    reported = request;
    // A script may have failed, rather than the connection.
    if (status === undefined) console.error(error);
    return status;
  };

  const keepAfterAction = (id: string, error: unknown, request: Request) => {
    const { matches, navigation, actionData } = router.state;
    // Otherwise a fetcher sent it, perhaps while a form is on its way.
    const isNavigation = navigation.formAction !== undefined && isSame(navigation.formAction, request.url);
    // If the form leads to another page, that page shows the error. Not by the address, which has several spellings.
    if (isNavigation && !matches.some(({ route }) => route.id === id)) throw error;
    const data = isNavigation ? actionData?.[id] : undefined;
    // After an error status the router loads nothing. The same object as before: a new one would move the focus to the summary.
    const response = Response.json(null, { status: report(error, request, NOT_SENT) ?? 503 });
    return Object.assign(response, { json: async () => data });
  };

  /** Keeps only what this very page has loaded before, and never hides an error that the server reported. */
  const keepAfterLoader = (id: string, error: unknown, request: Request) => {
    const { location, loaderData, navigation } = router.state;
    const isSamePage = isSame(location.pathname + location.search, request.url);
    if (!isSamePage || !(id in loaderData) || describeError(error).status !== undefined) throw error;
    // Stay silent about the background: nobody asked for that load.
    if (navigation.state !== "idle") report(error, request, NOT_LOADED);
    return loaderData[id];
  };

  const wrap = (id: string, handler: Handler | undefined, keep: typeof keepAfterAction) => {
    if (!handler || wrapped.has(handler)) return handler;
    const wrapper: Handler = async (args, ...rest) => {
      try {
        return await handler(args, ...rest);
      } catch (error) {
        // A redirect, or a request that another one has replaced.
        if (error instanceof Response || args.request.signal.aborted) throw error;
        return keep(id, error, args.request);
      }
    };
    wrapped.add(wrapper);
    return wrapper;
  };

  const wrapAll = (routes: Route[]) => {
    for (const route of routes) {
      route.action = wrap(route.id, route.action, keepAfterAction);
      route.loader = wrap(route.id, route.loader, keepAfterLoader);
      wrapAll(route.children ?? []);
    }
  };
  const wrapRouter = () => wrapAll(router.routes as Route[]);
  wrapRouter();
  return router.subscribe(wrapRouter);
}
