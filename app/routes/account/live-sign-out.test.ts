/** What the browser's part promises where the network fails; e2e/live-sign-out.spec.ts has the rest. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type SignInState, watchSignIn } from "./live-sign-out";

const SECOND = 1_000;

/** A socket whose other end does what the test says. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: () => void;
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

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  asked = [];
  states = [];
  page = new EventTarget();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal(
    "BroadcastChannel",
    class {
      close() {}
    },
  );
  vi.stubGlobal("document", page);
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

test("a page that is looked at again finds that out within seconds", async () => {
  watch({ isLive: true });
  lookAgain();
  await vi.advanceTimersByTimeAsync(15 * SECOND);
  expect(FakeSocket.all).toHaveLength(2);
});

test("a page whose socket is closing asks", () => {
  watch({ isLive: true });
  FakeSocket.all[0]?.close();
  lookAgain();
  expect([FakeSocket.all[0]?.sent, asked.length]).toEqual([[], 1]);
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
