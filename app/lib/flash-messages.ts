/** Messages for the visitor: those that earlier requests left in the session, and errors that the browser adds. */
import type { AppLoadContext } from "@remix-run/cloudflare";

export type FlashMessage = { id: string; kind: "success" | "error"; text: string };

/**
 * Reads the pending messages, which removes them from the session. Called by the root loader alone, so that every page
 * shows them and none can forget to. Each read makes a new id: the same text twice in a row is two messages.
 */
export function readFlashMessages(session: AppLoadContext["session"]): FlashMessage[] {
  return (["success", "error"] as const).flatMap((kind) => {
    const text = session.getFlash(kind);
    return text ? [{ id: crypto.randomUUID(), kind, text }] : [];
  });
}

const EVENT = "error-in-browser";
let count = 0;

/** Shows an error that no request has left, such as a lost connection. In the browser only. */
export function showError(text: string): void {
  // Not a UUID: browsers make those over https only.
  const detail: FlashMessage = { id: `own-${++count}`, kind: "error", text };
  dispatchEvent(new CustomEvent(EVENT, { detail }));
}

/** Calls back with each of these. Returns a function that stops listening. */
export function onErrorInBrowser(show: (message: FlashMessage) => void): () => void {
  const listener = (event: Event) => show((event as CustomEvent<FlashMessage>).detail);
  addEventListener(EVENT, listener);
  return () => removeEventListener(EVENT, listener);
}
