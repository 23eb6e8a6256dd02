import type { AppLoadContext, EntryContext } from "@remix-run/cloudflare";
import { Suspense } from "react";
import { afterEach, expect, test, vi } from "vitest";
import handleRequest, { streamTimeout } from "./entry.server";

const never = new Promise<never>(() => {});
/** What the page waits for: for ever, unless a test gives it something. */
const content: { current?: string } = {};

function Content() {
  if (content.current === undefined) throw never;
  return content.current;
}

// A page whose shell is drawn at once.
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

/** A request, and what listens to its signal: workerd would keep that. */
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

test("a visitor who leaves stops the rendering", async () => {
  const visitor = new AbortController();
  const { request, listeners } = watchedRequest(visitor.signal);
  const page = (await render(request)).text();
  expect(listeners.size).toBe(1);
  visitor.abort();
  expect(await page).toContain("Loading");
  expect(logged).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(listeners.size).toBe(0));
});

test("a visitor who had left before the rendering began stops it too", async () => {
  const page = await render(new Request("https://example.com/", { signal: AbortSignal.abort() }));
  expect(await page.text()).toContain("Loading");
});

test("a visitor who closes the stream stops the rendering", async () => {
  const { request, listeners } = watchedRequest(new AbortController().signal);
  const page = await render(request);
  await page.body?.cancel();
  await vi.waitFor(() => expect(listeners.size).toBe(0));
});

test("a page that takes too long is given up, and the log says so", async () => {
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

test("nothing listens to the request once its page is rendered", async () => {
  const { request, listeners } = watchedRequest(new AbortController().signal);
  content.current = "Rendered";
  expect(await (await render(request)).text()).toContain("Rendered");
  await vi.waitFor(() => expect(listeners.size).toBe(0));
});
