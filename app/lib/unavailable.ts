/**
 * When the session's store does not take what an action has changed, the visitor gets the page of the form again, with
 * what was typed in it, and never a bare error (rule 4.6). The action must not run a second time: it may have sent a mail.
 */
import { type ActionFunction, data, type ServerBuild } from "@remix-run/cloudflare";
import { formFields } from "./form-fields";

/** A form beyond this is not kept for the case; the page then comes without what was typed. */
const MAX_FORM_BYTES = 100_000;

/**
 * The build, with actions that stand still while `context.isUnavailable`: they return what was typed and an error, in
 * the shape in which the app's forms are refused, `{ values, errors }`, for documents and for single fetch alike.
 */
export function withUnavailableActions(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).map(([id, route]) => {
    if (!route?.module.action) return [id, route];
    const { action } = route.module;
    const guarded: ActionFunction = (args) => (args.context.isUnavailable ? refuse(args.request) : action(args));
    return [id, { ...route, module: { ...route.module, action: guarded } }];
  });
  return { ...build, routes: Object.fromEntries(routes) };
}

async function refuse(request: Request) {
  const values = { ...(await formFields(request)) };
  const errors = { "": "This was not saved: a part of the site is not answering. Please try again in a moment." };
  return data({ values, errors }, { status: 503 });
}

/** The request, and what makes it once more: the body of a request can be read only once. */
export async function withSecondCopy(request: Request): Promise<{ request: Request; again: () => Request }> {
  const isForm = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;
  const isSmall = Number(request.headers.get("Content-Length") ?? 0) <= MAX_FORM_BYTES;
  if (!request.body || !isSmall || !isForm.test(request.headers.get("Content-Type") ?? "")) {
    return { request, again: () => new Request(request.url, { method: request.method, headers: request.headers }) };
  }
  const body = await request.arrayBuffer();
  const again = () => new Request(request, { body });
  return { request: again(), again };
}
