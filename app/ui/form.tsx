/**
 * A form that is sent once. A second click would abort the first request, and so lose the cookie that its answer sends. At a
 * sign-in that is the one with the new id.
 */
import { type FormProps, Form as RemixForm, useLocation, useNavigation } from "@remix-run/react";
import { type ComponentProps, forwardRef, useEffect } from "react";

/** One for the page, because the router sends one form at a time. Only the browser sets it. */
let isOnItsWay = false;

/** Remix's `Form`, which sends nothing while a form of this page is on its way. Without a script it is a plain form. */
export const Form = forwardRef<HTMLFormElement, FormProps>(function Form({ onSubmit, ...props }, ref) {
  const { state } = useNavigation();
  const { key } = useLocation();
  // By the location too: a short navigation may never be drawn, but it ends at a new one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (state === "idle") isOnItsWay = false;
  }, [state, key]);

  return (
    <RemixForm
      {...props}
      ref={ref}
      onSubmit={(event) => {
        onSubmit?.(event);
        if (isOnItsWay) event.preventDefault();
        else if (!event.defaultPrevented) isOnItsWay = true;
      }}
    />
  );
});

type SubmitButtonProps = Omit<ComponentProps<"button">, "type" | "name" | "value"> & {
  /** Where the form is sent to: the button is busy while any form is on its way there. */
  action: string;
  /** In place of its text while the form is being sent by this button. */
  sending?: string;
  name?: string;
  value?: string;
};

export function SubmitButton({ action, children, sending, name, value, ...rest }: SubmitButtonProps) {
  const { formAction, formData } = useNavigation();
  // Also while the page that comes of it is loaded.
  const isBusy = formAction === action;
  const isClicked = isBusy && (name === undefined || formData?.get(name) === value);
  return (
    <button
      type="submit"
      name={name}
      value={value}
      className="button"
      {...rest}
      // `disabled` would move the focus to the top of the page while the form is being sent.
      aria-disabled={isBusy}
    >
      {(isClicked && sending) || children}
    </button>
  );
}
