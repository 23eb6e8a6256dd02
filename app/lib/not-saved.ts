/**
 * What a visitor sees if a change could not be saved (rule 4.6): their form again, with what they typed and the reason,
 * never a bare error. The action does not run a second time, since it may have sent an email. It also left the fields in
 * `context.submitted` (form-fields.ts), so the request's body is neither buffered nor copied.
 */
import {
  type ActionFunctionArgs,
  type AppLoadContext,
  createRequestHandler,
  type ServerBuild,
} from "@remix-run/cloudflare";
import type { NotSaved } from "~/lib/session";
import { asksForPage, plainPage } from "./plain-page";
import { refuseForm } from "./refused-form";

const reasons = {
  503: "This was not saved: the service that stores it is not responding. Please try again in a moment.",
  409: "This was not saved: you signed in or out in the meantime. Reload the page and send it again.",
  500: "This was not saved: it is probably too large. Shorten it and send it again.",
};

/**
 * Makes the function that answers requests in this way: call it once for the build. With a request's context it returns
 * handleFetch's `notSaved`, or nothing for a script's GET: handleFetch answers it with a line of text.
 */
export function createNotSavedPage(build: ServerBuild, mode?: string) {
  const drawForm = createRequestHandler(withRefusingActions(build), mode);

  return (context: AppLoadContext) => {
    const { request } = context.config;
    if (request.method !== "GET" && request.method !== "HEAD") {
      return ({ status, session }: NotSaved): Promise<Response> =>
        drawForm(withoutBody(request), { ...context, session, notSaved: status });
    }
    if (!asksForPage(request)) return undefined;
    // No form to draw. The loader has begun to change who is signed in, so it must not run a second time either.
    return ({ status }: NotSaved): Response =>
      plainPage({ status, title: "Not saved", text: reasons[status], link: "Try again", nonce: context.nonce });
  };
}

/** Every action refuses its form, in the shape in which the app's own actions do; loaders and pages stay as they are. */
function withRefusingActions(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).map(([id, route]) => {
    if (!route?.module.action) return [id, route];
    return [id, { ...route, module: { ...route.module, action: refuse } }];
  });
  return { ...build, routes: Object.fromEntries(routes) };
}

function refuse({ context: { submitted, notSaved = 503 } }: ActionFunctionArgs) {
  return refuseForm(notSaved, { "": reasons[notSaved] }, submitted);
}

/** The body has been read. Without Origin, because handleFetch has checked it and Remix's own check knows less. */
function withoutBody({ url, method, signal, headers: given }: Request): Request {
  const headers = new Headers(given);
  for (const name of ["Content-Type", "Content-Length", "Origin"]) headers.delete(name);
  return new Request(url, { method, headers, signal });
}
