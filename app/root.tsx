/** The document around every page. Its loader reads what every page needs: the theme and the pending messages. */
import type { LinksFunction, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { Links, LiveReload, Meta, Outlet, ScrollRestoration } from "@remix-run/react";
import type { ReactNode } from "react";
import { InPageLink } from "~/components/in-page-link";
import { LateScripts } from "~/components/late-scripts";
import { Messages } from "~/components/messages";
import { useRequestFacts } from "~/components/request-facts";
import { SiteFooter } from "~/components/site-footer";
import { SiteHeader } from "~/components/site-header";
import { SocialMeta } from "~/components/social-meta";
import { ThemeMeta } from "~/components/theme-meta";
import { type RootData, useRootData } from "~/components/use-root-data";
import { ThemeContext, useCurrentTheme } from "~/components/use-theme";
import { readFlashMessages } from "~/lib/flash-messages";
import { pageMeta } from "~/lib/page-meta";
import styles from "./styles.css";

export { ErrorPage as ErrorBoundary } from "~/components/error-page";

export const links: LinksFunction = () => [
  { rel: "stylesheet", href: styles },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
  { rel: "apple-touch-icon", href: "/apple-touch-icon.png" },
];

export const meta = pageMeta("Sessions");

export function loader({ request, context: { session, isInspectorOn } }: LoaderFunctionArgs): RootData {
  return {
    theme: session.get("theme"),
    messages: readFlashMessages(session),
    origin: new URL(request.url).origin,
    isInspectorOn,
  };
}

/** Rendered around pages and error pages alike: an error keeps the header and the visitor's theme. */
export function Layout({ children }: { children: ReactNode }) {
  const theme = useCurrentTheme();
  const { nonce } = useRequestFacts();
  const root = useRootData();

  return (
    <ThemeContext.Provider value={theme}>
      <html lang="en" data-theme={theme === "system" ? undefined : theme}>
        <head>
          <meta charSet="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <ThemeMeta theme={theme} />
          <Meta />
          <SocialMeta origin={root?.origin} />
          <Links />
        </head>
        <body>
          <InPageLink to="main" className="skip-link">
            Skip to the content
          </InPageLink>
          <SiteHeader isInspectorOn={root?.isInspectorOn ?? false} />
          <div className="page">
            <Messages />
            <main id="main" tabIndex={-1} className="py-10 sm:py-14">
              {children}
            </main>
          </div>
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
