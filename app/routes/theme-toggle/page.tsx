/** The page of a value that stays: the choice, what the browser and the server send, and the code. */
import type { RefusedForm } from "~/lib/refused-form";
import { Code, type Snippet } from "~/ui/code";
import { ErrorSummary } from "~/ui/error-summary";
import { Exchange, type Step } from "~/ui/exchange";
import { PageHeading } from "~/ui/page-heading";
import type { ThemeChoice } from "./theme";
import { ThemeControl } from "./theme-control";
import { ThemePreview } from "./theme-preview";
import { useTheme } from "./use-theme";

type ThemeProps = {
  code: Record<"setTheme" | "readTheme", Snippet>;
  refused: RefusedForm | undefined;
};

export function ThemeDemonstration({ code, refused }: ThemeProps) {
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
          <ThemeControl label="Choose a theme" Preview={ThemePreview} />
          <p className="rounded bg-sunken px-4 py-3">
            <span className="mr-3 text-sm text-muted">This page begins with</span>
            <code>{firstTag(theme)}</code>
          </p>
          <Exchange
            title="What is sent"
            path="/theme-toggle"
            stepsOf={(wasJustSent) => stepsOf(wasJustSent ? theme : "dark")}
          />
        </div>
        <div className="space-y-6">
          <Code title="Stores the choice" snippet={code.setTheme} />
          <Code title="Reads it for every page" snippet={code.readTheme} />
        </div>
      </div>
    </>
  );
}

const firstTag = (theme: ThemeChoice) =>
  theme === "system" ? '<html lang="en">' : `<html lang="en" data-theme="${theme}">`;

const stepsOf = (theme: ThemeChoice): Step[] => [
  {
    from: "browser",
    of: "write",
    line: `POST /theme-toggle  theme=${theme}`,
    says: "One of three submit buttons of a plain form.",
  },
  {
    from: "server",
    of: "write",
    line: "303  Location: /theme-toggle",
    says: (
      <>
        The action calls{" "}
        <code>{theme === "system" ? 'session.unset("theme")' : `session.set("theme", "${theme}")`}</code>. The Worker
        adds the cookie afterwards.
      </>
    ),
  },
  {
    from: "browser",
    of: "page",
    line: "GET /theme-toggle  Cookie: …",
    says: "Every later request carries the choice, from any tab.",
  },
  {
    from: "server",
    of: "page",
    line: `200  ${firstTag(theme)}`,
    says: "Nothing has changed, so no cookie is sent.",
  },
];
