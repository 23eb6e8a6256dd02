/**
 * In the browser: finds out that the visitor of this page was signed out elsewhere, or that somebody else has signed in.
 * By a WebSocket if the store can (session/live.ts); with any store when the tab becomes visible again, and when another tab of
 * this browser says that something has changed. Asking shows no message and renews no session.
 * To lift: copy the file, the route that answers (routes/account_.live.ts) and components/sign-in-notice.tsx.
 */

export type SignInState = "same" | "ended" | "other";

/** `path`: the route that answers, for the user whom this page shows. */
export type SignInWatch = { path: string; isLive: boolean };

const CHANNEL = "account";

const NEWS = new Map<unknown, SignInState>([
  ["", "same"],
  ["ended", "ended"],
  ["signed in as somebody else", "other"],
]);

/** Milliseconds. Cloudflare and other proxies close a socket that was silent for about 100 seconds. */
const PING = 50_000;
/** Milliseconds. A network that goes away without a word leaves the socket open for many minutes. */
const MAX_WAIT = 10_000;
const MAX_DELAY = 60_000;

/** Tells this browser's other tabs to ask again. They believe the server, not a tab that may be out of date. */
export function announceSignIn(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
}

/** Calls back whenever the state changes; it begins as "same". Returns a function that stops watching. */
export function watchSignIn({ path, isLive }: SignInWatch, onChange: (state: SignInState) => void): () => void {
  let state: SignInState = "same";
  let socket: WebSocket | undefined;
  let channel: BroadcastChannel | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  let asked = 0;
  let isOpen = false;
  /** Makes sure that the socket still reaches the server. False if it is not open. */
  let ping = () => false;

  const hear = (news: unknown) => {
    const next = NEWS.get(news);
    if (!next || next === state || !isOpen) return;
    state = next;
    onChange(next);
    if (next === "same") connect();
  };

  /** Without an answer the page stays as it is, and asks the next time. A late one is out of date. */
  const ask = () => {
    const number = ++asked;
    fetch(path, { cache: "no-store" })
      .then(async (response) => {
        const news = response.status === 200 && (await response.text());
        if (number === asked) hear(news);
      })
      .catch(() => {});
  };

  function connect() {
    clearTimeout(timer);
    if (!isLive || !isOpen || socket || state !== "same") return;
    let opened: WebSocket;
    try {
      opened = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
    } catch {
      // A browser may refuse it: then the page asks when it is looked at again.
      return;
    }
    socket = opened;
    let pings: ReturnType<typeof setInterval> | undefined;
    let wait: ReturnType<typeof setTimeout> | undefined;
    const lose = () => {
      clearInterval(pings);
      clearTimeout(wait);
      if (socket !== opened) return;
      socket = undefined;
      opened.close();
      // At random, so that all tabs of a server that was restarted do not come back in the same moment.
      const delay = Math.random() * Math.min(MAX_DELAY, 500 * 2 ** attempts++);
      if (state === "same") timer = setTimeout(connect, delay);
    };
    ping = () => {
      if (opened.readyState !== WebSocket.OPEN) return false;
      opened.send("ping");
      wait ??= setTimeout(lose, MAX_WAIT);
      return true;
    };
    opened.onopen = () => {
      pings = setInterval(ping, PING);
    };
    opened.onmessage = ({ data }) => {
      // Whatever it says, the server is there.
      clearTimeout(wait);
      wait = undefined;
      attempts = 0;
      // What was asked before is out of date by then. A pong says nothing about the session.
      if (NEWS.has(data)) asked++;
      hear(data);
    };
    opened.onclose = lose;
  }

  const onVisible = () => {
    if (document.hidden) return;
    if (!ping()) ask();
  };
  const onOnline = () => {
    attempts = 0;
    connect();
  };
  const open = ({ persisted = false }: { persisted?: boolean } = {}) => {
    if (isOpen) return;
    isOpen = true;
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = ask;
    connect();
    if (persisted) ask();
  };
  // An open socket or channel keeps a page out of the back/forward cache.
  const close = () => {
    isOpen = false;
    clearTimeout(timer);
    channel?.close();
    const closing = socket;
    socket = undefined;
    closing?.close();
  };

  open();
  addEventListener("pageshow", open);
  addEventListener("pagehide", close);
  addEventListener("online", onOnline);
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    close();
    removeEventListener("pageshow", open);
    removeEventListener("pagehide", close);
    removeEventListener("online", onOnline);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
