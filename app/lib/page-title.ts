/** Returns the text of a page's `<title>`: the page first, so that a row of narrow tabs can be told apart. */
export function pageTitle(page: string): string {
  return `${page} – Remix Sessions on Workers`;
}
