/** Messages for the visitor: those that earlier requests left in the session, and those that the browser adds. */
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

let count = 0;

/** Makes a message in the browser, one that no request has left. */
export function errorMessage(text: string): FlashMessage {
  // Not a UUID: browsers make those over https only.
  return { id: `own-${++count}`, kind: "error", text };
}
