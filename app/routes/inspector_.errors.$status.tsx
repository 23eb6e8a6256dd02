/** Each error page, to look at: /inspector/errors/404. There only where the inspector is. */
import { data, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/cloudflare";
import { errorMeta } from "~/components/error-page";

export { ErrorPage as ErrorBoundary } from "~/components/error-page";

export const meta: MetaFunction = ({ error }) => errorMeta(error);

export function loader({ params, context: { isInspectorOn } }: LoaderFunctionArgs): never {
  const status = Number(params.status);
  throw data(null, { status: isInspectorOn && status >= 400 && status <= 599 ? status : 404 });
}

export const action = loader;

/** Never drawn. */
export default function NoPage() {
  return null;
}
