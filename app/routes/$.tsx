/** Every address that no other route has. A route of its own, so that the root loader runs and the page has its theme. */
import { data, type MetaFunction } from "@remix-run/cloudflare";
import { errorMeta } from "~/components/error-page";

export { ErrorPage as ErrorBoundary } from "~/components/error-page";

export const meta: MetaFunction = ({ error }) => errorMeta(error);

export function loader(): never {
  throw data(null, { status: 404 });
}

export const action = loader;

/** Never drawn. Without a component this would be a resource route, and the 404 a blank one. */
export default function NotFound() {
  return null;
}
