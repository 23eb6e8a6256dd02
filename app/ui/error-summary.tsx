/**
 * Everything that is wrong with a form, above it, with a link to each field. It takes the focus when it appears, so that
 * nobody has to search for the reason.
 */
import { useContext, useEffect, useRef } from "react";
import type { RefusedForm } from "~/lib/refused-form";
import { FormErrorsContext } from "./form-errors";
import { InPageLink } from "./in-page-link";

/** Each error is under the id of its field; one under "" is about the whole form, and no link. */
export function ErrorSummary({ errors }: { errors: RefusedForm["errors"] }) {
  const summary = useRef<HTMLDivElement>(null);

  // Every refused submission brings a new object, and the focus returns here.
  useEffect(() => {
    if (errors) summary.current?.focus();
  }, [errors]);

  const setHasErrors = useContext(FormErrorsContext);
  useEffect(() => {
    setHasErrors(true);
    return () => setHasErrors(false);
  }, [setHasErrors]);

  return (
    <div
      ref={summary}
      role="alert"
      tabIndex={-1}
      // Works without JavaScript.
      // biome-ignore lint/a11y/noAutofocus: the errors come first
      autoFocus
      className="rounded border-2 border-danger bg-danger-soft p-4"
    >
      <h2 className="text-lg font-bold">There is a problem</h2>
      <ul className="mt-2 space-y-1">
        {Object.entries(errors).map(([id, text]) => (
          <li key={id} className="text-danger">
            {id ? (
              <InPageLink to={id} className="font-medium underline">
                {text}
              </InPageLink>
            ) : (
              text
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
