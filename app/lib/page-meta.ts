import type { MetaDescriptor } from "@remix-run/cloudflare";

const SITE = "Remix Sessions on Workers";

/** Returns what a page says of itself in `<head>`: to a row of narrow tabs, to search engines, to who is sent a link. */
export function pageMeta(page: string, description?: string): MetaDescriptor[] {
  // The page first, so that tabs can be told apart.
  const title = `${page} – ${SITE}`;
  return [
    { title },
    { property: "og:title", content: title },
    ...(description
      ? [
          { name: "description", content: description },
          { property: "og:description", content: description },
        ]
      : []),
  ];
}
