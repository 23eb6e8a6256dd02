/** What the layout adds with a script. It draws nothing: without it, or if it fails, every page still works. */
import { useLocation, useNavigate, useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { expectingCookie, withoutMark } from "~/lib/cookie-check";
import { noteNavigations } from "~/lib/document-fallback";
import { router } from "~/lib/router";
import { useAnnouncedAnswers } from "~/routes/inspector/use-inspector-link";
import type { ThemeChoice } from "~/routes/theme-toggle/theme";
import { listenForThemes } from "~/routes/theme-toggle/theme-channel";
import { useThemeFetcher } from "~/routes/theme-toggle/use-theme";
import { useRootData } from "./use-root-data";
import { useWaitingLinks } from "./use-waiting-links";

/** `onTheme` is called with every choice that another tab announces. */
export function LayoutEnhancements({ onTheme }: { onTheme: (choice: ThemeChoice) => void }) {
  useEffect(() => listenForThemes(onTheme), [onTheme]);
  useEffect(noteNavigations, []);
  useFreshDataOnceShown();
  useFocusAfterNavigation();
  useWaitingLinks();
  useCleanAddress();
  useCookieCheckForTheme();
  useAnnouncedAnswers(useLocation().pathname === "/inspector");
  return null;
}

/**
 * A page may be shown long after it was rendered: from the back/forward cache, prerendered, or prefetched. By then its theme
 * may be old, and if it was fetched ahead, the server has kept back the messages.
 */
function useFreshDataOnceShown() {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    const onPageShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) revalidate();
    };
    addEventListener("pageshow", onPageShow);
    return () => removeEventListener("pageshow", onPageShow);
  }, [revalidate]);

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
 * A new page begins at its heading, for the keyboard and for screen readers, which read it out. So does a page of which the
 * focused part has gone, such as the button of a form that is no longer there.
 */
function useFocusAfterNavigation() {
  const isIdle = useNavigation().state === "idle";
  const location = useLocation();
  const shown = useRef<{ pathname: string; heading?: Element | null }>(location);
  const focused = useRef<Element | null>(null);

  useEffect(
    () =>
      router()?.subscribe(({ navigation }) => {
        if (navigation.state !== "idle") focused.current = document.activeElement;
      }),
    [],
  );

  // Not with `isIdle` alone, because a short navigation may never be drawn.
  useEffect(() => {
    if (!isIdle) return;
    const { pathname } = location;
    const { activeElement } = document;
    // By going back and forth quickly, one comes to the same address, whose page was drawn anew.
    const isNewPage = shown.current.pathname !== pathname || shown.current.heading?.isConnected === false;
    const isGone = focused.current?.isConnected === false;
    shown.current = { pathname, heading: heading() };
    focused.current = null;
    // Something in the new page may have taken the focus: an error summary, a notice.
    const isFree = !activeElement || activeElement === document.body;
    const isOutside = activeElement?.closest("header, footer, .skip-link");
    if (isFree ? isNewPage || isGone : isNewPage && isOutside) {
      heading()?.focus({ preventScroll: true });
    }
  }, [isIdle, location]);
}

const heading = () => document.querySelector("h1");

/** The mark of app/lib/cookie-check.ts has done its work once the page is here. */
function useCleanAddress() {
  const location = useLocation();
  // The same address can arrive twice, and is another location each time.
  useEffect(() => {
    const address = location.pathname + location.search + location.hash;
    const clean = withoutMark(address);
    if (clean !== address) history.replaceState(history.state, "", clean);
  }, [location]);
}

/**
 * A theme is saved without following the redirect (app/lib/save-theme.ts), so no mark arrives. If the server does not know the
 * saved theme afterwards, this page is loaded again with one.
 */
function useCookieCheckForTheme() {
  const { data, state } = useThemeFetcher();
  const root = useRootData();
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const checked = useRef<unknown>();
  const loadedBefore = useRef(root);
  useEffect(() => {
    const isSaved = state === "idle" && data && "saved" in data && checked.current !== data;
    if (!isSaved) {
      loadedBefore.current = root;
      return;
    }
    // The fetcher can be idle before the reloaded data is here.
    if (root === loadedBefore.current) return;
    checked.current = data;
    if ((root?.theme ?? "system") === data.saved) return;
    navigate(expectingCookie(pathname + search), { replace: true, preventScrollReset: true });
  }, [data, state, root, pathname, search, navigate]);
}
