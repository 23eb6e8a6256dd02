/** Runs before every other script of the page: Remix's inline ones use `sessionStorage` too. */
import { provideStandIns } from "~/lib/stand-ins.server";

export function StandInsScript({ nonce }: { nonce: string | undefined }) {
  return (
    <script
      nonce={nonce}
      // The browser hides the nonce, and its bundle lacks the function: only the server's HTML has to have it.
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: our own function, as text
      dangerouslySetInnerHTML={{ __html: `(${provideStandIns})()` }}
    />
  );
}
