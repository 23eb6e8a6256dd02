/**
 * What this visitor's session holds, and what your last requests did with it. In production it is a 404, unless
 * SESSION_INSPECTOR is "on".
 */
import { data, type LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { pageMeta } from "~/lib/page-meta";
import { inspectVisitor } from "./inspector";
import { InspectorReport } from "./page";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta("Inspector", "What your session holds, and what your last requests did with it.");

export async function loader(args: LoaderFunctionArgs) {
  const { session, isInspectorOn } = args.context;
  if (!isInspectorOn) throw data(null, { status: 404 });
  // The root loader has read the messages. Here they are shown as data and stay pending for the next page.
  session.keepFlash();
  return { ...(await inspectVisitor(args)), keepsMessages: true };
}

export function action({ context: { isInspectorOn } }: LoaderFunctionArgs): never {
  throw data(null, { status: isInspectorOn ? 405 : 404 });
}

export default function Inspector() {
  return <InspectorReport loaded={useLoaderData<typeof loader>()} />;
}
