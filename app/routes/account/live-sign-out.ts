/**
 * In the browser: finds out that the visitor of this page was signed out elsewhere, or that somebody else has signed in.
 * With the Durable Object store a WebSocket says so; with any store the page asks when its tab becomes visible, when it
 * comes back from the back/forward cache, and when the browser is online again. Neither shows a message or renews a session.
 */

export type SignInState = "same" | "ended" | "other";

/** `path` is the route that answers, for the user whom this page shows. */
export type SignInWatch = { path: string; isLive: boolean };

/** What app/lib/session-extras/live.ts says. */
const NEWS = new Map<unknown, SignInState>([
  ["", "same"],
  ["ended", "ended"],
  ["signed in as somebody else", "other"],
]);

/** Milliseconds. Cloudflare and other proxies close a socket that was silent for about 100 seconds. */
const PING = 50_000;
/** Milliseconds. A network that is lost without notice leaves the socket open for many minutes. */
const MAX_WAIT = 10_000;
const MAX_DELAY = 60_000;

/** Calls back whenever the state changes; it begins as "same". Returns a function that stops watching. */
export function watchSignIn({ path, isLive }: SignInWatch, onChange: (state: SignInState) => void): () => void {
  const watching = new AbortController();
  let state: SignInState = "same";
  let questions = 0;
  let close = () => {};

  const hear = (news: unknown) => {
    const next = NEWS.get(news);
    if (next === undefined) return;
    // The answers to earlier questions are out of date.
    questions++;
    if (next === state) return;
    state = next;
    onChange(next);
    if (next === "same") open();
    else close();
  };

  /** Without an answer the page stays as it is, and asks the next time. */
  const ask = () => {
    const question = ++questions;
    fetch(path, { cache: "no-store", signal: watching.signal })
      .then(async (response) => {
        const news = response.status === 200 && (await response.text());
        if (question === questions) hear(news);
      })
      .catch(() => {});
  };

  const open = () => {
    close();
    if (isLive && state === "same") close = keepSocket(path, hear);
  };

  const listen = (target: EventTarget, type: string, listener: (event: Event) => void) =>
    target.addEventListener(type, listener, { signal: watching.signal });
  listen(document, "visibilitychange", () => {
    if (!document.hidden) ask();
  });
  listen(window, "online", ask);
  // An open socket keeps a page out of the back/forward cache.
  listen(window, "pagehide", () => close());
  listen(window, "pageshow", (event) => {
    if (!(event as PageTransitionEvent).persisted) return;
    open();
    ask();
  });

  open();
  return () => {
    watching.abort();
    close();
  };
}

/** Opens a socket, and another one whenever it is lost. Returns a function that closes it for good. */
function keepSocket(path: string, onMessage: (data: unknown) => void): () => void {
  let attempts = 0;
  let disconnect = () => {};

  const connect = () => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
    } catch {
      // The browser refuses it. The page still asks when its tab becomes visible.
      return;
    }
    let pings: ReturnType<typeof setInterval> | undefined;
    let wait: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearInterval(pings);
      clearTimeout(wait);
      socket.onclose = socket.onmessage = socket.onopen = null;
      socket.close();
    };
    const lose = () => {
      end();
      // At random, so that after a restart of the server not all tabs come back at the same moment.
      const timer = setTimeout(connect, Math.random() * Math.min(MAX_DELAY, 500 * 2 ** attempts++));
      disconnect = () => clearTimeout(timer);
    };
    socket.onopen = () => {
      pings = setInterval(() => {
        socket.send("ping");
        wait ??= setTimeout(lose, MAX_WAIT);
      }, PING);
    };
    socket.onmessage = ({ data }) => {
      // Any message shows that the server is there.
      clearTimeout(wait);
      wait = undefined;
      attempts = 0;
      onMessage(data);
    };
    socket.onclose = lose;
    disconnect = end;
  };

  connect();
  return () => disconnect();
}
