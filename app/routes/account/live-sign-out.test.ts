/** What the browser's part promises where the network fails; e2e/account/live-sign-out.spec.ts has the rest. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type SignInState, watchSignIn } from "./live-sign-out";

const SECOND = 1_000;

/** A socket whose other end is played by the test. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen?: (() => void) | null;
  onmessage?: ((event: { data: string }) => void) | null;
  onclose?: (() => void) | null;
  constructor() {
    FakeSocket.all.push(this);
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  send(text: string) {
    this.sent.push(text);
  }
  /** Waits for the other end, as a real one does. */
  close() {
    this.readyState = 2;
  }
}

/** The answers that the page waits for, in the order in which it has asked. */
let asked: ((text: string) => void)[];
let states: SignInState[];
let stop: () => void;
let page: EventTarget & { hidden?: boolean };
let browser: EventTarget;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  asked = [];
  states = [];
  page = new EventTarget();
  browser = new EventTarget();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", browser);
  vi.stubGlobal("location", { href: "https://example.com/account" });
  vi.stubGlobal("fetch", () => new Promise((answer) => asked.push((text) => answer(new Response(text)))));
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function watch({ isLive }: { isLive: boolean }) {
  stop = watchSignIn({ path: "/live", isLive }, (state) => states.push(state));
  FakeSocket.all[0]?.open();
}
const lookAgain = () => page.dispatchEvent(new Event("visibilitychange"));

test("a socket whose network has gone without a word is given up, and the page connects again", async () => {
  watch({ isLive: true });
  await vi.advanceTimersByTimeAsync(50 * SECOND);
  expect(FakeSocket.all[0]?.sent).toEqual(["ping"]);
  await vi.advanceTimersByTimeAsync(15 * SECOND);
  expect(FakeSocket.all).toHaveLength(2);
});

test("a page asks when its tab becomes visible, when it is online again, and back from the back/forward cache", () => {
  watch({ isLive: false });
  lookAgain();
  browser.dispatchEvent(new Event("online"));
  browser.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  expect(asked).toHaveLength(3);
  page.hidden = true;
  lookAgain();
  expect(asked).toHaveLength(3);
  stop();
  browser.dispatchEvent(new Event("online"));
  expect(asked).toHaveLength(3);
});

test("a page has no socket while it is in the back/forward cache", () => {
  watch({ isLive: true });
  browser.dispatchEvent(new Event("pagehide"));
  expect(FakeSocket.all.map(({ readyState }) => readyState)).toEqual([2]);
  browser.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  expect(FakeSocket.all).toHaveLength(2);
});

test("a page that was signed out has no socket, and a new one after a new sign-in", async () => {
  watch({ isLive: true });
  FakeSocket.all[0]?.onmessage?.({ data: "ended" });
  await vi.advanceTimersByTimeAsync(300 * SECOND);
  expect(FakeSocket.all).toHaveLength(1);
  lookAgain();
  asked[0]?.("");
  await vi.advanceTimersByTimeAsync(0);
  expect([FakeSocket.all.length, states]).toEqual([2, ["ended", "same"]]);
});

test("a socket that answers is kept", async () => {
  watch({ isLive: true });
  const [socket] = FakeSocket.all;
  for (let minute = 0; minute < 10; minute++) {
    await vi.advanceTimersByTimeAsync(50 * SECOND);
    socket?.onmessage?.({ data: "pong" });
  }
  expect([FakeSocket.all.length, socket?.sent.length, states]).toEqual([1, 10, []]);
});

test("of two answers, the one that was asked for last counts", async () => {
  watch({ isLive: false });
  lookAgain();
  lookAgain();
  asked[1]?.("");
  await vi.advanceTimersByTimeAsync(0);
  // From before the sign-in, and late.
  asked[0]?.("ended");
  await vi.advanceTimersByTimeAsync(0);
  expect(states).toEqual([]);
});
