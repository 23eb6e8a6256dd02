/**
 * Stand-ins for what a browser refuses to a site whose cookies are blocked: `sessionStorage` and `BroadcastChannel` throw
 * wherever they are touched, in Remix's own scripts as well as in ours. With these, no other code has to expect it.
 * To lift: copy the file and components/early-scripts.tsx; they need nothing else.
 */

/**
 * Replaces whichever of the two the browser refuses. The storage lasts as long as the document; the channel reaches nobody.
 * Sent to the browser as text, so it uses nothing from outside itself.
 */
export function provideStandIns(): void {
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
  try {
    new BroadcastChannel("").close();
  } catch {
    const value = class {
      postMessage() {}
      close() {}
    };
    Object.defineProperty(window, "BroadcastChannel", { value });
  }
}
