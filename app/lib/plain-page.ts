/** A small page without Remix, for an answer that must not depend on the app: it follows the system's colour scheme. */

type PlainPage = {
  status: number;
  title: string;
  text: string;
  /** What the link to the same address says. */
  link: string;
  /** The response's Content-Security-Policy nonce, for the page's style. */
  nonce: string;
};

/** Whether somebody will look at the answer: a script, Remix's own included, can do nothing with a page. */
export function asksForPage(request: Request): boolean {
  const isData = new URL(request.url).pathname.endsWith(".data");
  return !isData && request.headers.get("Accept")?.includes("text/html") === true;
}

/** Returns the page as a response that no cache keeps. */
export function plainPage({ status, title, text, link, nonce }: PlainPage): Response {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">
  body { font: 1.125rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 10vh auto; padding: 0 1.5rem;
    background: light-dark(#f3f5ef, #101614); color: light-dark(#15211c, #e7ede7) }
  h1 { font-size: 2.25rem; line-height: 1.1; letter-spacing: -0.03em }
  p { white-space: pre-wrap; overflow-wrap: anywhere }
  a { color: inherit }
</style>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
<p><a href="">${escapeHtml(link)}</a> or <a href="/">go to the home page</a>.</p>
</main>
`;
  return new Response(html, {
    status,
    headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" },
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
