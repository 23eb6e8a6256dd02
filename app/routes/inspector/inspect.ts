/** The inspector's one door: what it notes of a request. */
import type { AppLoadContext } from "@remix-run/cloudflare";
import type { HandleFetchOptions } from "~/lib/session";

/** For handleFetch's `report`. Returns nothing if the inspector is off. */
export function inspect(_context: AppLoadContext): HandleFetchOptions["report"] {
  return undefined;
}
