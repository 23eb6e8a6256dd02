/** The document around every page. Its loader reads what every page shows: the theme and the pending messages. */
import type { LinksFunction, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { Links, LiveReload, Meta, ScrollRestoration, useRouteLoaderData } from "@remix-run/react";
import { type ReactNode, useContext } from "react";
import { menuOf } from "~/demonstrations";
import { readFlashMessages } from "~/lib/flash-messages";
import { pageMeta } from "~/lib/page-meta";
import { ThemeMeta, ThemeSwitch, useThemeAttribute } from "~/routes/theme-toggle/theme-switch";
import snippets from "~/snippets.json";
import { EarlyScripts } from "~/ui/early-scripts";
import { Expendable } from "~/ui/expendable";
import { Footer } from "~/ui/footer";
import { Header } from "~/ui/header";
import { LateScripts } from "~/ui/late-scripts";
import { Messages } from "~/ui/messages";
import { NonceContext } from "~/ui/nonce";
import { PageEffects } from "~/ui/page-effects";
import styles from "./styles.css";

export { Outlet as default } from "@remix-run/react";
export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const links: LinksFunction = () => [
  { rel: "stylesheet", href: styles },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
];

export const meta = pageMeta("Sessions");

export function loader({ request, context }: LoaderFunctionArgs) {
  return {
    theme: context.session.get("theme"),
    messages: readFlashMessages(context.session),
    menu: menuOf(context.env),
    source: snippets.sourceFolder,
    origin: new URL(request.url).origin,
  };
}

/** Rendered around pages and error pages alike: an error keeps the header and the visitor's theme. */
export function Layout({ children }: { children: ReactNode }) {
  const nonce = useContext(NonceContext);
  const root = useRouteLoaderData<typeof loader>("root"); // undefined if the loader has failed
  return (
    <html lang="en" data-theme={useThemeAttribute()}>
      <head>
        <meta charSet="utf-8" />
        <EarlyScripts nonce={nonce} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <ThemeMeta />
        <Meta />
        <Links />
      </head>
      <body>
        <Header menu={root?.menu}>
          <ThemeSwitch />
        </Header>
        <div className="page grow">
          <Expendable>
            <Messages loaded={root?.messages} />
            <PageEffects />
          </Expendable>
          <main id="main" tabIndex={-1} className="py-10 sm:py-14">
            {children}
          </main>
        </div>
        <Footer />
        <ScrollRestoration nonce={nonce} />
        <LateScripts nonce={nonce} />
        <LiveReload nonce={nonce} />
      </body>
    </html>
  );
}
