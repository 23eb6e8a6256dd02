/**
 * What earlier requests have to say. In a page that the server has sent it is a banner, which takes the focus: a screen
 * reader reads it first, and it works without JavaScript. Where the router stays on the page it is a toast, in a live
 * region that was there before, empty: only what appears in a region that it knows is announced.
 */
import type { FlashMessage } from "~/lib/flash-messages";
import { Message } from "./message";
import { useMessages } from "./use-messages";
import { useTimedClose } from "./use-timed-close";

export function Messages() {
  const { banner, toasts, close } = useMessages();
  return (
    <>
      <Toasts messages={toasts} close={close} />
      {banner.length > 0 && <Banner messages={banner} close={close} />}
    </>
  );
}

type ListProps = { messages: FlashMessage[]; close: ((id: string) => void) | undefined };

/** Stays until the visitor goes on or closes it: text that left by itself would move the page under the reader's eyes. */
function Banner({ messages, close }: ListProps) {
  return (
    <section
      aria-labelledby={messages.map(({ id }) => `message-${id}`).join(" ")}
      tabIndex={-1}
      // The attribute and no effect, so that it needs no script.
      // biome-ignore lint/a11y/noAutofocus: the message is why the page was loaded
      autoFocus
      className="banner"
    >
      {messages.map((message) => (
        <Message key={message.id} {...message} onClose={close && (() => close(message.id))} />
      ))}
    </section>
  );
}

function Toasts({ messages, close }: ListProps) {
  const region = useTimedClose(messages, close);
  return (
    // Each toast is announced by itself, and not the older ones with it again (role="status" would say so).
    <div ref={region} role="status" aria-live="polite" aria-atomic="false" className="toasts" data-testid="toasts">
      {messages.map((message) => (
        <Message key={message.id} {...message} onClose={close && (() => close(message.id))} />
      ))}
    </div>
  );
}
