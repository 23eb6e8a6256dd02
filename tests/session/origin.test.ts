import { expect, test } from "vitest";
import { isCrossOrigin, withoutOriginHeader } from "~/lib/session/origin";

const ask = (method: string, headers: HeadersInit) =>
  isCrossOrigin(new Request("https://app.example.com/theme-toggle", { method, headers }));

for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
  test.each<[boolean, HeadersInit]>([
    [false, { "Sec-Fetch-Site": "same-origin", Origin: "https://app.example.com" }],
    [false, { "Sec-Fetch-Site": "same-origin", Origin: "null" }],
    [false, { "Sec-Fetch-Site": "none" }],
    [true, { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" }],
    [true, { "Sec-Fetch-Site": "cross-site", Origin: "https://app.example.com" }],
    [true, { "Sec-Fetch-Site": "same-site", Origin: "https://blog.example.com" }],
    [true, { "Sec-Fetch-Site": "something-new" }],
    [false, { Origin: "https://app.example.com" }],
    [true, { Origin: "https://evil.example" }],
    [true, { Origin: "http://app.example.com" }],
    [true, { Origin: "https://app.example.com:8443" }],
    [true, { Origin: "https://app.example.com.evil.example" }],
    [true, { Origin: "null" }],
    [true, { Origin: "" }],
    [true, { Origin: "https://evil.example", "X-Forwarded-Host": "evil.example", Forwarded: "host=evil.example" }],
    [false, { Origin: "https://app.example.com", "X-Forwarded-Host": "evil.example" }],
    [false, {}],
  ])(`7.1 ${method} is refused: %o for %o`, (isRefused, headers) => {
    expect(ask(method, headers)).toBe(isRefused);
  });
}

test("7.1 a safe method is let through from anywhere: a link from a mail must work", () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    expect(ask(method, { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" })).toBe(false);
  }
});

test("7.1 Remix is given no origin to check again, and the rest of the request", async () => {
  const request = new Request("https://example.com/", {
    method: "POST",
    body: "theme=dark",
    headers: { Origin: "null", Cookie: "a=1" },
  });
  const checked = withoutOriginHeader(request);
  expect([checked.headers.get("Origin"), checked.headers.get("Cookie"), await checked.text()]).toEqual([
    null,
    "a=1",
    "theme=dark",
  ]);
  const safe = new Request("https://example.com/", { headers: { Origin: "https://evil.example" } });
  expect(withoutOriginHeader(safe)).toBe(safe);
});
