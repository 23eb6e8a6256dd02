/** A value that stays in the session. The header of every page posts here. */
import { type ActionFunctionArgs, data, type MetaFunction, replace } from "@remix-run/cloudflare";
import { type ClientActionFunctionArgs, useActionData } from "@remix-run/react";
import { Code } from "~/components/code";
import { ErrorPage, errorMeta } from "~/components/error-page";
import { ErrorSummary } from "~/components/error-summary";
import { Exchange } from "~/components/exchange";
import { PageHeading } from "~/components/page-heading";
import { ThemeControl } from "~/components/theme-control";
import { useTheme } from "~/components/use-theme";
import { errorMessage } from "~/lib/flash-messages";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { safeRedirect } from "~/lib/safe-redirect";
import { parseThemeChoice } from "~/lib/theme";
import { announceTheme } from "~/lib/theme-channel";
import { readTheme, setTheme } from "~/snippets.json";

export { ErrorPage as ErrorBoundary };

export const meta: MetaFunction = ({ error }) =>
  error
    ? errorMeta(error)
    : pageMeta("Theme", "A theme kept in the session and drawn by the server, with no flash of the other.");

export async function action({ request, context: { session } }: ActionFunctionArgs) {
  const fields = await formFields(request);
  const choice = parseThemeChoice(fields?.theme);
  if (!choice) return data({ errors: { "": "Choose Light, Dark or System" } }, { status: 400 });

  if (choice === "system") session.unset("theme");
  else session.set("theme", choice);

  // 303 and not 302: whatever the method was, what follows is a GET. `replace`, so that Back does not stop here.
  return replace(safeRedirect(fields?.redirectTo, "/theme-toggle"), { status: 303 });
}

let lastSave: Promise<unknown> = Promise.resolve();

/**
 * With JavaScript the visitor is already where the redirect leads. Not following it keeps the page as it is, a
 * half-filled form and its errors included, while the root loader runs again and confirms the theme.
 *
 * Not `serverAction()`, which a second click would abort: the answer may set its cookie all the same, after the second
 * one has been sent without it. Saved one after the other, the last click wins.
 */
export async function clientAction({ request }: ClientActionFunctionArgs) {
  const body = await request.formData();
  const save = lastSave.then(() => fetch(request.url, { method: "POST", body, redirect: "manual", keepalive: true }));
  lastSave = save.catch(() => undefined);

  const isSaved = await save.then(
    (response) => response.type === "opaqueredirect",
    () => false,
  );
  if (!isSaved) return { error: errorMessage("The theme was not saved. Check your connection and choose again.") };
  const choice = parseThemeChoice(body.get("theme"));
  if (choice) announceTheme(choice);
  return { error: undefined };
}

export default function ThemeToggle() {
  const errors = useActionData<typeof action>()?.errors;
  const theme = useTheme();

  return (
    <>
      <PageHeading kicker='session.set("theme", "dark")' title="A theme that stays">
        <p>
          The choice is kept in your session. The server draws it into the page, so the other theme is never seen, with
          or without JavaScript. “System” keeps nothing at all.
        </p>
      </PageHeading>

      <div className="demonstration">
        <div className="space-y-6">
          {errors && <ErrorSummary errors={errors} />}
          <ThemeControl label="Choose a theme" size="large" />
          <p className="rounded bg-sunken px-4 py-3">
            <span className="mr-3 text-sm text-muted">This page begins with</span>
            <code>{theme === "system" ? '<html lang="en">' : `<html lang="en" data-theme="${theme}">`}</code>
          </p>
          <Exchange
            title="What is sent"
            steps={[
              {
                from: "browser",
                line: "POST /theme-toggle  theme=dark",
                says: "One of three buttons of an ordinary form.",
              },
              {
                from: "server",
                line: "303  Location: /theme-toggle",
                says: (
                  <>
                    The action calls <code>session.set("theme", "dark")</code>. The cookie is added after it, by the
                    Worker.
                  </>
                ),
              },
              {
                from: "browser",
                line: "GET /theme-toggle  Cookie: …",
                says: "Every later request carries the choice, from any tab.",
              },
              {
                from: "server",
                line: '200  <html lang="en" data-theme="dark">',
                says: "Nothing has changed, so no cookie is sent.",
              },
            ]}
          />
        </div>
        <div className="space-y-6">
          <Code title="Keeps the choice" snippet={setTheme} />
          <Code title="Reads it for every page" snippet={readTheme} />
        </div>
      </div>
    </>
  );
}
