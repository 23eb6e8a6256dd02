/** The theme that the page is drawn in now. */
import { useFetcher } from "@remix-run/react";
import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";
import { useRequestFacts } from "~/ui/request-facts";
import { useRootData } from "~/ui/use-root-data";
import type { saveTheme } from "./save-theme";
import { parseThemeChoice, type ThemeChoice } from "./theme";

/** Provided by the layout, so that every control shows the theme that the page is drawn in. */
export const ThemeContext = createContext<ThemeChoice>("system");
export const useTheme = () => useContext(ThemeContext);

/** Returns the fetcher that all theme controls share: a click in one shows in all of them, and in `<html>`. */
export function useThemeFetcher() {
  return useFetcher<typeof saveTheme>({ key: "theme" });
}

/**
 * For the layout. Returns the choice just clicked, else one that another tab saved after this page was loaded, else the
 * server's. If a save fails, the page goes back to the theme from before the click. Call `onTheme` with what other tabs save.
 */
export function useCurrentTheme(): { theme: ThemeChoice; onTheme: (choice: ThemeChoice) => void } {
  const clicked = parseThemeChoice(useThemeFetcher().formData?.get("theme"));
  const root = useRootData();
  const facts = useRequestFacts();
  const [announced, onTheme] = useAnnouncedTheme(root);
  return { theme: clicked ?? announced ?? (root ?? facts).theme ?? "system", onTheme };
}

/** The last choice announced since this data was loaded, and what to call with each. Newer data takes precedence. */
function useAnnouncedTheme(data: object | undefined) {
  const [announced, setAnnounced] = useState<{ choice: ThemeChoice; over: object | undefined }>();
  const current = useRef(data);
  useEffect(() => {
    current.current = data;
  }, [data]);
  const onTheme = useCallback((choice: ThemeChoice) => setAnnounced({ choice, over: current.current }), []);
  return [announced && announced.over === data ? announced.choice : undefined, onTheme] as const;
}
