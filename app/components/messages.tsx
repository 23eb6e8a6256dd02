/**
 * The live region, in every page and empty when there is nothing to say: a screen reader announces only what appears
 * in a region that it already knows. Each message is a node of its own, so equal texts in a row are both announced.
 */
import { useRouteLoaderData } from "@remix-run/react";
import type { FlashMessage } from "~/lib/flash-messages";
import type { loader as rootLoader } from "~/root";
import { useThemeFetcher } from "./use-theme";

export function Messages() {
  const root = useRouteLoaderData<typeof rootLoader>("root");
  const fetcher = useThemeFetcher();
  // Gone while the next try is on its way, so that a second failure is announced as well.
  const failure = fetcher.state === "idle" ? fetcher.data?.error : undefined;

  return (
    <div role="status" aria-live="polite" data-testid="messages" className="messages">
      {root?.messages.map(({ id, kind, text }) => (
        <Message key={id} kind={kind} text={text} />
      ))}
      {failure && <Message kind="error" text={failure} />}
    </div>
  );
}

function Message({ kind, text }: Omit<FlashMessage, "id">) {
  return (
    <div className="ticket mt-6" data-kind={kind}>
      <span className="ticket-stub">
        <svg
          viewBox="0 0 24 24"
          className="size-6"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.5"
          aria-hidden="true"
        >
          {kind === "success" ? <path d="m5 13 4.5 4.5L19 7" /> : <path d="M12 5v9m0 3.5V20" />}
        </svg>
      </span>
      <p className="self-center p-4 font-medium wrap-anywhere">{text}</p>
    </div>
  );
}
