/** What a visitor sees if their form was refused because it came from another site (rule 7.1). */
import type { AppLoadContext } from "@remix-run/cloudflare";
import { errorText } from "./error-text";
import { asksForPage, plainPage } from "./plain-page";

/** For handleFetch's `refused`. Returns nothing for a script: handleFetch answers it with a line of text. */
export function crossOriginPage({ config, nonce }: Pick<AppLoadContext, "config" | "nonce">) {
  if (!asksForPage(config.request)) return undefined;
  return () => plainPage({ status: 403, ...errorText(403), link: "Open the page", nonce });
}
