/** Saves a theme from the browser. For a route's clientAction. */
import { errorMessage, type FlashMessage } from "~/lib/flash-messages";
import { parseThemeChoice, type ThemeChoice } from "./theme";
import { announceTheme } from "./theme-channel";

let lastSave: Promise<unknown> = Promise.resolve();

type Result = { saved: ThemeChoice } | { error: FlashMessage };

/**
 * Posts the form to the server's action. Returns the choice that the server has accepted, or an error message.
 *
 * With JavaScript the visitor is already on the page that the redirect leads to. Not following it leaves that page alone,
 * including a half-filled form and its errors. The root loader then runs again and confirms the theme.
 *
 * Not `serverAction()`: a second click would abort it, and the aborted response may still set its cookie, after the second
 * request was sent without it. Saves run one after the other, so the last click wins.
 */
export async function saveTheme({ request }: { request: Request }): Promise<Result> {
  const body = await request.formData();
  const save = lastSave.then(() => fetch(request.url, { method: "POST", body, redirect: "manual", keepalive: true }));
  lastSave = save.catch(() => undefined);

  const isAccepted = await save.then(
    (response) => response.type === "opaqueredirect",
    () => false,
  );
  const choice = parseThemeChoice(body.get("theme"));
  if (!isAccepted || !choice) {
    return { error: errorMessage("The theme was not saved. Check your connection and choose again.") };
  }
  announceTheme(choice);
  return { saved: choice };
}
