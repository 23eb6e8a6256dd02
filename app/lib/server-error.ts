/** The answer when the Worker itself fails: a bad setting, or an error that Remix's error boundaries did not catch. */
import { ConfigError } from "~/lib/session";
import { plainPage } from "./plain-page";

/**
 * Logs the error and answers 500. In development the page says what to do; in production it reveals nothing (OWASP ASVS
 * 5, 16.5.1).
 */
export function serverError(
  error: unknown,
  { isDevelopment, nonce }: { isDevelopment: boolean; nonce: string },
): Response {
  console.error(error instanceof ConfigError ? `Configuration: ${error.message}` : error);
  const { title, text } = isDevelopment ? explain(error) : unexpected;
  return plainPage({ status: 500, title, text, link: "Try again", nonce });
}

const unexpected = {
  title: "Something went wrong",
  text: "The server could not answer this request. Please try again in a moment.",
};

function explain(error: unknown): { title: string; text: string } {
  if (error instanceof ConfigError) return { title: "The app is not configured", text: error.message };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { title: "The Worker threw an error", text };
}
