/** Loads the inspector's data again every two seconds while the page is visible. */
import { useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect, useState } from "react";

const INTERVAL = 2_000;

/** `isLive` is undefined before hydration, when a button would do nothing. */
export function useLiveUpdates() {
  const [isLive, setIsLive] = useState<boolean>();
  useEffect(() => setIsLive(true), []);

  const { revalidate, state } = useRevalidator();
  const isIdle = useNavigation().state === "idle" && state === "idle";
  useEffect(() => {
    if (!isLive || !isIdle) return;
    let isStopped = false;
    let timer = 0;
    const poll = async () => {
      if (!document.hidden && (await canLoad()) && !isStopped) revalidate();
      if (!isStopped) timer = window.setTimeout(poll, INTERVAL);
    };
    timer = window.setTimeout(poll, INTERVAL);
    return () => {
      isStopped = true;
      clearTimeout(timer);
    };
  }, [isLive, isIdle, revalidate]);

  return { isLive, toggle: () => setIsLive((live) => !live) };
}

/** If `revalidate` fails, as while the server restarts, the router replaces the page with the error page. So ask first. */
async function canLoad(): Promise<boolean> {
  const answer = await fetch("/inspector.data", { method: "HEAD" }).catch(() => undefined);
  return answer?.ok === true && answer.headers.get("Content-Type")?.startsWith("text/x-script") === true;
}
