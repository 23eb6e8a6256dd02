/** Asks the user to prove who they are, and then does what they wanted: the refused form, with one field more. */

import type { RefusedForm } from "~/lib/refused-form";
import { ErrorSummary } from "~/ui/error-summary";
import { Field } from "~/ui/field";
import { Form, SubmitButton } from "~/ui/form";

export function ProofForm({ refused: { values, errors } }: { refused: RefusedForm }) {
  return (
    <div className="max-w-prose space-y-6">
      <ErrorSummary errors={errors} />
      <Form method="post" action="/account" noValidate className="space-y-5">
        {Object.entries(values).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <Field name="proof" label="Your name" autoComplete="off" error={errors.proof} />
        <div className="flex flex-wrap items-center gap-5">
          <SubmitButton action="/account" sending="One moment…">
            Continue
          </SubmitButton>
          <a href="/account" className="link">
            Cancel
          </a>
        </div>
      </Form>
    </div>
  );
}
