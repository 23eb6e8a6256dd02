import type { MetaDescriptor, MetaFunction } from "@remix-run/cloudflare";
import { describeError } from "./error-text";

/** The name that visitors see. `npm run rename -- my-app --title "My App"` changes it. */
export const SITE = "Remix Sessions";

/** Returns a route's `meta`: title and description for tabs, search engines and shared links. An error has its own title. */
export function pageMeta(page: string, description?: string): MetaFunction {
  return ({ error }) => (error ? tagsFor(describeError(error).title) : tagsFor(page, description));
}

function tagsFor(page: string, description?: string): MetaDescriptor[] {
  // The page comes first: a narrow tab shows only the beginning.
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
