/**
 * Under `wrangler dev`, a form that nobody reads to its end costs neither the next form nor a page, and ends nothing. Without
 * app/lib/session/unread-body.ts, wrangler 4.86 ends in one of the first rounds.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeCopy, setFreePorts, startServing } from "../copy.js";

const { folder, remove } = makeCopy();
setFreePorts(folder);
afterAll(remove);

describe.each(["start", "dev"])("npm run %s", (script) => {
  let server;
  let origin;
  beforeAll(async () => {
    server = startServing(folder, ["npm", "run", script]);
    origin = await server.origin();
  });
  afterAll(() => server?.stop());

  const statusOf = async (path, init) => {
    const response = await fetch(origin + path, { redirect: "manual", ...init });
    await response.arrayBuffer();
    return response.status;
  };

  test("200 forms that are refused, mistyped or too large are answered, and so are the pages beside them", async () => {
    const form = { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" };
    const foreign = { ...form, "Sec-Fetch-Site": "cross-site" };
    const paths = ["/", "/theme-toggle", "/form-flash", "/account", "/_root.data"];
    for (let round = 0; round < 40; round++) {
      const size = [20, 60_000, 2_000_000][round % 3];
      const post = (path, init) => statusOf(path, { method: "POST", headers: form, body: "a".repeat(size), ...init });
      const forms = [
        await post("/theme-toggle", { headers: foreign }),
        await post("/no/such/page"),
        await post("/"),
        await post("/account.data"),
        await post("/form-flash", { body: inChunks(size), duplex: "half" }),
      ];
      const isTooLarge = size === 2_000_000;
      const pages = await Promise.all(paths.map((path) => statusOf(path)));
      expect({ round, forms, pages }, server.output().slice(-2_000)).toEqual({
        round,
        forms: [403, 404, 405, isTooLarge ? 413 : 400, isTooLarge ? 413 : 422],
        pages: [200, 200, 200, 200, 200],
      });
    }
  });
});

/** A body without a Content-Length. */
function inChunks(size) {
  return new ReadableStream({
    pull(controller) {
      if (size <= 0) return controller.close();
      controller.enqueue(new Uint8Array(Math.min(size, 10_000)).fill(97));
      size -= 10_000;
    },
  });
}
