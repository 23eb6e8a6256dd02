import { expect, test } from "vitest";
import { isSpeculative, wasDelivered } from "~/lib/session/flash";

const request = (headers: HeadersInit = {}, method = "GET", path = "/page") =>
  new Request(`https://example.com${path}`, { method, headers });
const response = (status: number, headers: HeadersInit = {}) =>
  status === 101
    ? new Response(null, { status, webSocket: new WebSocketPair()[0] })
    : new Response(null, { status, headers });

/** Ways in which browsers have announced a request that nobody may ever see the answer to. */
const speculative: HeadersInit[] = [
  { "Sec-Purpose": "prefetch" },
  { "Sec-Purpose": "prefetch;prerender" },
  { "Sec-Purpose": "prefetch;anonymous-client-ip" },
  { "Sec-Purpose": "prefetch; prerender; anonymous-client-ip" },
  { "Sec-Purpose": "Prefetch" },
  { "Sec-Purpose": "other, prefetch;a=1" },
  { "Sec-Purpose": 'other;note="a, b", prefetch' },
  { "Sec-Purpose": "prerender" },
  { Purpose: "prefetch" },
  { "X-Purpose": "preview" },
  { "X-Moz": "prefetch" },
];
const ordinary: HeadersInit[] = [
  {},
  { "Sec-Purpose": "" },
  { "Sec-Purpose": "navigate;prefetch" },
  { "Sec-Purpose": 'other;note="a, prefetch"' },
  { "Sec-Purpose": "no-prefetch" },
  { "X-Purpose": "reload" },
];

test.each(speculative)("3.3 %o is speculative", (headers) => {
  expect(isSpeculative(request(headers))).toBe(true);
});

test.each(ordinary)("3.3 %o is not speculative", (headers) => {
  expect(isSpeculative(request(headers))).toBe(false);
});

const shows = [200, 201, 203, 206, 400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 501, 502, 503, 504];
const showsNothing = [101, 204, 205, 300, 301, 302, 303, 304, 307, 308];

for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
  test(`3.3 ${method}: delivered by ${shows.join(", ")}, and by none of ${showsNothing.join(", ")}`, () => {
    for (const path of ["/page", "/page.data", "/page?_data=routes%2Fpage"]) {
      const delivered = [...shows, ...showsNothing].filter((status) =>
        wasDelivered(request({}, method, path), response(status)),
      );
      expect(delivered).toEqual(shows);
    }
  });

  test(`3.3 ${method}: no response to a speculative request delivers`, () => {
    for (const headers of speculative) {
      for (const status of [...shows, ...showsNothing]) {
        expect(wasDelivered(request(headers, method), response(status))).toBe(false);
      }
    }
  });
}

test.each(["HEAD", "OPTIONS"])("3.3 no response to %s delivers", (method) => {
  for (const status of [...shows, ...showsNothing]) {
    expect(wasDelivered(request({}, method), response(status))).toBe(false);
  }
});

test("3.3 a single-fetch redirect delivers nothing, but a resource route's own 202 does", () => {
  const remix = { "X-Remix-Response": "yes" };
  for (const method of ["GET", "POST"]) {
    expect(wasDelivered(request({}, method, "/page.data"), response(202, remix))).toBe(false);
    expect(wasDelivered(request({}, method, "/_root.data?index"), response(202, remix))).toBe(false);
    const reactRouter = { "Content-Type": "text/x-script; charset=utf-8" };
    expect(wasDelivered(request({}, method, "/page.data"), response(202, reactRouter))).toBe(false);
    expect(wasDelivered(request({}, method, "/page.data"), response(200, remix))).toBe(true);
    for (const headers of [{}, remix, reactRouter]) {
      expect(wasDelivered(request({}, method, "/jobs"), response(202, headers))).toBe(true);
    }
  }
});

test("3.3 a 404 page for an image, a script or a style sheet delivers nothing", () => {
  for (const destination of ["image", "script", "style", "font", "manifest", "serviceworker"]) {
    expect(wasDelivered(request({ "Sec-Fetch-Dest": destination }), response(404))).toBe(false);
  }
  for (const destination of ["document", "iframe", "empty"]) {
    expect(wasDelivered(request({ "Sec-Fetch-Dest": destination }), response(404))).toBe(true);
  }
});
