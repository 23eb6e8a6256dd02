import { createRequestHandler, RouterContextProvider } from "react-router";
import { withoutOriginHeader } from "~/lib/session";
import { workerContext } from "~/session-middleware";

export { SessionObject } from "~/lib/session/stores";

const requestHandler = createRequestHandler(() => import("virtual:react-router/server-build"), import.meta.env.MODE);

export default {
  fetch(request, env, ctx) {
    const loadContext = new RouterContextProvider();
    loadContext.set(workerContext, { request, env, ctx });
    // React Router's own check of the Origin runs before any middleware. The session's makes it unnecessary.
    return requestHandler(withoutOriginHeader(request), loadContext);
  },
} satisfies ExportedHandler<Env>;
