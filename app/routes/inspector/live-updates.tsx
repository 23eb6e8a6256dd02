/** Loads the inspector's data again every two seconds while the page is visible. */
import { useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect, useState } from "react";
import { useRefresh } from "~/ui/use-refresh";

const INTERVAL = 2_000;

/** Before hydration a button would do nothing, so there is a link of the same width. */
export function LiveControl() {
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

  return isLive === undefined ? (
    <a href="/inspector" className="pill min-w-36">
      Reload
    </a>
  ) : (
    <button type="button" className="pill min-w-36" aria-pressed={isLive} onClick={() => setIsLive(!isLive)}>
      <span className="live-dot size-2.5 rounded-full border-2" aria-hidden="true" />
      Live updates
    </button>
  );
}
