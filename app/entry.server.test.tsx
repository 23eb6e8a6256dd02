import type { AppLoadContext, EntryContext } from "@remix-run/cloudflare";
import { Suspense } from "react";
import { afterEach, expect, test, vi } from "vitest";
import handleRequest, { streamTimeout } from "./entry.server";

const never = new Promise<never>(() => {});
/** The page waits for this, forever unless a test sets it. */
const content: { current?: string } = {};

function Content() {
  if (content.current === undefined) throw never;
  return content.current;
}

// A page whose shell renders at once.
vi.mock("@remix-run/react", async (importOriginal) => ({
  ...(await importOriginal<typeof import("@remix-run/react")>()),
  RemixServer: () => (
    <html lang="en">
      <body>
        <Suspense fallback="Loading">
          <Content />
        </Suspense>
      </body>
    </html>
  ),
}));

const logged = vi.spyOn(console, "error").mockReturnValue();
afterEach(() => {
  vi.useRealTimers();
  logged.mockClear();
  content.current = undefined;
});

function render(request: Request) {
  const context = { session: new Map(), nonce: "n" } as unknown as AppLoadContext;
  return handleRequest(request, 200, new Headers(), {} as EntryContext, context);
}

/** Returns a request and the listeners on its signal. */
function watchedRequest(signal: AbortSignal) {
  const request = new Request("https://example.com/", { signal });
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = request.signal;
  vi.spyOn(request.signal, "addEventListener").mockImplementation((type, listener) => {
    listeners.add(listener);
    addEventListener.call(request.signal, type, listener);
  });
  vi.spyOn(request.signal, "removeEventListener").mockImplementation((type, listener) => {
    listeners.delete(listener);
    removeEventListener.call(request.signal, type, listener);
  });
  return { request, listeners };
}

test("rendering stops when the visitor leaves", async () => {
  const visitor = new AbortController();
  const { request, listeners } = watchedRequest(visitor.signal);
  const page = (await render(request)).text();
  expect(listeners.size).toBe(1);
  visitor.abort();
  expect(await page).toContain("Loading");
  expect(logged).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(listeners.size).toBe(0));
});

test("rendering stops if the visitor has already left", async () => {
  const page = await render(new Request("https://example.com/", { signal: AbortSignal.abort() }));
  expect(await page.text()).toContain("Loading");
});

test("rendering stops when the stream is cancelled", async () => {
  const { request, listeners } = watchedRequest(new AbortController().signal);
  const page = await render(request);
  await page.body?.cancel();
  await vi.waitFor(() => expect(listeners.size).toBe(0));
});

test("a page that takes too long is aborted, and the error is logged", async () => {
  vi.useFakeTimers();
  const { request, listeners } = watchedRequest(new AbortController().signal);
  const page = (await render(request)).text();
  vi.advanceTimersByTime(streamTimeout + 999);
  expect(logged).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(await page).toContain("Loading");
  expect(logged).toHaveBeenCalledExactlyOnceWith(new Error("The page took too long to render"));
  await vi.waitFor(() => expect(listeners.size).toBe(0));
});

test("no listener stays on the request once its page is rendered", async () => {
  const { request, listeners } = watchedRequest(new AbortController().signal);
  content.current = "Rendered";
  expect(await (await render(request)).text()).toContain("Rendered");
  await vi.waitFor(() => expect(listeners.size).toBe(0));
});
