/** Loads the inspector's data again every two seconds while the page is visible. */
import { useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect, useState } from "react";
import { useRefresh } from "~/ui/use-refresh";

const INTERVAL = 2_000;

/** `isLive` is undefined before hydration, when a button would do nothing. */
export function useLiveUpdates() {
  const [isLive, setIsLive] = useState<boolean>();
  useEffect(() => setIsLive(true), []);

  const refresh = useRefresh();
  const { state } = useRevalidator();
  const isIdle = useNavigation().state === "idle" && state === "idle";
  useEffect(() => {
    if (!isLive || !isIdle) return;
    let isStopped = false;
    let timer = 0;
    const poll = async () => {
      if (!document.hidden) await refresh();
      if (!isStopped) timer = window.setTimeout(poll, INTERVAL);
    };
    timer = window.setTimeout(poll, INTERVAL);
    return () => {
      isStopped = true;
      clearTimeout(timer);
    };
  }, [isLive, isIdle, refresh]);

  return { isLive, toggle: () => setIsLive((live) => !live) };
}
