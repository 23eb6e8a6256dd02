/**
 * The theme of the page, and the three choices as submit buttons of a plain form: it works before the script has loaded, and
 * without it. Nothing is disabled while a choice is being saved: the buttons keep the focus, and the last click wins.
 */
import { useFetcher, useLocation, useRouteLoaderData } from "@remix-run/react";
import type { ComponentType, JSX } from "react";
import { frameColour, parseThemeChoice, type Theme, type ThemeChoice, themeChoices } from "./theme";

/** All switches share one fetcher: a click in one shows in all of them, and in `<html>`. */
const useThemeFetcher = () => useFetcher({ key: "theme" });

/** The choice just clicked, else the session's. If it cannot be saved, the page goes back to the session's. */
export function useTheme(): ThemeChoice {
  const clicked = parseThemeChoice(useThemeFetcher().formData?.get("theme"));
  const root = useRouteLoaderData("root") as { theme?: Theme } | undefined;
  return clicked ?? (root ? root.theme : drawnTheme()) ?? "system";
}

/** Without a connection, the root loader has no answer. The error page keeps the theme of the page before it. */
const drawnTheme = () =>
  typeof document === "undefined" ? undefined : parseThemeChoice(document.documentElement.dataset.theme);

/** For `<html data-theme>`, which app/styles.css reads. */
export function useThemeAttribute(): Theme | undefined {
  const theme = useTheme();
  return theme === "system" ? undefined : theme;
}

/** Sets the theme of the browser's own parts: the canvas before the stylesheet loads, the scroll bars, the frame. */
export function ThemeMeta() {
  const theme = useTheme();
  if (theme !== "system") {
    return (
      <>
        <meta name="color-scheme" content={theme} />
        <meta name="theme-color" content={frameColour[theme]} />
      </>
    );
  }
  return (
    <>
      <meta name="color-scheme" content="light dark" />
      <meta name="theme-color" content={frameColour.light} media="(prefers-color-scheme: light)" />
      <meta name="theme-color" content={frameColour.dark} media="(prefers-color-scheme: dark)" />
    </>
  );
}

// In utilities, because every page has the switch, and only the theme page its style sheet.
const SWITCH = "flex gap-0.5 rounded-full border border-edge p-0.5";
const BUTTON = `flex min-h-9 min-w-10 cursor-pointer items-center justify-center rounded-full px-3 text-sm font-medium text-muted
  hover:bg-sunken hover:text-ink aria-pressed:bg-accent aria-pressed:text-on-accent
  forced-colors:aria-pressed:bg-[SelectedItem] forced-colors:aria-pressed:text-[SelectedItemText]
  forced-colors:aria-pressed:forced-color-adjust-none`;

type ThemeSwitchProps = {
  label?: string;
  /** Drawn above the name of each choice. Without it, the switch is small enough for a header. */
  Preview?: ComponentType<{ choice: ThemeChoice }>;
};

export function ThemeSwitch({ label = "Theme", Preview }: ThemeSwitchProps) {
  const fetcher = useThemeFetcher();
  const theme = useTheme();
  const { pathname, search } = useLocation();
  return (
    <fetcher.Form method="post" action="/theme-toggle">
      <input type="hidden" name="redirectTo" value={pathname + search} />
      <fieldset aria-label={label} className={Preview ? "grid min-w-0 gap-4 sm:grid-cols-3" : SWITCH}>
        {themeChoices.map(({ value, name }) => (
          <button
            key={value}
            type="submit"
            name="theme"
            value={value}
            aria-pressed={theme === value}
            className={Preview ? "theme-card" : BUTTON}
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

/** A sun, a moon, and a half-filled disc. Decorative: the button's text is its name. */
function ThemeIcon({ choice }: { choice: ThemeChoice }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      className="size-4 shrink-0"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      {shapes[choice]}
    </svg>
  );
}

const shapes: Record<ThemeChoice, JSX.Element> = {
  light: (
    <>
      <circle cx="8" cy="8" r="3" fill="currentColor" stroke="none" />
      <path d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3.05 3.05l1.13 1.13M11.82 11.82l1.13 1.13M12.95 3.05l-1.13 1.13M4.18 11.82l-1.13 1.13" />
    </>
  ),
  dark: <path d="M13.5 9.7A6 6 0 0 1 6.3 2.5a6 6 0 1 0 7.2 7.2Z" fill="currentColor" />,
  system: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 2a6 6 0 0 0 0 12Z" fill="currentColor" stroke="none" />
    </>
  ),
};
