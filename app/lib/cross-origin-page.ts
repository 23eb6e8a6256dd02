/** What a visitor sees if their form was refused because it came from another site (rule 7.1). */
import { errorText } from "./error-text";
import { asksForPage, plainPage } from "./plain-page";

/** For handleFetch's `refused`. Returns nothing for a script: handleFetch answers it with a line of text. */
export function crossOriginPage(request: Request, nonce: string): (() => Response) | undefined {
  if (!asksForPage(request)) return undefined;
  return () => plainPage({ status: 403, ...errorText(403), link: "Open the page", nonce });
}
