/** Runs before every other script of the page: they expect what a browser may refuse. */
import { provideStandIns } from "~/lib/stand-ins.server";

export function EarlyScripts({ nonce }: { nonce: string | undefined }) {
  return (
    <script
      nonce={nonce}
      // The browser hides the nonce, and its bundle lacks the function: only the server's HTML has to have them.
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: our own function, as text
      dangerouslySetInnerHTML={{ __html: `(${provideStandIns})()` }}
    />
  );
}
