/**
 * The button of a form that is sent once. A second click would abort the first request, and so lose the cookie that its
 * answer sends. At a sign-in that is the one with the new id.
 */
import { useNavigation } from "@remix-run/react";

type SubmitButtonProps = {
  /** Where the form is sent to. */
  action: string;
  children: string;
  /** In place of its text while the form is being sent. */
  sending: string;
  name?: string;
  value?: string;
};

export function SubmitButton({ action, children, sending, ...intent }: SubmitButtonProps) {
  const { state, formAction } = useNavigation();
  // Also while the page that comes of it is loaded.
  const isSending = state !== "idle" && formAction === action;
  return (
    <button
      type="submit"
      {...intent}
      className="button"
      // `disabled` would move the focus to the top of the page while the form is being sent.
      aria-disabled={isSending}
      onClick={(event) => isSending && event.preventDefault()}
    >
      {isSending ? sending : children}
    </button>
  );
}
