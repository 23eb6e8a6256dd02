/** Loads the page's data again. */
import { useLocation, useNavigation, useRevalidator } from "@remix-run/react";
import { useCallback, useEffect, useRef } from "react";

/**
 * Returns a function that loads the page's data again, unless the server cannot answer for it now: offline, or restarting. The
 * router would then replace the page, with all that was typed into it, by the error page. So it asks first.
 */
export function useRefresh(): () => Promise<void> {
  const { revalidate } = useRevalidator();
  const { pathname } = useLocation();
  const { state } = useNavigation();
  const isIdle = useRef(true);
  useEffect(() => {
    isIdle.current = state === "idle";
  }, [state]);
  return useCallback(async () => {
    const path = pathname === "/" ? "/_root.data" : `${pathname.replace(/\/$/, "")}.data`;
    const answer = await fetch(path, { method: "HEAD" }).catch(() => undefined);
    const canLoad = answer?.ok && answer.headers.get("Content-Type")?.startsWith("text/x-script");
    // The router would drop the page that is on its way, and with it the messages that the server has sent with it.
    if (!canLoad || !isIdle.current) return;
    // It also drops an action's data when it loads again, and with it the errors of a refused form.
    if (!document.querySelector("main [role=alert]")) revalidate();
  }, [pathname, revalidate]);
}
