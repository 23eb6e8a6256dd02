import { data, type LoaderFunctionArgs } from "@remix-run/cloudflare";
import { isOn } from "~/lib/is-on";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export function loader({ context: { session, env } }: LoaderFunctionArgs) {
  if (!isOn(env.SESSION_INSPECTOR)) throw data(null, { status: 404 });
  session.keepFlash();
  return { keepsMessages: true };
}

export default function Inspector() {
  return <h1>What your session holds</h1>;
}
