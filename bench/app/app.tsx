/**
 * The smallest Remix app with a page to render and a resource route. A variant wires a way to have sessions into it; both
 * routes then have it do one kind of work, which the query names.
 */
import {
  createRequestHandler,
  data,
  type EntryContext,
  type LoaderFunctionArgs,
  type ServerBuild,
} from "@remix-run/cloudflare";
import { Links, Meta, Outlet, RemixServer, Scripts, useLoaderData } from "@remix-run/react";
import { renderToReadableStream } from "react-dom/server";
import type { Work, WorkResult } from "./variant";

type Handle = (request: Request, doWork: (work: Work) => WorkResult) => Promise<Response>;

function loader({ request, context }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const name = searchParams.get("work") ?? "untouched";
  const doWork = context.doWork as unknown as (work: Work) => WorkResult;
  return doWork({ name, value: searchParams.get("value") ?? "" } as Work);
}

async function page(args: LoaderFunctionArgs) {
  const { value, headers } = await loader(args);
  return data({ value }, headers ? { headers } : {});
}

async function resource(args: LoaderFunctionArgs) {
  const { value, headers } = await loader(args);
  return new Response(String(value), headers ? { headers } : {});
}

function Root() {
  return (
    <html lang="en">
      <head>
        <title>Bench</title>
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

function Page() {
  const { value } = useLoaderData() as { value: unknown };
  return (
    <main>
      <h1>A page</h1>
      <p>{String(value)}</p>
      <ul>
        {Array.from({ length: 20 }, (_, index) => `Line ${index}`).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </main>
  );
}

async function handleRequest(request: Request, status: number, headers: Headers, remixContext: EntryContext) {
  const body = await renderToReadableStream(<RemixServer context={remixContext} url={request.url} />);
  headers.set("Content-Type", "text/html");
  return new Response(body, { status, headers });
}

const routes = {
  root: { id: "root", path: "", module: { default: Root } },
  page: {
    id: "page",
    parentId: "root",
    path: "page",
    module: { default: Page, loader: page },
  },
  resource: { id: "resource", parentId: "root", path: "resource", module: { loader: resource } },
};

const manifestRoutes = Object.fromEntries(
  Object.entries(routes).map(([id, route]) => [
    id,
    {
      ...route,
      module: `/build/${id}.js`,
      hasLoader: "loader" in route.module,
      hasAction: false,
      hasClientLoader: false,
      hasClientAction: false,
      hasErrorBoundary: false,
    },
  ]),
);

const build = {
  entry: { module: { default: handleRequest } },
  routes,
  assets: {
    entry: { module: "/build/entry.js", imports: [] },
    routes: manifestRoutes,
    url: "/build/m.js",
    version: "1",
  },
  publicPath: "/build/",
  assetsBuildDirectory: "public/build",
  future: { v3_singleFetch: true },
  isSpaMode: false,
} as unknown as ServerBuild;

const remixHandler = createRequestHandler(build, "production");

export const handle: Handle = (request, doWork) => remixHandler(request, { doWork } as never);
