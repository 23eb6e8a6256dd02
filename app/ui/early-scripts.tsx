/**
 * Runs before every other script of the page. Where cookies are blocked, `sessionStorage` throws as soon as it is touched, and
 * Remix touches it. With a stand-in, no other code has to expect that. To lift: copy the file; it needs nothing else.
 */
export function EarlyScripts({ nonce }: { nonce: string | undefined }) {
  return (
    <script
      nonce={nonce}
      // The browser hides the nonce: only the server's HTML has to have it.
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: our own function, as text
      dangerouslySetInnerHTML={{ __html: `(${replaceRefusedStorage})()` }}
    />
  );
}

/** The stand-in lasts as long as the document. Sent to the browser as text, so it uses nothing from outside itself. */
function replaceRefusedStorage(): void {
  try {
    sessionStorage.getItem("");
  } catch {
    const values = new Map<string, string>();
    const value = {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, text: string) => void values.set(key, text),
      removeItem: (key: string) => void values.delete(key),
    };
    Object.defineProperty(window, "sessionStorage", { value });
  }
}
