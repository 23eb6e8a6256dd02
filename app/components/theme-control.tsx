/**
 * The three choices, as submit buttons of a plain form: it works before the script has loaded, and without it. Nothing is
 * disabled while a choice is being saved: the buttons keep the focus, and the last click wins.
 */
import { useLocation } from "@remix-run/react";
import { withoutMark } from "~/lib/cookie-check";
import { type ThemeChoice, themeChoices } from "~/lib/theme";
import { ThemeIcon } from "./theme-icon";
import { useTheme, useThemeFetcher } from "./use-theme";

type ThemeControlProps = { label: string; size: "small" | "large" };

export function ThemeControl({ label, size }: ThemeControlProps) {
  const fetcher = useThemeFetcher();
  const theme = useTheme();
  const { pathname, search } = useLocation();

  return (
    <fetcher.Form method="post" action="/theme-toggle">
      <input type="hidden" name="redirectTo" value={withoutMark(pathname + search)} />
      <fieldset aria-label={label} className={size === "small" ? "switch" : "grid min-w-0 gap-4 sm:grid-cols-3"}>
        {themeChoices.map(({ value, name }) => (
          <button
            key={value}
            type="submit"
            name="theme"
            value={value}
            aria-pressed={theme === value}
            className={size === "small" ? "switch-button" : "theme-card"}
          >
            {size === "large" && <Preview choice={value} />}
            <span className="flex items-center gap-2">
              <ThemeIcon choice={value} />
              <span className={size === "small" ? "max-sm:sr-only" : undefined}>{name}</span>
            </span>
          </button>
        ))}
      </fieldset>
    </fetcher.Form>
  );
}

/** A miniature page in the colours of the choice, whatever theme the page around it has. */
function Preview({ choice }: { choice: ThemeChoice }) {
  return (
    <span aria-hidden="true" className="preview">
      {choice !== "dark" && <MiniPage scheme="scheme-only-light" />}
      {choice !== "light" && <MiniPage scheme="scheme-only-dark" />}
    </span>
  );
}

function MiniPage({ scheme }: { scheme: string }) {
  return (
    <span className={`${scheme} flex flex-1 flex-col gap-2 bg-surface p-3`}>
      <span className="h-2 w-1/3 rounded-full bg-mark" />
      <span className="h-2 w-4/5 rounded-full bg-ink" />
      <span className="h-1.5 w-full rounded-full bg-edge" />
      <span className="h-1.5 w-2/3 rounded-full bg-edge" />
    </span>
  );
}
