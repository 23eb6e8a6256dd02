import { createRequestHandler, RouterContextProvider } from "react-router";
import { drainOnThisMachine, withoutOriginHeader } from "~/lib/session";
import { workerContext } from "~/session-middleware";

export { SessionObject } from "~/lib/session/stores";

const requestHandler = createRequestHandler(() => import("virtual:react-router/server-build"), import.meta.env.MODE);

export default {
  async fetch(request, env, ctx) {
    const loadContext = new RouterContextProvider();
    loadContext.set(workerContext, { request, env, ctx });
    // React Router's own check of the Origin runs before any middleware. The session's makes it unnecessary.
    const response = await requestHandler(withoutOriginHeader(request), loadContext);
    // A form to an address without a route reaches no middleware, and unread it would end `wrangler dev`.
    await drainOnThisMachine(request, response);
    return response;
  },
} satisfies ExportedHandler<Env>;
