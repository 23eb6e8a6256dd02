/** The theme as it is to be drawn now. */
import { useFetcher, useRevalidator, useRouteLoaderData } from "@remix-run/react";
import { createContext, useContext, useEffect, useRef, useState } from "react";
import { parseThemeChoice, type ThemeChoice } from "~/lib/theme";
import { listenForThemes } from "~/lib/theme-channel";
import type { loader as rootLoader } from "~/root";
import type { clientAction } from "~/routes/theme-toggle";
import { useRequestFacts } from "./request-facts";

/** Provided by the layout, so that every control shows what the page is drawn in. */
export const ThemeContext = createContext<ThemeChoice>("system");
export const useTheme = () => useContext(ThemeContext);

/** Returns the one fetcher that all theme controls share: a click in any of them shows in all of them, and in `<html>`. */
export function useThemeFetcher() {
  return useFetcher<typeof clientAction>({ key: "theme" });
}

/**
 * For the layout: what was just clicked, else what another tab has saved since the page was loaded, else what the server
 * says. A save that fails leaves nothing of the click.
 */
export function useCurrentTheme(): ThemeChoice {
  const clicked = parseThemeChoice(useThemeFetcher().formData?.get("theme"));
  const root = useRouteLoaderData<typeof rootLoader>("root");
  const facts = useRequestFacts();
  const announced = useAnnouncedTheme(root);
  useFreshDataAfterRestore();
  return clicked ?? announced ?? (root ?? facts).theme ?? "system";
}

/** The last choice that was announced since these data were loaded. Newer data know better. */
function useAnnouncedTheme(data: object | undefined): ThemeChoice | undefined {
  const [announced, setAnnounced] = useState<{ choice: ThemeChoice; over: object | undefined }>();
  const current = useRef(data);
  useEffect(() => {
    current.current = data;
  }, [data]);
  useEffect(() => listenForThemes((choice) => setAnnounced({ choice, over: current.current })), []);
  return announced && announced.over === data ? announced.choice : undefined;
}

/** A page out of the back/forward cache is as it was when it was left, whatever has been chosen since. */
function useFreshDataAfterRestore() {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    const onPageShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) revalidate();
    };
    addEventListener("pageshow", onPageShow);
    return () => removeEventListener("pageshow", onPageShow);
  }, [revalidate]);
}
