/** The document around every page. Its loader reads the two things that every page needs: the theme and the messages. */
import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { Links, LiveReload, Meta, Outlet, Scripts, ScrollRestoration, useRouteError } from "@remix-run/react";
import type { ReactNode } from "react";
import { ErrorPage, errorTitle } from "~/components/error-page";
import { InPageLink } from "~/components/in-page-link";
import { Messages } from "~/components/messages";
import { useRequestFacts } from "~/components/request-facts";
import { SiteFooter } from "~/components/site-footer";
import { SiteHeader } from "~/components/site-header";
import { ThemeMeta } from "~/components/theme-meta";
import { useTheme } from "~/components/use-theme";
import { readFlashMessages } from "~/lib/flash-messages";
import { pageTitle } from "~/lib/page-title";
import styles from "./styles.css";

export const links: LinksFunction = () => [
  { rel: "stylesheet", href: styles },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
];

export const meta: MetaFunction = ({ error }) => [{ title: pageTitle(error ? errorTitle(error) : "Sessions") }];

export function loader({ context: { session } }: LoaderFunctionArgs) {
  return { theme: session.get("theme"), messages: readFlashMessages(session) };
}

/** After a refused form Remix reloads nothing, and the last success would go on standing above the errors. */
export const shouldRevalidate = () => true;

/** Drawn around pages and error pages alike, so that an error has the same header, and the visitor's theme. */
export function Layout({ children }: { children: ReactNode }) {
  const theme = useTheme();
  const { nonce } = useRequestFacts();

  return (
    <html lang="en" data-theme={theme === "system" ? undefined : theme}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <ThemeMeta theme={theme} />
        <Meta />
        <Links />
      </head>
      <body>
        <InPageLink to="main" className="skip-link">
          Skip to the content
        </InPageLink>
        <SiteHeader />
        <div className="page">
          <Messages />
          <main id="main" tabIndex={-1} className="py-10 sm:py-14">
            {children}
          </main>
        </div>
        <SiteFooter />
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
        <LiveReload nonce={nonce} />
      </body>
    </html>
  );
}

export default function App() {
  return <Outlet />;
}

export function ErrorBoundary() {
  return <ErrorPage error={useRouteError()} />;
}
