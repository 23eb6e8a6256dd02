/** Tells an open tab whether its visitor is still signed in: app/lib/live-sign-out.ts asks. */
import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerLiveSignOut } from "~/lib/session-extras/live";

export function loader({ context: { session, config } }: LoaderFunctionArgs) {
  return answerLiveSignOut(session, config);
}
