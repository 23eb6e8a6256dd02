/** Which messages are shown, and where. The server sends each of them once; from then on it is kept here. */
import { useLocation, useMatches } from "@remix-run/react";
import { useCallback, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import type { FlashMessage } from "~/lib/flash-messages";
import { useThemeFetcher } from "~/routes/theme-toggle/use-theme";
import { useRootData } from "./use-root-data";

const NONE: FlashMessage[] = [];

export function useMessages() {
  const root = useRootData();
  const isKept = useMessagesAreKept();
  const loaded = isKept ? NONE : (root?.messages ?? NONE);
  const saved = useThemeFetcher().data;
  const error = saved && "error" in saved ? saved.error : undefined;
  const { key } = useLocation();

  // Messages that came with the document are in its HTML, and stay until the visitor leaves the page.
  const [first] = useState({ messages: loaded, key });
  const [toasts, setToasts] = useState(NONE);
  const [closed, setClosed] = useState<string[]>([]);
  const [isHydrated, setIsHydrated] = useState(false);
  useEffect(() => setIsHydrated(true), []);

  useEffect(() => {
    const arrived = [...(loaded === first.messages ? NONE : loaded), ...(error ? [error] : NONE)];
    const isNew = (list: FlashMessage[]) => (message: FlashMessage) => list.every(({ id }) => id !== message.id);
    setToasts((list) => [...list, ...arrived.filter(isNew(list))]);
  }, [loaded, error, first]);

  const close = useCallback((id: string) => {
    // The button goes with the message, and must not take the focus with it.
    const message = document.querySelector(`[data-message="${id}"]`);
    if (message?.contains(document.activeElement)) document.getElementById("main")?.focus();
    setClosed((list) => [...list, id]);
  }, []);

  const isOpen = ({ id }: FlashMessage) => !closed.includes(id);
  const shown = {
    banner: key === first.key ? first.messages.filter(isOpen) : NONE,
    toasts: toasts.filter(isOpen),
  };
  const open = [...shown.banner, ...shown.toasts];
  useEscape(close);
  useNoneAfterReturn(open, close);
  return { ...shown, close: isHydrated ? close : undefined };
}

/**
 * Whether a loader of this page has called `session.keepFlash()` and says so with `keepsMessages`. Its messages come again
 * with the next page, so showing them here would show them twice.
 */
function useMessagesAreKept(): boolean {
  return useMatches().some(({ data }) => (data as { keepsMessages?: boolean } | undefined)?.keepsMessages === true);
}

/** Messages were read before the visitor left. The back/forward cache would bring them back, with the focus. */
function useNoneAfterReturn(messages: FlashMessage[], close: (id: string) => void) {
  useEffect(() => {
    const onPageShow = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) return;
      // Drawn at once, before the restored page is painted.
      flushSync(() => {
        for (const { id } of messages) close(id);
      });
    };
    addEventListener("pageshow", onPageShow);
    return () => removeEventListener("pageshow", onPageShow);
  }, [messages, close]);
}

/** Escape closes the message that has the focus, else the newest: the one that is drawn by then, on a busy device too. */
function useEscape(close: (id: string) => void) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      const drawn = [".toasts", ".banner"].map((list) => document.querySelector(`${list} > [data-message]:last-child`));
      const message = document.activeElement?.closest("[data-message]") ?? drawn[0] ?? drawn[1];
      const id = message?.getAttribute("data-message");
      if (id) close(id);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [close]);
}
