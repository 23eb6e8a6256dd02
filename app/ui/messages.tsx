/**
 * Messages from earlier requests. In a new document they are a banner that takes the focus: a screen reader reads it first,
 * without JavaScript too. If the router stays on the page they are toasts, in a live region that was empty before: a
 * screen reader announces only what is added to a region that it knows.
 *
 * New toasts replace those that are shown: they say how things are now, and an older one may contradict them. Without newer
 * ones, a success closes by itself, and an error stays until somebody closes it.
 */
import { useLocation, useMatches } from "@remix-run/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { type FlashMessage, onErrorInBrowser } from "~/lib/flash-messages";

const NONE: FlashMessage[] = [];

/** How long a success is shown as a toast, in milliseconds. An error stays: it asks the visitor to do something. */
const READING_TIME = 6_000;
const STEP = 250;

/** `loaded` is what the root loader has read. The server sends each message once; from then on it is kept here. */
export function Messages({ loaded = NONE }: { loaded: FlashMessage[] | undefined }) {
  const isKept = useMessagesAreKept();
  const arrived = isKept ? NONE : loaded;
  const { key } = useLocation();

  // Those of the document are in its HTML, and stay until the visitor leaves the page.
  const [first] = useState({ messages: arrived, key });
  const [added, setAdded] = useState(NONE);
  const [closed, setClosed] = useState<string[]>([]);
  const [isHydrated, setIsHydrated] = useState(false);
  useEffect(() => setIsHydrated(true), []);

  useEffect(() => {
    const replace = (messages: FlashMessage[]) => {
      if (messages.length === 0) return;
      keepFocus(".toasts");
      setAdded(messages);
    };
    if (arrived !== first.messages) replace(arrived);
    return onErrorInBrowser((message) => replace([message]));
  }, [arrived, first]);

  const close = useCallback((id: string) => {
    keepFocus(`[data-message="${id}"]`);
    setClosed((list) => [...list, id]);
  }, []);

  // They must not come back with the visitor.
  useEffect(() => {
    if (key !== first.key) for (const { id } of first.messages) close(id);
  }, [key, first, close]);

  const isOpen = ({ id }: FlashMessage) => !closed.includes(id);
  const banner = key === first.key ? first.messages.filter(isOpen) : NONE;
  const toasts = added.filter(isOpen);
  useEscape(close);
  useNoneAfterReturn([...banner, ...toasts], close);
  const region = useTimedClose(toasts, close);

  const draw = (message: FlashMessage) => (
    <Message key={message.id} {...message} onClose={isHydrated ? () => close(message.id) : undefined} />
  );
  return (
    <>
      {/* Announces each toast alone. role="status" implies aria-atomic, which would repeat the other one. */}
      <div ref={region} role="status" aria-live="polite" aria-atomic="false" className="toasts" data-testid="toasts">
        {toasts.map(draw)}
      </div>
      {banner.length > 0 && (
        // Stays until it is closed or the visitor leaves. Closing by itself, it would shift the text that is being read.
        <section
          aria-labelledby={banner.map(({ id }) => `message-${id}`).join(" ")}
          tabIndex={-1}
          // An attribute, not an effect, so that it works without JavaScript.
          // biome-ignore lint/a11y/noAutofocus: the message is why the page was loaded
          autoFocus
          className="banner"
        >
          {banner.map(draw)}
        </section>
      )}
    </>
  );
}

/** Moves the focus to the page if it is in a message that is about to disappear. */
function keepFocus(leaving: string) {
  if (document.activeElement?.closest(leaving)) document.getElementById("main")?.focus();
}

type MessageProps = FlashMessage & {
  /** Left out before hydration, when a button would do nothing. */
  onClose: (() => void) | undefined;
};

/** Drawn as a ticket: a stub with the kind, and the text. */
function Message({ id, kind, text, onClose }: MessageProps) {
  const icon = { width: "24", height: "24", fill: "none", stroke: "currentColor" };
  return (
    <div className="ticket relative" data-kind={kind} data-message={id}>
      <span className="ticket-stub">
        <span className="sr-only">{kind === "success" ? "Done: " : "Error: "}</span>
        <svg {...icon} viewBox="0 0 24 24" strokeWidth="2.5" aria-hidden="true">
          {kind === "success" ? <path d="m5 13 4.5 4.5L19 7" /> : <path d="M12 5v9m0 3.5V20" />}
        </svg>
      </span>
      <p id={`message-${id}`} className="self-center py-4 pr-12 pl-4 font-medium wrap-anywhere">
        {text}
      </p>
      {onClose && (
        <button type="button" className="close-button" aria-label="Close" onClick={onClose}>
          <svg {...icon} viewBox="-4 -4 24 24" strokeWidth="2" aria-hidden="true">
            <path d="m3 3 10 10M13 3 3 13" />
          </svg>
        </button>
      )}
    </div>
  );
}

/**
 * Whether a loader of this page has called `session.keepFlash()` and says so with `keepsMessages`. Its messages come again
 * with the next page, so showing them here would show them twice.
 */
function useMessagesAreKept(): boolean {
  return useMatches().some(({ data }) => (data as { keepsMessages?: boolean } | undefined)?.keepsMessages === true);
}

/** Messages were read before the visitor left. The back/forward cache would bring them back, with the focus. */
function useNoneAfterReturn(messages: FlashMessage[], close: (id: string) => void) {
  useEffect(() => {
    const onPageShow = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) return;
      // Drawn at once, before the restored page is painted.
      flushSync(() => {
        for (const { id } of messages) close(id);
      });
    };
    addEventListener("pageshow", onPageShow);
    return () => removeEventListener("pageshow", onPageShow);
  }, [messages, close]);
}

/** Escape closes the message that has the focus, else the newest: the one that is drawn by then, on a busy device too. */
function useEscape(close: (id: string) => void) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      const drawn = [".toasts", ".banner"].map((list) => document.querySelector(`${list} > [data-message]:last-child`));
      const message = document.activeElement?.closest("[data-message]") ?? drawn[0] ?? drawn[1];
      const id = message?.getAttribute("data-message");
      if (id) close(id);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [close]);
}

/**
 * Closes each success after a while. The timer pauses while the pointer or the focus is on the messages, and while the tab is
 * hidden (WCAG 2.2.1). Returns the ref for the element that contains them.
 */
function useTimedClose(messages: FlashMessage[], close: (id: string) => void) {
  const region = useRef<HTMLDivElement>(null);
  const timeLeft = useRef(new Map<string, number>());

  useEffect(() => {
    const timed = messages.filter(({ kind }) => kind === "success");
    if (timed.length === 0) return;
    // Polled. With events, a removed element would never send the one that ends the pause.
    const isPaused = () => document.hidden || region.current?.matches(":hover, :focus-within");
    const timer = setInterval(() => {
      if (isPaused()) return;
      for (const { id } of timed) {
        const left = (timeLeft.current.get(id) ?? READING_TIME) - STEP;
        timeLeft.current.set(id, left);
        if (left <= 0) close(id);
      }
    }, STEP);
    return () => clearInterval(timer);
  }, [messages, close]);

  return region;
}
