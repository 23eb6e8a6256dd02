/** The two forms that ask visitors who they are. */
import type { RefusedForm } from "~/lib/refused-form";
import { ErrorSummary } from "~/ui/error-summary";
import { Field } from "~/ui/field";
import { Form, SubmitButton } from "~/ui/form";

export function SignInForm({ refused }: { refused: RefusedForm | undefined }) {
  return (
    <div className="max-w-prose space-y-6">
      {refused && <ErrorSummary errors={refused.errors} />}
      <Form method="post" action="/account" noValidate className="space-y-5">
        <Field
          name="name"
          label="Name"
          autoComplete="username"
          defaultValue={refused?.values.name}
          error={refused?.errors.name}
        />
        <div className="flex items-start gap-3">
          <input
            type="checkbox"
            id="stay"
            name="stay"
            defaultChecked={refused?.values.stay === "on"}
            aria-describedby="stay-hint"
            className="size-6 shrink-0"
          />
          <div>
            <label htmlFor="stay" className="font-semibold">
              Stay signed in
            </label>
            <p id="stay-hint" className="text-muted">
              For 30 days. Otherwise until you close the browser, or after up to an hour of inactivity.
            </p>
          </div>
        </div>
        <SubmitButton action="/account" name="intent" value="sign-in" sending="Signing in…">
          Sign in
        </SubmitButton>
      </Form>
    </div>
  );
}

/** Asks signed-in users to prove who they are. Sends the refused form again, with the proof. */
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
