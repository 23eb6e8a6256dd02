/** The theme as it is to be drawn now: what was just clicked, else what is saved. */
import { useFetcher, useRouteLoaderData } from "@remix-run/react";
import { parseThemeChoice, type ThemeChoice } from "~/lib/theme";
import type { loader as rootLoader } from "~/root";
import type { clientAction } from "~/routes/theme-toggle";
import { useRequestFacts } from "./request-facts";

/** Returns the one fetcher that all theme controls share: a click in any of them shows in all of them, and in `<html>`. */
export function useThemeFetcher() {
  return useFetcher<typeof clientAction>({ key: "theme" });
}

/** Returns the visitor's choice, ahead of the server's answer while one is on its way. */
export function useTheme(): ThemeChoice {
  const clicked = parseThemeChoice(useThemeFetcher().formData?.get("theme"));
  const root = useRouteLoaderData<typeof rootLoader>("root");
  const facts = useRequestFacts();
  return clicked ?? (root ?? facts).theme ?? "system";
}
