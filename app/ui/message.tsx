/** One message, drawn as a ticket: a stub with the kind, and the text. */
import type { FlashMessage } from "~/lib/flash-messages";

type MessageProps = FlashMessage & {
  /** Left out before hydration, when a button would do nothing. */
  onClose: (() => void) | undefined;
};

export function Message({ id, kind, text, onClose }: MessageProps) {
  return (
    <div className="ticket message" data-kind={kind} data-message={id}>
      <span className="ticket-stub">
        <span className="sr-only">{kind === "success" ? "Done: " : "Error: "}</span>
        <svg
          viewBox="0 0 24 24"
          width="24"
          height="24"
          className="size-6"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.5"
          aria-hidden="true"
        >
          {kind === "success" ? <path d="m5 13 4.5 4.5L19 7" /> : <path d="M12 5v9m0 3.5V20" />}
        </svg>
      </span>
      <p id={`message-${id}`} className="self-center py-4 pr-12 pl-4 font-medium wrap-anywhere">
        {text}
      </p>
      {onClose && (
        <button type="button" className="close-button" aria-label="Close" onClick={onClose}>
          <svg
            viewBox="0 0 16 16"
            width="16"
            height="16"
            className="size-4"
            stroke="currentColor"
            strokeWidth="2"
            aria-hidden="true"
          >
            <path d="m3 3 10 10M13 3 3 13" />
          </svg>
        </button>
      )}
    </div>
  );
}
