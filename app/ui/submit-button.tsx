/**
 * The button of a form that is sent once. A second click would abort the first request, and so lose the cookie that its
 * answer sends. At a sign-in that is the one with the new id.
 */
import { useNavigation } from "@remix-run/react";
import type { ComponentProps } from "react";
import { router } from "~/lib/router";

type SubmitButtonProps = Omit<ComponentProps<"button">, "type" | "onClick" | "name" | "value"> & {
  /** Where the form is sent to. While any form is, no button with the same address sends another. */
  action: string;
  /** In place of its text while the form is being sent by this button. */
  sending?: string;
  name?: string;
  value?: string;
};

export function SubmitButton({ action, children, sending, name, value, ...rest }: SubmitButtonProps) {
  const { formAction, formData } = useNavigation();
  // Also while the page that comes of it is loaded.
  const isSending = formAction === action;
  const isClicked = isSending && (name === undefined || formData?.get(name) === value);
  return (
    <button
      type="submit"
      name={name}
      value={value}
      className="button"
      {...rest}
      // `disabled` would move the focus to the top of the page while the form is being sent.
      aria-disabled={isSending}
      // What is drawn may be late, at the beginning and at the end.
      onClick={(event) => {
        if (isSending || router()?.state.navigation.formAction === action) event.preventDefault();
      }}
    >
      {(isClicked && sending) || children}
    </button>
  );
}
