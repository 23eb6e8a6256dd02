/** A value that stays in the session. The header of every page posts here. */
import { type ActionFunctionArgs, type LinksFunction, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { refuseForm } from "~/lib/refused-form";
import { safeRedirect } from "~/lib/safe-redirect";
import snippets from "~/snippets.json";
import { CodeList } from "~/ui/code";
import { ErrorSummary } from "~/ui/error-summary";
import { PageHeading } from "~/ui/page-heading";
import { parseThemeChoice, type ThemeChoice } from "./theme";
import styles from "./theme.css";
import { ThemeSwitch, useTheme } from "./theme-switch";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";
export { saveTheme as clientAction } from "./save-theme";

export const links: LinksFunction = () => [{ rel: "stylesheet", href: styles }];

export const meta = pageMeta(
  "Theme",
  "A theme stored in the session and rendered by the server, without a flash of the other.",
);

export const loader = () => snippets["theme-toggle"];

/** The code stays the same. */
export const shouldRevalidate = () => false;

export async function action({ request, context }: ActionFunctionArgs) {
  const fields = await formFields({ request, context }, ["theme", "redirectTo"]);
  const theme = parseThemeChoice(fields.theme);
  if (!theme) return refuseForm(400, { "": "Choose Light, Dark or System" });

  if (theme === "system") context.session.unset("theme");
  else context.session.set("theme", theme);

  return redirect(safeRedirect(fields.redirectTo, "/theme-toggle"), 303);
}

export default function ThemeToggle() {
  const { setTheme, readTheme } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const theme = useTheme();
  return (
    <>
      <PageHeading kicker='session.set("theme", "dark")' title="A theme that stays">
        <p>
          Your choice is stored in your session. The server renders it into the page, so you never see the other theme,
          with or without JavaScript. “System” stores nothing at all.
        </p>
      </PageHeading>
      <div className="demonstration">
        <div className="space-y-6">
          {refused && <ErrorSummary errors={refused.errors} />}
          <ThemeSwitch label="Choose a theme" Preview={ThemePreview} />
          <p className="rounded bg-sunken px-4 py-3">
            <span className="mr-3 text-sm text-muted">This page begins with</span>
            <code>{firstTag(theme)}</code>
          </p>
        </div>
        <CodeList
          of={[
            ["Stores the choice", setTheme],
            ["Reads it for every page", readTheme],
          ]}
        />
      </div>
    </>
  );
}

/** A miniature page in the colours of the choice, whatever theme the page around it has. */
function ThemePreview({ choice }: { choice: ThemeChoice }) {
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

const firstTag = (theme: ThemeChoice) =>
  theme === "system" ? '<html lang="en">' : `<html lang="en" data-theme="${theme}">`;
