/** Every error page, to look at: /inspector/errors/404. A 404 wherever the inspector is off. */
import { data, type LoaderFunctionArgs } from "@remix-run/cloudflare";
import { isOn } from "~/lib/is-on";
import { pageMeta } from "~/lib/page-meta";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta("Error");

export function loader({ params, context: { env } }: LoaderFunctionArgs): never {
  const status = Number(params.status);
  throw data(null, { status: isOn(env.SESSION_INSPECTOR) && status >= 400 && status <= 599 ? status : 404 });
}

export const action = loader;

/** Never rendered. Without a component this would be a resource route, and the error a blank response. */
export default function NoPage() {
  return null;
}
