/**
 * All that is wrong with a form, above it, each entry leading to its field. It takes the focus when it appears, so
 * that nobody has to find out by themselves why nothing was sent.
 */
import { useEffect, useRef } from "react";
import { InPageLink } from "./in-page-link";

/** What an action hands back with a form that it did not take: what was typed, and what is wrong with it. */
export type Refused = { values: Record<string, string>; errors: Record<string, string> } | undefined;

/** `errors` maps the id of a field to its message; an entry under an empty id is about the whole form. */
export function ErrorSummary({ errors }: { errors: Record<string, string> }) {
  const summary = useRef<HTMLDivElement>(null);

  // A second bad submission brings a new object, and the focus comes back here.
  useEffect(() => {
    if (errors) summary.current?.focus();
  }, [errors]);

  return (
    <div
      ref={summary}
      role="alert"
      tabIndex={-1}
      // For the page without its script.
      // biome-ignore lint/a11y/noAutofocus: what is wrong comes first
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
