/** Runs before every other script of the page: Remix's inline ones use `sessionStorage` too. */
import { provideStandIns } from "~/lib/stand-ins";

export function StandInsScript({ nonce }: { nonce: string | undefined }) {
  return (
    <script
      nonce={nonce}
      // The browser hides the nonce, and its bundle has the function in other words.
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: our own function, as text
      dangerouslySetInnerHTML={{ __html: `(${provideStandIns})()` }}
    />
  );
}
