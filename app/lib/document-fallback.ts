/**
 * A navigation can fail in the browser: the connection drops for a moment, or a script cannot do its part. The browser's own
 * navigation needs no script, so the address is then loaded as a document.
 */

/** The address whose document this is. If it failed before the router went anywhere, loading it again would never end. */
const loaded = typeof location === "undefined" ? undefined : location.pathname + location.search;

let hasLeft = false;
let lastWasSubmission = false;

/** Call it when the router begins to navigate. */
export function noteNavigation({ path, isSubmission }: { path: string; isSubmission: boolean }): void {
  hasLeft ||= path !== loaded;
  lastWasSubmission = isSubmission;
}

/**
 * Loads this path as a document, unless it is the one that failed, or the browser is offline. Not after a form: nobody knows
 * whether it has arrived, and the visitor should learn that.
 */
export function loadAsDocument(path: string): void {
  if (lastWasSubmission || (path === loaded && !hasLeft) || !navigator.onLine) return;
  location.replace(path);
}

/** Whether the last thing that the router did was to send a form. */
export function wasSubmission(): boolean {
  return lastWasSubmission;
}
