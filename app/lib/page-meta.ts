import type { MetaDescriptor, MetaFunction } from "@remix-run/cloudflare";
import { describeError } from "./error-text";

/** The name that visitors see. `npm run rename -- my-app --title "My App"` changes it. */
export const SITE = "Remix Sessions";

/**
 * Returns a route's `meta`: title and description for tabs, search engines and shared links, and the picture of a shared link.
 * An error has its own title.
 */
export function pageMeta(page: string, description?: string): MetaFunction {
  return ({ error, matches }) => {
    const root = matches.find(({ id }) => id === "root")?.data as { origin?: string } | undefined;
    const tags = error ? tagsFor(describeError(error).title) : tagsFor(page, description);
    return [...tags, ...previewTags(root?.origin)];
  };
}

function tagsFor(page: string, description?: string): MetaDescriptor[] {
  // The page comes first: a narrow tab shows only the beginning.
  const title = `${page} – ${SITE}`;
  const tags = [{ title }, { property: "og:title", content: title }, { property: "og:type", content: "website" }];
  if (!description) return tags;
  return [...tags, { name: "description", content: description }, { property: "og:description", content: description }];
}

/** The picture needs an absolute URL, so a page without the origin (its root loader failed) has no picture. */
function previewTags(origin: string | undefined): MetaDescriptor[] {
  const card = { name: "twitter:card", content: "summary_large_image" };
  if (!origin) return [card];
  return [
    card,
    { property: "og:image", content: `${origin}/social.png` },
    { property: "og:image:width", content: "1200" },
    { property: "og:image:height", content: "630" },
    { property: "og:image:alt", content: SITE },
  ];
}
