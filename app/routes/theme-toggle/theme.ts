/**
 * The three choices. "system" means no choice and is never stored: going back to it removes the stored theme, and CSS
 * follows the operating system without any script.
 */
export type Theme = "light" | "dark";
export type ThemeChoice = Theme | "system";

/** Its key in the session. */
export type ThemeData = { theme: Theme };

export const themeChoices = [
  { value: "light", name: "Light" },
  { value: "dark", name: "Dark" },
  { value: "system", name: "System" },
] as const satisfies readonly { value: ThemeChoice; name: string }[];

/** Returns the choice that a form sent, or `undefined` for any other value. */
export function parseThemeChoice(value: unknown): ThemeChoice | undefined {
  return themeChoices.find((choice) => choice.value === value)?.value;
}

/**
 * The colour of the browser's own frame. A `<meta>` cannot read CSS variables, so these repeat `--color-surface` of
 * app/styles.css. Change both, or the address bar and the page will differ.
 */
export const frameColour: Record<Theme, string> = { light: "#f3f5ef", dark: "#101614" };
