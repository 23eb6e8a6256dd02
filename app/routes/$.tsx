/** Every address without a route of its own. With a route, the root loader runs, and the page has the visitor's theme. */
import { data } from "@remix-run/cloudflare";
import { pageMeta } from "~/lib/page-meta";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta("Page not found");

export function loader(): never {
  throw data(null, { status: 404 });
}

export const action = loader;

/** Never rendered. Without a component this would be a resource route, and the 404 a blank response. */
export default function NotFound() {
  return null;
}
