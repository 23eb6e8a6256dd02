/** Requests that show nothing to a person leave the message for the next page. */
import { expect, test } from "../fixtures";
import { post, setCookies } from "../http";

const MESSAGE = "Your bag is packed";

for (const [what, path, headers, method] of [
  ["a prefetch", "/", { "Sec-Purpose": "prefetch" }, "GET"],
  ["a prerendering", "/", { "Sec-Purpose": "prefetch;prerender" }, "GET"],
  ["an older browser's prefetch", "/", { Purpose: "prefetch" }, "GET"],
  ["a prefetch of the data alone", "/_root.data", { "Sec-Purpose": "prefetch" }, "GET"],
  ["a HEAD", "/", {}, "HEAD"],
  ["a request for the route manifest", "/__manifest?p=%2F&version=0", {}, "GET"],
  ["a picture", "/favicon.svg", {}, "GET"],
] as const) {
  test(`3.3 ${what} leaves the message for the next page`, async ({ context: { request }, session }) => {
    await session.flash("success", MESSAGE);
    const between = await request.fetch(path, { method, headers });
    expect(await between.text()).not.toContain(MESSAGE);
    expect(setCookies(between)).toEqual([]);

    expect(await (await request.get("/")).text()).toContain(MESSAGE);
    expect(await (await request.get("/")).text()).not.toContain(MESSAGE);
  });
}

test("3.3 the message survives two redirects in a row, each of which writes the session", async ({
  context: { request },
  session,
}) => {
  await session.flash("success", MESSAGE);
  expect((await post(request, "/theme-toggle", { theme: "dark", redirectTo: "/" })).status()).toBe(303);
  expect((await post(request, "/theme-toggle", { theme: "light", redirectTo: "/" })).status()).toBe(303);

  expect(await (await request.get("/")).text()).toContain(MESSAGE);
  expect(await (await request.get("/")).text()).not.toContain(MESSAGE);
});

test("3.3 the 404 page shows the message too, once", async ({ context: { request }, session }) => {
  await session.flash("success", MESSAGE);
  expect(await (await request.get("/nowhere")).text()).toContain(MESSAGE);
  expect(await (await request.get("/")).text()).not.toContain(MESSAGE);
});
