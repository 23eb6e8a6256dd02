/** The site as a plain HTTP client sees it: no redirect is followed, and every header can be looked at. */
import type { APIRequestContext, APIResponse } from "@playwright/test";

/** As a browser posts a form of this site. */
export function post(request: APIRequestContext, path: string, form: Record<string, string>, headers = {}) {
  const own = { "Sec-Fetch-Site": "same-origin", ...headers };
  return request.post(path, { form, headers: own, maxRedirects: 0 });
}

export const contact = { name: "Ada", email: "ada@example.com", message: "Hello" };

export function setCookies(response: APIResponse): string[] {
  return response
    .headersArray()
    .filter(({ name }) => name.toLowerCase() === "set-cookie")
    .map(({ value }) => value);
}

/** The `name=value` of a line, as a browser sends it back. */
export function cookiePair(line = ""): string {
  return line.split(";")[0] ?? "";
}
