/** What has to run before every other script of the page, and before its style sheet has failed to load. */
import { reloadIfFilesAreLost } from "~/lib/lost-files.server";
import { provideStandIns } from "~/lib/stand-ins.server";

export function EarlyScripts({ nonce }: { nonce: string | undefined }) {
  return (
    <script
      nonce={nonce}
      // The browser hides the nonce, and its bundle lacks the functions: only the server's HTML has to have them.
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: our own functions, as text
      dangerouslySetInnerHTML={{ __html: `(${provideStandIns})();(${reloadIfFilesAreLost})()` }}
    />
  );
}
