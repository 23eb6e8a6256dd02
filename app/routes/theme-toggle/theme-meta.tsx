/** Sets the theme of the browser's own parts: the canvas before the stylesheet loads, the scroll bars, the frame. */
import { frameColour, type ThemeChoice } from "./theme";

export function ThemeMeta({ theme }: { theme: ThemeChoice }) {
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
