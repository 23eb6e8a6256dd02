/**
 * The three choices, as submit buttons of a plain form: it works before the script has loaded, and without it. Nothing is
 * disabled while a choice is being saved: the buttons keep the focus, and the last click wins.
 */
import { useLocation } from "@remix-run/react";
import type { ComponentType } from "react";
import { withoutMark } from "~/lib/cookie-check";
import { type ThemeChoice, themeChoices } from "./theme";
import { ThemeIcon } from "./theme-icon";
import { useTheme, useThemeFetcher } from "./use-theme";

type ThemeControlProps = {
  label: string;
  /** Drawn above the name of each choice; without it, the control is a small switch. */
  Preview?: ComponentType<{ choice: ThemeChoice }>;
};

export function ThemeControl({ label, Preview }: ThemeControlProps) {
  const fetcher = useThemeFetcher();
  const theme = useTheme();
  const { pathname, search } = useLocation();

  return (
    <fetcher.Form method="post" action="/theme-toggle">
      <input type="hidden" name="redirectTo" value={withoutMark(pathname + search)} />
      <fieldset aria-label={label} className={Preview ? "grid min-w-0 gap-4 sm:grid-cols-3" : "switch"}>
        {themeChoices.map(({ value, name }) => (
          <button
            key={value}
            type="submit"
            name="theme"
            value={value}
            aria-pressed={theme === value}
            className={Preview ? "theme-card" : "switch-button"}
          >
            {Preview && <Preview choice={value} />}
            <span className="flex items-center gap-2">
              <ThemeIcon choice={value} />
              <span className={Preview ? undefined : "max-sm:sr-only"}>{name}</span>
            </span>
          </button>
        ))}
      </fieldset>
    </fetcher.Form>
  );
}
