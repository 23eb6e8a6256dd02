/** Tells an open tab whether its visitor is still signed in: app/lib/live-sign-out.ts asks. */
import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { getConfig } from "~/lib/session";
import { answerLiveSignOut } from "~/lib/session-extras/live";

export function loader({ request, context: { session, env, ctx } }: LoaderFunctionArgs) {
  return answerLiveSignOut(session, getConfig({ request, env, ctx }));
}
