/**
 * Closes each success after a while. An error stays, because it asks the visitor to do something. The timer pauses while
 * the pointer or the focus is on the messages, and while the tab is hidden (WCAG 2.2.1).
 */
import { useEffect, useRef } from "react";
import type { FlashMessage } from "~/lib/flash-messages";

/** How long a success is shown, in milliseconds. */
const READING_TIME = 6_000;
const STEP = 250;

/** Returns the ref for the element that contains the messages. */
export function useTimedClose(messages: FlashMessage[], close: ((id: string) => void) | undefined) {
  const region = useRef<HTMLDivElement>(null);
  const timeLeft = useRef(new Map<string, number>());

  useEffect(() => {
    const timed = messages.filter(({ kind }) => kind === "success");
    if (!close || timed.length === 0) return;
    // Polled. With events, a removed element would never send the one that ends the pause.
    const isPaused = () => document.hidden || region.current?.matches(":hover, :focus-within");
    const timer = setInterval(() => {
      if (isPaused()) return;
      for (const { id } of timed) {
        const left = (timeLeft.current.get(id) ?? READING_TIME) - STEP;
        timeLeft.current.set(id, left);
        if (left <= 0) close(id);
      }
    }, STEP);
    return () => clearInterval(timer);
  }, [messages, close]);

  return region;
}
