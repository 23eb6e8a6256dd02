import { Links, Meta, Outlet, Scripts } from "react-router";
import { sessionMiddleware } from "~/session-middleware";

export const middleware = [sessionMiddleware];

export default function App() {
  return (
    <html lang="en">
      <head>
        <Meta />
        <Links />
      </head>
      <body>
        <Outlet />
        <Scripts />
      </body>
    </html>
  );
}
