/**
 * Messages from earlier requests. In a new document they are a banner that takes the focus: a screen reader reads it first,
 * without JavaScript too. If the router stays on the page they are toasts, in a live region that was empty before: a
 * screen reader announces only what is added to a region that it knows.
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

/** Stays until it is closed or the visitor leaves. Closing by itself, it would shift the text that is being read. */
function Banner({ messages, close }: ListProps) {
  return (
    <section
      aria-labelledby={messages.map(({ id }) => `message-${id}`).join(" ")}
      tabIndex={-1}
      // An attribute, not an effect, so that it works without JavaScript.
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
    // Announces each toast alone. role="status" implies aria-atomic, which would repeat the older ones.
    <div ref={region} role="status" aria-live="polite" aria-atomic="false" className="toasts" data-testid="toasts">
      {messages.map((message) => (
        <Message key={message.id} {...message} onClose={close && (() => close(message.id))} />
      ))}
    </div>
  );
}
