/** A value that stays in the session. The header of every page posts here. */
import { type ActionFunctionArgs, replace } from "@remix-run/cloudflare";
import { useActionData } from "@remix-run/react";
import { ThemeDemonstration } from "~/components/theme-demonstration";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { refuseForm } from "~/lib/refused-form";
import { safeRedirect } from "~/lib/safe-redirect";
import { parseThemeChoice } from "~/lib/theme";

export { ErrorPage as ErrorBoundary } from "~/components/error-page";
export { saveTheme as clientAction } from "~/lib/save-theme";

export const meta = pageMeta(
  "Theme",
  "A theme stored in the session and rendered by the server, without a flash of the other.",
);

export async function action({ request, context }: ActionFunctionArgs) {
  const fields = await formFields({ request, context });
  const choice = parseThemeChoice(fields?.theme);
  if (!choice) return refuseForm(400, { "": "Choose Light, Dark or System" });

  if (choice === "system") context.session.unset("theme");
  else context.session.set("theme", choice);

  // 303, not 302: the next request is a GET, whatever this one was. `replace`, so that Back does not stop here.
  return replace(safeRedirect(fields?.redirectTo, "/theme-toggle"), { status: 303 });
}

export default function ThemeToggle() {
  return <ThemeDemonstration refused={useActionData<typeof action>()} />;
}
