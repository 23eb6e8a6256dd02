/**
 * The smallest Remix app with a resource route, a page to render, and a page that first makes one database query, as a real
 * one does. A variant wires a way to have sessions into it; each route then has it do one kind of work, which the URL names.
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

export interface Env {
  BENCH_DB?: D1Database;
}

type Handle = (request: Request, env: Env, doWork: (work: Work) => WorkResult) => Promise<Response>;

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

async function query(args: LoaderFunctionArgs) {
  const { value, headers } = await loader(args);
  const { BENCH_DB } = args.context.env as Env;
  const article = await BENCH_DB?.prepare("SELECT title FROM article WHERE id = ?").bind(1).first();
  return data({ value, title: article?.title }, headers ? { headers } : {});
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
  const { value, title = "A page" } = useLoaderData() as { value: unknown; title?: string };
  return (
    <main>
      <h1>{title}</h1>
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
  query: { id: "query", parentId: "root", path: "query", module: { default: Page, loader: query } },
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

export const handle: Handle = (request, env, doWork) => remixHandler(request, { env, doWork } as never);
