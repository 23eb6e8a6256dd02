/** A value that stays in the session. The header of every page posts here. */
import type { ActionFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { themeCode } from "~/lib/code.server";
import { redirectAfterWrite } from "~/lib/cookie-check";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { refuseForm } from "~/lib/refused-form";
import { safeRedirect } from "~/lib/safe-redirect";
import { ThemeDemonstration } from "./page";
import { parseThemeChoice } from "./theme";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";
export { saveTheme as clientAction } from "./save-theme";

export const meta = pageMeta(
  "Theme",
  "A theme stored in the session and rendered by the server, without a flash of the other.",
);

export const loader = () => themeCode;

/** The code stays the same. */
export const shouldRevalidate = () => false;

export async function action({ request, context }: ActionFunctionArgs) {
  const fields = await formFields({ request, context });
  const choice = parseThemeChoice(fields?.theme);
  if (!choice) return refuseForm(400, { "": "Choose Light, Dark or System" });

  if (choice === "system") context.session.unset("theme");
  else context.session.set("theme", choice);

  // `replace`, so that Back does not stop at the page in its old theme.
  const to = safeRedirect(fields?.redirectTo, "/theme-toggle");
  return redirectAfterWrite(context.session, to, { replace: true });
}

export default function ThemeToggle() {
  return <ThemeDemonstration code={useLoaderData<typeof loader>()} refused={useActionData<typeof action>()} />;
}
