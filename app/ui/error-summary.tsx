/**
 * Everything that is wrong with a form, above it, with a link to each field. It takes the focus when it appears, so that
 * nobody has to search for the reason.
 */
import { useEffect, useRef } from "react";
import type { RefusedForm } from "~/lib/refused-form";
import { InPageLink } from "./in-page-link";

const ERROR = "Error: ";

/** Each error is under the id of its field; one under "" is about the whole form, and no link. */
export function ErrorSummary({ errors }: { errors: RefusedForm["errors"] }) {
  const summary = useRef<HTMLDivElement>(null);

  // Every refused submission brings a new object, and the focus returns here.
  useEffect(() => {
    if (errors) summary.current?.focus();
  }, [errors]);

  // A screen reader reads the title first.
  useEffect(() => {
    const { title } = document;
    if (!title.startsWith(ERROR)) document.title = ERROR + title;
    return () => {
      if (document.title === ERROR + title) document.title = title;
    };
  }, []);

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
