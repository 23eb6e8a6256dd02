/// <reference types="@cloudflare/vitest-pool-workers/types" />
/**
 * For tests of the production build, as deployed, called in workerd: worker.test.ts, and a room's own. The routes come from the
 * build.
 */
import {
  applyD1Migrations,
  createExecutionContext,
  type D1Migration,
  env,
  waitOnExecutionContext,
} from "cloudflare:test";
import { getConfig, type Session } from "~/lib/session";
import { createSessionStorage } from "~/lib/session/stores";
import type { Env } from "~/load-context";
// @ts-expect-error The build makes it.
import built from "../build/index.js";

export type Settings = Partial<Env>;

export const worker = built as Required<Pick<ExportedHandler<Settings>, "fetch" | "scheduled">>;
export const settings = env as unknown as Settings & { SESSION_DB: D1Database; MIGRATIONS: D1Migration[] };
export async function visit(path: string, init?: RequestInit, given: Settings = settings) {
  const ctx = createExecutionContext();
  const request = new Request(new URL(path, "https://example.com"), { redirect: "manual", ...init });
  const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], given, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

export const post = (fields: Record<string, string>, headers: HeadersInit = {}) => ({
  method: "POST",
  body: new URLSearchParams(fields),
  headers,
});

export async function cookieOf(response: Response | Promise<Response>): Promise<string> {
  return (await response).headers.getSetCookie()[0]?.split(";")[0] as string;
}

interface ManifestRoute {
  id: string;
  parentId?: string;
  path?: string;
  index?: boolean;
  hasAction: boolean;
  hasErrorBoundary: boolean;
}

declare global {
  // Vite's, for what is below. Not its `vite/client`: Vite is no dependency of the app, and pnpm would not find it.
  interface ImportMeta {
    glob: (path: string, options: { query: string; import: string; eager: true }) => Record<string, string>;
  }
}

export const manifest = Object.values(
  import.meta.glob("../public/build/manifest-*.js", { query: "?raw", import: "default", eager: true }),
)
  .map((text) => JSON.parse(text.replace(/^window\.__remixManifest=|;\s*$/g, "")))
  .at(0) as { version: string; routes: Record<string, ManifestRoute> };

/** The routes of the built app, each with a path that it answers: a value stands in for each parameter. */
export const routes = Object.values(manifest.routes)
  .filter(({ id }) => id !== "root")
  .map((route) => ({
    ...route,
    url: fullPath(route)
      .replace(/:\w+\??/g, "some")
      .replace("*", "no/such/page"),
  }));

function fullPath({ parentId, path = "" }: ManifestRoute): string {
  const parent = parentId ? manifest.routes[parentId] : undefined;
  return `${parent ? fullPath(parent) : ""}/${path}`.replace(/\/+/g, "/");
}

/** A cookie of a visitor whose session has this value, or this message. */
export async function cookieWith(change: (session: Session) => void, store = "cookie"): Promise<string> {
  if (store === "d1") await applyD1Migrations(settings.SESSION_DB, settings.MIGRATIONS);
  const env = { ...settings, SESSION_STORE: store };
  const config = getConfig({ request: new Request("https://example.com"), env });
  const storage = createSessionStorage(config);
  const session = await storage.getSession();
  change(session);
  return (await storage.commitSession(session)).split(";")[0] as string;
}

export const dataPath = (path: string) => path.replace(/^\/(?=$|\?)/, "/_root").replace(/(?=$|\?)/, ".data");
export const paths = routes.map(({ url }) => url);
/** An index route's form needs `?index`, because its parent has the same address. */
export const actions = routes
  .filter(({ hasAction }) => hasAction)
  .map((route) => ({ ...route, url: route.index ? `${route.url}?index` : route.url }));

/** The settings of an app whose store fails. */
export const down: Settings = {
  ...settings,
  SESSION_STORE: "d1",
  SESSION_DB: { prepare: () => { throw new Error("down"); } } as unknown as D1Database, // biome-ignore format: one line
};
