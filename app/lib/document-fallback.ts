/**
 * A navigation can fail in the browser: the connection drops for a moment, or a script cannot do its part. The browser's own
 * navigation needs no script, so the address is then loaded as a document.
 */
import { router } from "./router";

/** The address whose document this is. If it failed before the router went anywhere, loading it again would never end. */
const loaded = typeof location === "undefined" ? undefined : location.pathname + location.search;

let hasLeft = false;
let lastWasSubmission = false;

/** Call it in an effect: it returns what ends it. */
export function noteNavigations(): (() => void) | undefined {
  return router()?.subscribe(({ navigation: { location, formMethod } }) => {
    if (!location) return;
    hasLeft ||= location.pathname + location.search !== loaded;
    lastWasSubmission = formMethod !== undefined;
  });
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
