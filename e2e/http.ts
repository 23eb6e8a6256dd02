/** For a plain HTTP client: redirects are not followed, and every header is visible. */
import type { APIRequestContext, APIResponse } from "@playwright/test";

/** Posts a form like a browser on this site. */
export function post(request: APIRequestContext, path: string, form: Record<string, string>, headers = {}) {
  const own = { "Sec-Fetch-Site": "same-origin", ...headers };
  // workerd closes a connection that was idle for five seconds, perhaps in the moment in which this one takes it again.
  return request.post(path, { form, headers: own, maxRedirects: 0, maxRetries: 1 });
}

export function setCookies(response: APIResponse): string[] {
  return response
    .headersArray()
    .filter(({ name }) => name.toLowerCase() === "set-cookie")
    .map(({ value }) => value);
}

/** Returns the `name=value` of a `Set-Cookie` line, as a browser sends it back. */
export function cookiePair(line = ""): string {
  return line.split(";")[0] ?? "";
}
