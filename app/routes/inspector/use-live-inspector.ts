/**
 * Keeps the inspector up to date while it is open: at once if another tab of this browser says that it got an answer, else
 * every few seconds, for what no script announces. A hidden tab asks for nothing.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Inspected } from "./inspector";
import { listenForAnswers } from "./inspector-channel";
import { inspectorPath } from "./inspector-path";

/** Milliseconds. A page that changes faster cannot be read. */
const SOONEST = 1_000;
const REGULARLY = 6_000;

export function useLiveInspector(loaded: Inspected) {
  const [fetched, setFetched] = useState<Inspected>();
  const [isLive, setIsLive] = useState<boolean>();
  // What the router has loaded since is newer.
  const shown = fetched && fetched.now > loaded.now ? fetched : loaded;
  const known = useRef(shown.timelines);
  useEffect(() => {
    known.current = [...new Set([...known.current, ...shown.timelines])];
  }, [shown]);
  useEffect(() => setIsLive(true), []);

  useEffect(() => {
    if (!isLive) return;
    let isStopped = false;
    let timer = 0;
    let askedAt = Date.now();
    const ask = async () => {
      timer = 0;
      if (document.hidden) return;
      askedAt = Date.now();
      // Without an answer, what is shown stays.
      const answer = await askServer(known.current).catch(() => undefined);
      if (isStopped) return;
      if (answer) setFetched((shown) => (shown && shown.now > answer.now ? shown : answer));
      // Another tab may have asked for the next one meanwhile.
      if (timer === 0) wait(REGULARLY);
    };
    const wait = (time: number) => {
      clearTimeout(timer);
      timer = window.setTimeout(ask, time);
    };
    const soon = () => wait(Math.max(0, askedAt + SOONEST - Date.now()));
    const stopListening = listenForAnswers((timeline) => {
      if (timeline && !known.current.includes(timeline)) known.current = [...known.current, timeline];
      soon();
    });
    document.addEventListener("visibilitychange", soon);
    wait(REGULARLY);
    return () => {
      isStopped = true;
      clearTimeout(timer);
      stopListening();
      document.removeEventListener("visibilitychange", soon);
    };
  }, [isLive]);

  const toggle = useCallback(() => setIsLive((live) => !live), []);
  return { shown, isLive, toggle };
}

async function askServer(timelines: string[]): Promise<Inspected | undefined> {
  const answer = await fetch(inspectorPath(timelines, "/inspector/live"));
  return answer.ok ? answer.json<Inspected>() : undefined;
}
