/** The theme that the page is drawn in now. */
import { useFetcher, useRevalidator } from "@remix-run/react";
import { createContext, useContext, useEffect, useRef, useState } from "react";
import type { saveTheme } from "~/lib/save-theme";
import { parseThemeChoice, type ThemeChoice } from "~/lib/theme";
import { listenForThemes } from "~/lib/theme-channel";
import { useRequestFacts } from "./request-facts";
import { useRootData } from "./use-root-data";

/** Provided by the layout, so that every control shows the theme that the page is drawn in. */
export const ThemeContext = createContext<ThemeChoice>("system");
export const useTheme = () => useContext(ThemeContext);

/** Returns the fetcher that all theme controls share: a click in one shows in all of them, and in `<html>`. */
export function useThemeFetcher() {
  return useFetcher<typeof saveTheme>({ key: "theme" });
}

/**
 * For the layout. Returns the choice just clicked, else one that another tab saved after this page was loaded, else the
 * server's. If a save fails, the page goes back to the theme from before the click.
 */
export function useCurrentTheme(): ThemeChoice {
  const clicked = parseThemeChoice(useThemeFetcher().formData?.get("theme"));
  const root = useRootData();
  const facts = useRequestFacts();
  const announced = useAnnouncedTheme(root);
  useFreshDataAfterRestore();
  return clicked ?? announced ?? (root ?? facts).theme ?? "system";
}

/** The last choice announced since this data was loaded. Newer data takes precedence. */
function useAnnouncedTheme(data: object | undefined): ThemeChoice | undefined {
  const [announced, setAnnounced] = useState<{ choice: ThemeChoice; over: object | undefined }>();
  const current = useRef(data);
  useEffect(() => {
    current.current = data;
  }, [data]);
  useEffect(() => listenForThemes((choice) => setAnnounced({ choice, over: current.current })), []);
  return announced && announced.over === data ? announced.choice : undefined;
}

/** A page restored from the back/forward cache may show an old theme. */
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
