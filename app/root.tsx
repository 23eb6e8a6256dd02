/** The document around every page. Its loader reads what every page needs: the theme and the pending messages. */
import type { LinksFunction, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { Links, LiveReload, Outlet, ScrollRestoration } from "@remix-run/react";
import { type ReactNode, useState } from "react";
import { isCookieRefused } from "~/lib/cookie-check";
import { leaveOldVersion } from "~/lib/deployments";
import { readFlashMessages } from "~/lib/flash-messages";
import { pageMeta } from "~/lib/page-meta";
import { inspectForPage } from "~/routes/inspector/inspector";
import { ThemeMeta } from "~/routes/theme-toggle/theme-meta";
import { ThemeContext, useCurrentTheme } from "~/routes/theme-toggle/use-theme";
import { CookieRefused } from "~/ui/cookie-refused";
import { DocumentMeta } from "~/ui/document-meta";
import { EarlyScripts } from "~/ui/early-scripts";
import { Expendable } from "~/ui/expendable";
import { FormErrorsContext } from "~/ui/form-errors";
import { InPageLink } from "~/ui/in-page-link";
import { LateScripts } from "~/ui/late-scripts";
import { LayoutEnhancements } from "~/ui/layout-enhancements";
import { Messages } from "~/ui/messages";
import { useRequestFacts } from "~/ui/request-facts";
import { SiteFooter } from "~/ui/site-footer";
import { SiteHeader } from "~/ui/site-header";
import { SocialMeta } from "~/ui/social-meta";
import { type RootData, useRootData } from "~/ui/use-root-data";
import styles from "./styles.css";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const links: LinksFunction = () => [
  { rel: "stylesheet", href: styles },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
  { rel: "apple-touch-icon", href: "/apple-touch-icon.png" },
];

export const meta = pageMeta("Sessions");

export async function loader(args: LoaderFunctionArgs): Promise<RootData> {
  const { session, isInspectorOn, version } = args.context;
  // These two first, because they may redirect: the messages wait for the page.
  leaveOldVersion(args.request, version);
  return {
    isCookieRefused: isCookieRefused(args),
    theme: session.get("theme"),
    messages: readFlashMessages(session),
    origin: new URL(args.request.url).origin,
    isInspectorOn,
    inspection: await inspectForPage(args),
  };
}

/** Rendered around pages and error pages alike: an error keeps the header and the visitor's theme. */
export function Layout({ children }: { children: ReactNode }) {
  const { theme, onTheme } = useCurrentTheme();
  const { nonce, isFormRefused = false } = useRequestFacts();
  const [hasErrors, setHasErrors] = useState(isFormRefused);
  const root = useRootData();

  return (
    <ThemeContext.Provider value={theme}>
      <html lang="en" data-theme={theme === "system" ? undefined : theme}>
        <head>
          <meta charSet="utf-8" />
          <EarlyScripts nonce={nonce} />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <ThemeMeta theme={theme} />
          <DocumentMeta hasErrors={hasErrors} />
          <SocialMeta origin={root?.origin} />
          <Links />
        </head>
        <body>
          <InPageLink to="main" className="skip-link">
            Skip to the content
          </InPageLink>
          <SiteHeader />
          <div className="page">
            <Expendable>
              <Messages />
            </Expendable>
            {root?.isCookieRefused && <CookieRefused />}
            <main id="main" tabIndex={-1} className="py-10 sm:py-14">
              <FormErrorsContext.Provider value={setHasErrors}>{children}</FormErrorsContext.Provider>
            </main>
          </div>
          <Expendable>
            <LayoutEnhancements onTheme={onTheme} />
          </Expendable>
          <SiteFooter />
          <ScrollRestoration nonce={nonce} />
          <LateScripts nonce={nonce} />
          <LiveReload nonce={nonce} />
        </body>
      </html>
    </ThemeContext.Provider>
  );
}

export default function App() {
  return <Outlet />;
}
