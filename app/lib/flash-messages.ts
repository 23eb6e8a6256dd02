/** The messages for the visitor: those that earlier requests left for this page, and those that the browser adds. */
import type { AppLoadContext } from "@remix-run/cloudflare";

export type FlashMessage = { id: string; kind: "success" | "error"; text: string };

/**
 * Reads the pending messages, after which the session drops them. Only the root loader calls it, so that every page
 * shows them and no page can forget to. The id is new each time: the same text twice in a row is two messages.
 */
export function readFlashMessages(session: AppLoadContext["session"]): FlashMessage[] {
  return (["success", "error"] as const).flatMap((kind) => {
    const text = session.getFlash(kind);
    return text ? [{ id: crypto.randomUUID(), kind, text }] : [];
  });
}

let count = 0;

/** For the browser alone: a message of its own, which no request left. */
export function errorMessage(text: string): FlashMessage {
  // Not a UUID, which browsers make over https only.
  return { id: `own-${++count}`, kind: "error", text };
}
