/** For the loader of a page that shows who is signed in: what the page needs to notice that it is no longer true. */
import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { tagOf } from "~/lib/session-extras/live";
import type { SignInWatch } from "./live-sign-out";

/** Nothing for an anonymous visitor. */
export async function signInWatch({ context }: LoaderFunctionArgs): Promise<SignInWatch | undefined> {
  const { session, config } = context;
  const user = session.get("user");
  if (user === undefined) return undefined;
  return { path: `/account/live?as=${await tagOf(user, config)}`, isLive: config.store.kind === "durable-object" };
}
