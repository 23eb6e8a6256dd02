/** Saves a theme from the browser: the route's clientAction. */
import { showError } from "~/lib/flash-messages";

let lastSave: Promise<unknown> = Promise.resolve();

/**
 * Posts the form to the server's action, and shows an error if it is not accepted. The root loader then runs again.
 *
 * With JavaScript the visitor is already on the page that the redirect leads to. Not following it leaves that page alone,
 * including a half-filled form and its errors.
 *
 * Not `serverAction()`: a second click would abort it, and the aborted response may still set its cookie, after the second
 * request was sent without it. Saves run one after the other, so the last click wins.
 */
export async function saveTheme({ request }: { request: Request }): Promise<null> {
  const body = await request.formData();
  const save = lastSave.then(() => fetch(request.url, { method: "POST", body, redirect: "manual", keepalive: true }));
  lastSave = save.catch(() => undefined);
  const isAccepted = await save.then(
    (response) => response.type === "opaqueredirect",
    () => false,
  );
  if (!isAccepted) showError("The theme was not saved. Check your connection and choose again.");
  return null;
}
