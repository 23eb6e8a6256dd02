/**
 * What this visitor's session holds, and what the last responses did with it. In production it is a 404, unless
 * SESSION_INSPECTOR is "on".
 */
import { data, type LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { InspectorReport } from "~/components/inspector-report";
import { responsesOf } from "~/lib/inspector";
import { inspectedSession } from "~/lib/inspector-path";
import { pageMeta } from "~/lib/page-meta";
import { getConfig, inspectSession } from "~/lib/session";

export { ErrorPage as ErrorBoundary } from "~/components/error-page";

export const meta = pageMeta("Inspector", "What your session holds, and what the last responses did with it.");

export async function loader({ request, context: { session, env, ctx, isInspectorOn } }: LoaderFunctionArgs) {
  if (!isInspectorOn) throw data(null, { status: 404 });
  // The root loader has read the messages. Here they are shown as data and stay pending for the next page.
  session.keepFlash();
  const report = await inspectSession(session, getConfig({ request, env, ctx }));
  const responses = responsesOf(report.session ?? inspectedSession(request));
  return { report, responses, now: Date.now(), keepsMessages: true };
}

export function action({ context: { isInspectorOn } }: LoaderFunctionArgs): never {
  throw data(null, { status: isInspectorOn ? 405 : 404 });
}

export default function Inspector() {
  return <InspectorReport {...useLoaderData<typeof loader>()} />;
}
