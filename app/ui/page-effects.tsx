/**
 * What a script does on every page: it keeps the data fresh, keeps the page if the connection is lost, moves the focus to a new
 * page's heading, and tests for cookies.
 */
import { useLocation, useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { keepPage } from "~/lib/keep-page";
import { CookieNotice } from "./cookie-notice";
import { useRefresh } from "./use-refresh";

export function PageEffects() {
  useEffect(keepPage, []);
  useFreshData();
  useFocusAfterNavigation();
  useLinksWhileSubmitting();
  return <CookieNotice />;
}

/**
 * Loads the page's data again when the visitor comes back to it: from another tab, where they may have chosen another theme or
 * signed out; from the back/forward cache; or because it was prefetched or prerendered, when the server kept back the messages.
 */
function useFreshData() {
  const refresh = useRefresh();
  useEffect(() => {
    const onReturn = () => {
      if (!document.hidden) refresh();
    };
    const onPageShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) onReturn();
    };
    addEventListener("pageshow", onPageShow);
    document.addEventListener("visibilitychange", onReturn);
    return () => {
      removeEventListener("pageshow", onPageShow);
      document.removeEventListener("visibilitychange", onReturn);
    };
  }, [refresh]);

  const { revalidate } = useRevalidator();

  // Once, because a second request would drop the answer to the first, and with it the messages.
  const isChecked = useRef(false);
  useEffect(() => {
    if (isChecked.current) return;
    isChecked.current = true;
    // It may be shown before its script has run.
    if (isPrerendering()) document.addEventListener("prerenderingchange", revalidate, { once: true });
    else if (wasFetchedAhead()) revalidate();
  }, [revalidate]);
}

// Chromium's own, and unknown to TypeScript.
const isPrerendering = () => "prerendering" in document && document.prerendering === true;

function wasFetchedAhead(): boolean {
  const [entry] = performance.getEntriesByType("navigation") as Speculative[];
  return (entry?.activationStart ?? 0) > 0 || entry?.deliveryType === "navigational-prefetch";
}

type Speculative = PerformanceEntry & { activationStart?: number; deliveryType?: string };

/**
 * A new page begins at its heading, for the keyboard and for screen readers, which read it out. The same if the focused element
 * has disappeared, such as a submitted form's button.
 */
function useFocusAfterNavigation() {
  const isIdle = useNavigation().state === "idle";
  const location = useLocation();
  const shown = useRef<{ pathname: string; heading?: Element | null }>(location);
  const focused = useRef<EventTarget | null>(null);

  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      focused.current = target;
    };
    addEventListener("focusin", onFocus);
    return () => removeEventListener("focusin", onFocus);
  }, []);

  // Not with `isIdle` alone, because a short navigation may never be drawn.
  useEffect(() => {
    if (!isIdle) return;
    const { pathname } = location;
    const { activeElement } = document;
    // Going back and forward quickly can end at the same URL with a newly rendered page.
    const isNewPage = shown.current.pathname !== pathname || shown.current.heading?.isConnected === false;
    const isGone = focused.current instanceof Element && !focused.current.isConnected;
    shown.current = { pathname, heading: heading() };
    // Something in the new page may have taken the focus: an error summary, a notice.
    const isFree = !activeElement || activeElement === document.body;
    const isOutside = activeElement?.closest("header, footer, .skip-link");
    if (isFree ? isNewPage || isGone : isNewPage && isOutside) heading()?.focus({ preventScroll: true });
  }, [isIdle, location]);
}

const heading = () => document.querySelector("h1");

/**
 * A link would abort the form that is on its way, and lose the cookie of its answer: that of the page as well as those of the
 * menu, which is inert meanwhile. One that opens elsewhere aborts nothing.
 */
function useLinksWhileSubmitting() {
  const isSubmitting = useNavigation().state === "submitting";
  useEffect(() => {
    if (!isSubmitting) return;
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element && event.target.closest("a[href]:not([href^='#'], [target])");
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) event.preventDefault();
    };
    // Before React's own listeners.
    addEventListener("click", onClick, true);
    return () => removeEventListener("click", onClick, true);
  }, [isSubmitting]);
}
