/** The answer when the Worker itself fails: a bad setting, or an error that got past Remix's own error boundaries. */
import { ConfigError } from "~/lib/session";

/**
 * Logs the error and answers 500. In development the page says what to do; in production it gives nothing away
 * (OWASP ASVS 5, 16.5.1).
 */
export function serverError(
  error: unknown,
  { isDevelopment, nonce }: { isDevelopment: boolean; nonce: string },
): Response {
  console.error(error instanceof ConfigError ? `Configuration: ${error.message}` : error);
  if (!isDevelopment) {
    return page(
      "Something went wrong",
      "The server could not answer this request. Please try again in a moment.",
      nonce,
    );
  }
  return error instanceof ConfigError
    ? page("The app is not configured", error.message, nonce)
    : page("The Worker threw an error", error instanceof Error ? (error.stack ?? error.message) : String(error), nonce);
}

function page(title: string, text: string, nonce: string): Response {
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
  a { color: light-dark(#0b5f4b, #7fd6b4) }
</style>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
<p><a href="">Try again</a> or <a href="/">go to the home page</a>.</p>
</main>
`;
  return new Response(html, {
    status: 500,
    headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" },
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
