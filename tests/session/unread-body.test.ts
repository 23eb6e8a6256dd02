import { expect, test } from "vitest";
import { getConfig, handleFetch, SuperflareSession, withoutOriginHeader } from "~/lib/session";
import { createSessionStorage } from "~/lib/session/stores";
import { drainOnThisMachine } from "~/lib/session/unread-body";

/** A request whose body has this many chunks of a megabyte, and how many of them were read. */
function upload(url: string, chunks: number) {
  let read = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (read === chunks) return controller.close();
        read++;
        controller.enqueue(new Uint8Array(1_000_000));
      },
    },
    { highWaterMark: 0 },
  );
  return { request: new Request(url, { method: "POST", body }), read: () => read };
}

test.each(["http://localhost:8787/", "http://127.0.0.1/", "http://[::1]:80/", "https://localhost:8787/"])(
  "%s reads what nobody has read",
  async (url) => {
    const { request, read } = upload(url, 3);
    await drainOnThisMachine(request);
    expect(read()).toBe(3);
  },
);

test("reads the rest of what was read in part", async () => {
  const { request, read } = upload("http://localhost/", 3);
  const reader = request.body?.getReader();
  await reader?.read();
  reader?.releaseLock();
  await drainOnThisMachine(request);
  expect(read()).toBe(3);
});

test.each([
  "https://app.example/",
  "http://app.example/",
  "https://localhost.app.example/",
  "http://localhost.app.example/",
])("%s is deployed, where an upload that is refused is not read", async (url) => {
  const { request, read } = upload(url, 3);
  await drainOnThisMachine(request);
  expect(read()).toBe(0);
});

test("an upload without an end, one that fails, one that was read and none at all are answered", async () => {
  await drainOnThisMachine(upload("http://localhost/", Number.POSITIVE_INFINITY).request);
  const failing = new ReadableStream({ pull: (controller) => controller.error(new Error("Network connection lost")) });
  await drainOnThisMachine(new Request("http://localhost/", { method: "POST", body: failing }));
  const { request } = upload("http://localhost/", 1);
  await request.arrayBuffer();
  await drainOnThisMachine(request);
  await drainOnThisMachine(new Request("http://localhost/"));
});

/** Runs handleFetch as a recipe does. */
async function answer(request: Request, handler: (request: Request) => Response): Promise<Response> {
  const config = getConfig({ request, env: { SESSION_SECRET: "a secret of more than 32 characters" } });
  const storage = createSessionStorage(config);
  const session = new SuperflareSession(await storage.getSession());
  const getSessionCookie = () => storage.commitSession(session.getSession());
  return await handleFetch({ config, session, getSessionCookie }, () => handler(request));
}

test("handleFetch drains what the app leaves unread, and what it refuses itself", async () => {
  const unread = upload("http://localhost/", 3);
  await answer(unread.request, () => new Response(null, { status: 404 }));
  const refused = upload("http://localhost/", 3);
  refused.request.headers.set("Sec-Fetch-Site", "cross-site");
  expect((await answer(refused.request, () => new Response("never"))).status).toBe(403);
  expect([unread.read(), refused.read()]).toEqual([3, 3]);
});

test("handleFetch leaves a body alone that the response sends back", async () => {
  const request = new Request("http://localhost/", { method: "POST", body: "Hello" });
  expect(await (await answer(request, ({ body }) => new Response(body))).text()).toBe("Hello");
});

test("the Worker leaves such a body alone as well, also if it was sent through copies of the request", async () => {
  const request = new Request("http://localhost/", { method: "POST", body: "Hello" });
  const response = await answer(request, () => {
    const { body } = withoutOriginHeader(request);
    const copy = new Request("http://localhost/", { method: "POST", body });
    return new Response(copy.body, { headers: { "X-Sent": "back" } });
  });
  await drainOnThisMachine(request, response);
  expect(await response.text()).toBe("Hello");
});

test("a body that the app passes on, or goes on reading after it has answered, arrives whole", async () => {
  const sizes: Promise<number>[] = [];
  const sizeOf = async (body: BodyInit | null) => (await new Response(body).arrayBuffer()).byteLength;
  const ways: ((request: Request) => BodyInit | null)[] = [
    (request) => request.clone().body,
    ({ body }) => body?.pipeThrough(new IdentityTransformStream()) ?? null,
    ({ body }) => body?.tee()[1] ?? null,
    ({ body }) => body,
  ];
  for (const way of ways) {
    await answer(upload("http://localhost/", 3).request, (request) => {
      sizes.push(sizeOf(way(request)));
      return new Response("Thank you");
    });
  }
  expect(await Promise.all(sizes)).toEqual(ways.map(() => 3_000_000));
});

test("an upload that stops without an end is answered all the same", async () => {
  const stalled = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) });
  const request = new Request("http://localhost/", { method: "POST", body: stalled });
  expect((await answer(request, () => new Response("Too large", { status: 413 }))).status).toBe(413);
});

test("handleFetch drains what an app leaves unread that fails", async () => {
  const { request, read } = upload("http://localhost/", 3);
  const fail = () => {
    throw new Error("A fault of the app");
  };
  await expect(answer(request, fail)).rejects.toThrow("A fault of the app");
  expect(read()).toBe(3);
});
