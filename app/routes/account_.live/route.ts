/** Tells an open tab whether its visitor is still signed in. It is asked by account/live-sign-out.ts. */
import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerLiveSignOut } from "~/lib/session-extras/live";

export function loader({ context: { session, config } }: LoaderFunctionArgs) {
  return answerLiveSignOut(session, config);
}
